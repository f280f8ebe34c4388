// One page with one script, on a port of this machine.

import { once } from 'node:events'
import { createServer } from 'node:http'

/** `origin(label)`: each label is a storage of its own. */
export async function servePage(title, script) {
  const html = `<!doctype html><title>${title}</title><link rel="icon" href="data:,"><script src="/test.js"></script>`
  const server = createServer((request, response) => {
    const isScript = request.url === '/test.js'
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8')
    response.end(isScript ? script : html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  return {
    origin: (label) => `http://${label}.localhost:${port}`,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
