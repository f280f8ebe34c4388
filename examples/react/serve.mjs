// React with an outbox: `npm run build`, `node examples/react/serve.mjs`, and open the address it prints. Take the network away in
// the browser's tools and go on working; what was done is sent when it is back. The page itself is App.jsx and main.jsx.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { createEngine } from 'lictor'
import { createHandler } from 'lictor/server'
import { serve } from 'lictor/server/node'
import { openMemoryStore } from 'lictor/store'

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('main.jsx', import.meta.url))],
  bundle: true,
  format: 'esm',
  write: false,
  jsx: 'automatic',
  // This repository has Preact under React's name; with React itself leave these out.
  alias: {
    react: 'preact/compat',
    'react-dom/client': 'preact/compat/client',
    'react/jsx-runtime': 'preact/jsx-runtime',
  },
})
const page = '<!doctype html><title>Records</title><body><script type="module" src="/main.js"></script>'

const record = (title, state) => ({ title, state, communities: { primary: 'cesnet' }, owners: [{ user: 7 }] })
const engine = await createEngine()
const store = await openMemoryStore(
  {
    communities: { cesnet: { grants: { curator: ['read', 'update', 'approve', 'request-changes'] } } },
    memberships: [{ community: 'cesnet', user: 4, role: 'curator' }],
    records: { r1: record('Snow depth', 'editing'), r2: record('River ice', 'pending-approval') },
  },
  { columns: engine },
)
// A real one asks who it is; `lictor/server` has sign-ins.
const handler = createHandler({ engine, store, secret: 'change me', authenticate: () => ({ type: 'user', id: 4 }) })

const { url } = await serve(
  async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/sync')) return handler(request)
    const script = pathname === '/main.js'
    const type = script ? 'text/javascript' : 'text/html'
    return new Response(script ? outputFiles[0].text : page, { headers: { 'content-type': `${type}; charset=utf-8` } })
  },
  { port: Number(process.env.PORT ?? 0) },
)
console.log(url)
