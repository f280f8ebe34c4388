// A profile that was copied: two machines go by one device's name, and neither knows of the other. Nothing either of them
// wrote is lost or done twice, and both come to rest.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'
import { Device, documentIn, engine, retitle, states, titleOf } from '../client/support/open.mjs'
import { until, World } from '../client/support/world.mjs'

async function library() {
  const facts = {
    users: { 4: { roles: [] } },
    communities: { c: { title: 'Library', grants: { any: [], author: [], curator: ['read', 'update'] } } },
    memberships: [{ community: 'c', user: '4', role: ['curator'] }],
    records: { r1: documentIn('c', { title: 'first' }), r2: documentIn('c', { title: 'first' }) },
  }
  const world = new World()
  const store = await openMemoryStore(facts, { columns: engine })
  const now = () => world.wall
  const authenticate = () => ({ type: 'user', id: '4' })
  const handler = createHandler({ engine, store, authenticate, now, sync: { keep: 1000 } })
  const fetch = (url, init) => handler(new Request(url, init))
  return { world, store, handler, server: { fetch } }
}

const calm = ({ client }) => until(() => client.status().sync === 'idle' && client.status().undecided === 0)

/** Another machine with the same profile: tabs there know nothing of the tabs here, and chance is another. */
function copyOf({ server, medium }) {
  const twin = new Device({ server, world: new World(8) })
  for (const [part, { exists, safe }] of Object.entries(medium.platters))
    Object.assign(twin.medium.platters[part], { exists, safe: structuredClone(safe), rows: structuredClone(safe) })
  twin.medium.mark = structuredClone(medium.mark)
  return twin
}

test('what was saved before the copy is done once, even if the server let go of the verdict that the other has', async (t) => {
  const { world, store, handler, server } = await library()
  const device = new Device({ world, server })
  t.after(() => device.stop())
  const { fetch } = server
  const first = await device.open()
  await calm(first)
  server.fetch = () => Promise.reject(new TypeError('fetch failed'))
  await first.client.do(retitle('r1', 'second'))
  const twin = copyOf(device)
  t.after(() => twin.stop())
  server.fetch = fetch
  await first.client.sync()
  await calm(first)
  await world.advance(60_000)
  await first.client.sync()
  await handler.housekeeping()
  assert.deepEqual(await store.cells('verdict/'), [], 'the verdict is trimmed')

  const second = await twin.open()
  await calm(second)
  assert.deepEqual([states(first.client), states(second.client)], [['accepted'], ['accepted']])
  assert.equal(titleOf(second.client, 'r1'), 'second')
  assert.equal((await store.cells('idem/')).length, 1)
  await handler.close()
})

test('what each writes after the copy is done, though both count alike', async (t) => {
  const { world, store, handler, server } = await library()
  const device = new Device({ world, server })
  t.after(() => device.stop())
  const first = await device.open()
  await calm(first)
  await first.client.do(retitle('r1', 'second'))
  await calm(first)
  const twin = copyOf(device)
  t.after(() => twin.stop())
  const second = await twin.open()
  await calm(second)
  await Promise.all([first.client.do(retitle('r1', 'third')), second.client.do(retitle('r2', 'second'))])
  await Promise.all([calm(first), calm(second)])
  for (const { client } of [first, second]) {
    await client.sync()
    assert.deepEqual(states(client), ['accepted', 'accepted'])
    assert.deepEqual([titleOf(client, 'r1'), titleOf(client, 'r2')], ['third', 'second'])
  }
  assert.equal((await store.cells('idem/')).length, 3)
  await handler.close()
})
