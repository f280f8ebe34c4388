// A site on the loopback: a page with the client in it, and the real handler beside it, which can be cut off.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { build } from 'esbuild'
import { createServerWith } from './real-server.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

export async function openSite() {
  const script = await pageScript()
  const repository = await createServerWith({ debounce: 10 })
  let cut = false
  const sync = getRequestListener((request) => repository.of(request.headers.get('user')).fetch(...partsOf(request)))
  const server = createServer((request, response) => {
    if (request.url.startsWith('/sync/')) return cut ? request.socket.destroy() : sync(request, response)
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8')
    response.end(
      isScript
        ? script
        : '<!doctype html><title>client</title><link rel="icon" href="data:,"><body><script src="/page.js"></script>',
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  return {
    repository,
    /** Each label is a storage of its own. */
    origin: (label) => `http://${label}.localhost:${port}`,
    cut: () => {
      cut = true
      server.closeAllConnections()
    },
    mend: () => (cut = false),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await repository.close()
    },
  }
}

/** The repository is asked by address, method, headers and body. */
function partsOf(request) {
  const { pathname, search } = new URL(request.url)
  const { method, headers, body, signal } = request
  const init = { method, signal, headers: Object.fromEntries(headers), ...(body && { body, duplex: 'half' }) }
  return [`http://server${pathname}${search}`, init]
}

async function pageScript() {
  const contents = "import * as page from './page.mjs'\nObject.assign(globalThis, page)"
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here },
    alias: { react: 'preact/compat' },
    bundle: true,
    target: 'es2022',
    format: 'iife',
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0].text
}
