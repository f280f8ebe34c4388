// The store behind a server is another than before: a disk was lost, a backup is in its place. What the former one accepted
// is not in the view any more, and must not be shown over it for ever.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Device, documentIn, record, retitle, states, titleOf } from '../client/support/open.mjs'
import { settle } from '../client/support/world.mjs'

test('what a store accepted that is no more is history, and the view is what the present one says', async (t) => {
  const device = new Device()
  t.after(() => device.stop())
  const { client } = await device.start()
  await client.do(retitle('r1', 'second'))
  await settle()
  assert.deepEqual([states(client), titleOf(client, 'r1')], [['accepted'], 'second'])

  device.server.devices.clear()
  device.server.epoch = 'another'
  device.server.put(record('r1'), documentIn('c', { title: 'first' }))
  await client.sync()
  await settle()
  assert.equal(titleOf(client, 'r1'), 'first')
  assert.equal(client.record('r1').speculative, false)
  assert.deepEqual(states(client), ['accepted'])

  await client.do(retitle('r1', 'third'))
  await settle()
  assert.deepEqual([states(client), titleOf(client, 'r1')], [['accepted', 'accepted'], 'third'])
})
