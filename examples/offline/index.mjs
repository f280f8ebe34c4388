// A device that works offline: `node examples/offline/index.mjs`. In a browser it keeps its view and its outbox in IndexedDB.
import { createEngine } from 'lictor'
import { openClient, openMemoryDisk } from 'lictor/client'
import { createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'

const engine = await createEngine()
const store = await openMemoryStore(
  {
    communities: { cesnet: { title: 'CESNET', grants: { member: ['create', 'read'], curator: ['read', 'update'] } } },
    memberships: [
      { community: 'cesnet', user: 7, role: 'member' },
      { community: 'cesnet', user: 4, role: 'curator' },
    ],
    records: { r1: { title: 'Snow', communities: { primary: 'cesnet' }, owners: [{ user: 7 }] } },
  },
  { columns: engine },
)
// The server, without a network: whoever asks is named in a header.
const handler = createHandler({
  engine,
  store,
  secret: 'change me',
  authenticate: (request) => ({ type: 'user', id: request.headers.get('who') }),
})

async function device(id) {
  const network = { up: true }
  const client = await openClient({
    engine,
    url: 'http://repository.test/sync',
    user: { type: 'user', id },
    disk: await openMemoryDisk(),
    feed: false,
    fetch: async (input, init) => {
      if (!network.up) throw new TypeError('no network')
      const request = new Request(input, init)
      request.headers.set('who', id)
      return handler(request)
    },
  })
  await client.sync()
  return { client, network }
}

const owner = await device('7')
const curator = await device('4')
const record = { type: 'record', id: 'r1' }
const target = { relation: 'record', id: 'r1' }

owner.network.up = curator.network.up = false
const { decision, speculative } = owner.client.can('update', record)
console.log('offline, the owner may update:', decision, speculative)
await owner.client.do({ action: 'update', target, args: { set: [{ path: 'title', value: 'Snow depth' }] } })
await curator.client.do({ action: 'update', target, args: { set: [{ path: 'title', value: 'Snow cover' }] } })
console.log('shown at once:', owner.client.record('r1').value.title)

for (const { client, network } of [owner, curator]) {
  network.up = true
  await client.sync()
  for (const { state, verdict } of client.outbox()) console.log(state, verdict?.code ?? '', verdict?.theirs ?? '')
}
// The text that was refused is still there, to be edited and sent again.
console.log('kept:', JSON.parse(curator.client.export()).intents[0].args.set[0].value)

await owner.client.close()
await curator.client.close()
await handler.close()
