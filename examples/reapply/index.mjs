// A host with an index of its own beside the store: `node examples/reapply/index.mjs`. What access lists come to for each record is
// kept there, and brought up whenever the server does its scheduled work.
import { createEngine } from 'lictor'
import { createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'
import { createTools, openReapply } from 'lictor/tools'

const policy = 'explicit-acls'
const engine = await createEngine({ policy })
const tools = await createTools({ policy })
const readers = { type: 'query', schemas: ['record'], operation: 'get', query: { term: { faculty: 'law' } } }
const store = await openMemoryStore(
  {
    access: [{ action: 'superuser-access', user: 1 }],
    acls: { readers: { ...readers, actors: [{ type: 'role', roles: ['lawyers'] }] } },
    records: { r1: { title: 'Roman law', faculty: 'law' }, r2: { title: 'Snow depth', faculty: 'science' } },
    complete: true,
  },
  { columns: engine },
)

// An index in memory; yours writes a `_bulk`. It may be given the same records twice.
const index = new Map()
const work = openReapply(tools, store, (batch) => batch.forEach(({ id, field }) => index.set(id, field)))
const handler = createHandler({
  engine,
  store,
  authenticate: () => ({ type: 'user', id: 1 }),
  jobs: [work.job({ onProgress: ({ done, total }) => console.log(`${done} of ${total}`) })],
})

const reapplied = async () => (await handler.housekeeping()).find(({ name }) => name === 'reapply')
console.log(await reapplied(), 'r1:', index.get('r1'))

// Somebody changes a list: exactly the records it touches are written again.
const body = JSON.stringify({ ...readers, actors: [{ type: 'user', users: [4] }] })
const headers = { 'content-type': 'application/json' }
const changed = await handler(new Request('http://local/acls/readers', { method: 'PUT', headers, body }))
console.log(changed.status, await reapplied(), 'r1:', index.get('r1'))

work.close()
await handler.close()
await store.close()
