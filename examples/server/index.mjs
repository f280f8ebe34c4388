// A server on Node: `node examples/server/index.mjs`. The same handler runs on Deno, Bun, at the edge and in a service worker.
import { createEngine } from 'lictor'
import { bearerTokens, createHandler } from 'lictor/server'
import { serve } from 'lictor/server/node'
import { openSqliteStore } from 'lictor/store/sqlite'

const engine = await createEngine()
const store = await openSqliteStore(':memory:', {
  columns: engine, // lists run in the database, over what the policy looks at
  initial: {
    communities: { cesnet: { title: 'CESNET', type: 'other', grants: { member: ['create', 'read'] } } },
    memberships: [{ community: 'cesnet', user: 7, role: 'member' }],
    users: { 7: {} },
  },
})
const handler = createHandler({
  engine,
  store,
  secret: 'change me: it signs tokens',
  // Who asks is the host's to say. `oidcSignIn` is a ready one for OpenID Connect.
  authenticate: bearerTokens({ 'a-token-of-sixteen-characters': { type: 'user', id: 7 } }),
})
handler.on('*', (event) => console.log(event.name, event.resource.id))
const server = await serve(handler, { port: Number(process.env.PORT ?? 0) })

const as = { authorization: 'Bearer a-token-of-sixteen-characters', 'content-type': 'application/json' }
const body = JSON.stringify({ title: 'Snow depth 2026' })
const made = await fetch(`${server.url}/cesnet/`, { method: 'POST', headers: as, body })
const { links } = await made.json()
console.log(made.status, Object.keys(links.transitions))
const hidden = await fetch(new URL(new URL(links.self, server.url).pathname, server.url))
console.log('to a stranger:', hidden.status)

await server.close()
await handler.close()
await store.close()
