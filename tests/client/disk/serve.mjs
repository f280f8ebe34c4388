// Bundles the disk and what a test adds, straight from their sources, and serves them on a page of any origin.

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
const source = fileURLToPath(new URL('../../../pkg/src/client/disk/index.ts', import.meta.url))
const options = { bundle: true, target: 'es2022', write: false, logLevel: 'silent' }

/** The exports of the disk, under Node. */
export async function importDisk() {
  const folder = await mkdtemp(join(tmpdir(), 'lictor-disk-'))
  try {
    const outfile = join(folder, 'disk.mjs')
    await build({ ...options, entryPoints: [source], format: 'esm', platform: 'node', write: true, outfile })
    return await import(pathToFileURL(outfile).href)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Serves one page with `globalThis.disk`. `origin(label)`: each label is a storage of its own. */
export async function serve() {
  const contents = `import * as disk from ${JSON.stringify(source)}\nimport * as page from './page.mjs'\nglobalThis.disk = { ...disk, ...page }`
  const { outputFiles } = await build({
    ...options,
    stdin: { contents, resolveDir: here },
    format: 'iife',
    platform: 'browser',
  })
  const script = outputFiles[0].text
  const server = createServer((request, response) => {
    const isScript = request.url === '/test.js'
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8')
    response.end(
      isScript
        ? script
        : '<!doctype html><title>disk</title><link rel="icon" href="data:,"><script src="/test.js"></script>',
    )
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
