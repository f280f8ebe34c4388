#!/usr/bin/env node
// Serves www/dist on this machine only. Node's own modules and nothing else.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { dirname, extname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = join(dirname(fileURLToPath(import.meta.url)), 'dist')

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
}

/** No inline code, nothing from elsewhere; `wasm-unsafe-eval` is what compiling WebAssembly is called there. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Starts the server; port 0 takes any free one. Resolves with its address and a way to stop it. */
export async function serve({ port = 8080, folder = dist } = {}) {
  const server = createServer((request, response) => {
    answer(request, folder).then(
      ({ status, headers, body }) => {
        response.writeHead(status, { ...HEADERS, ...headers })
        response.end(request.method === 'HEAD' ? undefined : body)
      },
      (error) => {
        response.writeHead(500, HEADERS)
        response.end(String(error))
      },
    )
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${server.address().port}/`
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  return { url, close, server }
}

async function answer(request, folder) {
  const plain = { 'content-type': 'text/plain; charset=utf-8' }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, headers: { ...plain, allow: 'GET, HEAD' }, body: 'only GET' }
  const path = pathOf(request.url)
  const file = path && join(folder, normalize(path))
  if (!file || !file.startsWith(folder + sep)) return { status: 404, headers: plain, body: 'not found' }
  try {
    const body = await readFile(file)
    // A name with a hash never changes what it names; everything else is asked for again each time.
    const cache = /-[A-Za-z0-9]{8,10}\.\w+$/.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache'
    return {
      status: 200,
      headers: { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': cache },
      body,
    }
  } catch {
    return { status: 404, headers: plain, body: 'not found' }
  }
}

function pathOf(url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://local').pathname)
    return path.endsWith('/') ? `${path}index.html` : path
  } catch {
    return null
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve({ port: Number(process.env.PORT ?? 8080) })
  console.log(`the demo is at ${url}`)
}
