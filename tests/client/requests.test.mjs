// Records of a machine of their own on a device: made, moved on and listed offline, and decided by the real handler.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createEngine } from 'lictor'
import { createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'
import { changes, world } from '../server/review-policy.mjs'
import { Device, record, states } from './support/open.mjs'
import { until, World } from './support/world.mjs'

const engine = await createEngine({ policy: 'oarepo', changes })
const open = []
after(async () => {
  for (const close of open) await close()
})

const calm = (client) => until(() => client.status().sync === 'idle' && client.status().undecided === 0)

/** A server, and devices of people that can be cut from it. */
async function repository() {
  const outside = new World()
  const now = () => outside.wall
  const store = await openMemoryStore(world, { columns: engine, now })
  const authenticate = (request) => ({ type: 'user', id: request.headers.get('user') })
  const faults = []
  const handler = createHandler({ engine, store, authenticate, now, onError: (error) => faults.push(error) })
  open.push(() => handler.close())
  let isCut = false
  const deviceOf = async (id) => {
    const fetch = async (url, init) => {
      if (isCut) throw new TypeError('fetch failed')
      return handler(new Request(url, { ...init, headers: { ...init.headers, user: id } }))
    }
    const user = { type: 'user', id }
    const device = new Device({ world: outside, server: { fetch }, engine, user })
    open.unshift(() => device.stop())
    const opened = await device.open()
    await calm(opened.client)
    return opened
  }
  return { deviceOf, store, handler, faults, cut: (yes) => (isCut = yes) }
}

test('a review is made and submitted offline, listed by its type, and decided by the server', async () => {
  const { deviceOf, store, handler, faults, cut } = await repository()
  const { client, tab } = await deviceOf('4')
  assert.deepEqual(client.list({ type: 'review' }).ids, ['rev1'])
  cut(true)
  const { target, predicted } = await client.do({
    action: 'create',
    args: { community: 'b', type: 'review', record: { title: 'Mine' } },
  })
  assert.equal(predicted, 'allow')
  assert.equal(client.record(target.id).value.$type, 'review')
  assert.equal(client.can('submit', { type: 'review', id: target.id }).decision, 'allow')
  const submitted = await client.do({ action: 'submit', target })
  assert.deepEqual([submitted.predicted, client.outbox()[1].intent.causes], ['allow', [1]])
  assert.equal((await client.do({ action: 'decline', target: record('rev1') })).predicted, 'allow')
  assert.deepEqual(client.list({ type: 'review' }).ids.sort(), ['rev1', target.id].sort())
  await assert.rejects(client.do({ action: 'cancel', target: record('rev1') }), {
    name: 'ClientError',
    code: 'invalid',
  })
  assert.ok('accept' in client.actions({ type: 'review', id: 'rev1' }))
  cut(false)
  tab.online()
  await calm(client)
  assert.deepEqual(states(client), ['accepted', 'accepted', 'accepted'])
  const { records } = await store.all()
  assert.deepEqual([records[target.id].status, records.rev1.status], ['submitted', 'declined'])
  assert.equal(handler.mismatches(), 0)
  assert.deepEqual(faults, [])
})
