#!/usr/bin/env node
// Serves the demo on this machine only: the built page, and under `/api` the repository itself, in this one process.
import { readFile } from 'node:fs/promises'
import { dirname, extname, join, normalize, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const www = dirname(fileURLToPath(import.meta.url))
/** Where people's work is kept between two starts. */
export const STORE = join(www, '../.tools/demo/repository.sqlite')

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

/**
 * Starts the server; port 0 takes any free one. `file` is the store's (null: memory), `api: false` serves files only, as
 * a static host would; `refuse` may keep requests from the repository. Resolves with its address, the store, and a way to
 * stop it.
 */
export async function serve({
  port = 8080,
  folder = join(www, 'dist'),
  file = null,
  fresh = false,
  api = true,
  refuse = () => false,
} = {}) {
  const { serve: listen } = await import('lictor/server/node')
  const repository = api ? await openRepository(folder, { file, fresh }) : null
  const page = join(folder, 'page')
  const served = await listen(
    async (request) => {
      const { hostname, pathname } = new URL(request.url)
      // Its tokens everybody knows. A page elsewhere whose name was made to lead here names itself.
      if (!['127.0.0.1', 'localhost'].includes(hostname)) return plain(421, 'only for this machine')
      if (repository && /^\/api(\/|$)/.test(pathname))
        return refuse(request) ? plain(503, 'out of reach') : repository.handler(request)
      // The file of that name says that there is none.
      if (repository && pathname === '/server.json') return Response.json({ server: true }, { headers: HEADERS })
      return answer(request, page)
    },
    { port },
  )
  const close = async () => {
    await served.close(0)
    await repository?.close()
  }
  return { url: `${served.url}/`, store: repository?.store, handler: repository?.handler, close }
}

async function openRepository(folder, options) {
  const { openOnNode } = await import(pathToFileURL(join(folder, 'node/api.js')).href)
  return openOnNode(options)
}

async function answer(request, folder) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET', { allow: 'GET, HEAD' })
  const path = pathOf(request.url)
  const file = path && join(folder, normalize(path))
  if (!file || !file.startsWith(folder + sep)) return plain(404, 'not found')
  try {
    const body = await readFile(file)
    // A name with a hash never changes what it names; everything else is asked for again each time.
    const cache = /-[A-Za-z0-9]{8,10}\.\w+$/.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache'
    const headers = {
      ...HEADERS,
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'cache-control': cache,
    }
    return new Response(request.method === 'HEAD' ? null : body, { headers })
  } catch {
    return plain(404, 'not found')
  }
}

function plain(status, text, headers = {}) {
  return new Response(text, {
    status,
    headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8', ...headers },
  })
}

function pathOf(url) {
  try {
    const path = decodeURIComponent(new URL(url).pathname)
    return path.endsWith('/') ? `${path}index.html` : path
  } catch {
    return null
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fresh = process.argv.includes('--fresh')
  const { url, close } = await serve({ port: Number(process.env.PORT ?? 8080), file: STORE, fresh })
  console.log(`the demo is at ${url}${fresh ? ', as on the first day' : ''}`)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void close())
}
