// A server whose store began anew, or was put back from a backup, met by a device that has nothing to send.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Device, documentIn, record, retitle, states, titleOf } from './support/open.mjs'
import { settle } from './support/world.mjs'

let device
afterEach(() => device?.stop())

test('what was accepted by a store that is no more is no longer shown, and quotes nobody', async () => {
  device = new Device()
  const { client } = await device.start()
  await client.do(retitle('r1', 'mine'))
  await settle()
  assert.deepEqual(states(client), ['accepted'])
  const { server } = device
  const before = server.of('pull').at(-1).body.device
  server.epoch = 'e2'
  server.devices.clear()
  server.del(record('r1'))
  await client.sync()
  await settle()
  assert.notEqual(server.of('pull').at(-1).body.device, before)
  assert.equal(titleOf(client, 'r1'), undefined)
  assert.deepEqual(
    client.outbox().map(({ intent }) => intent.args.set),
    [[{ path: 'title', value: 'mine' }]],
  )
  // The numbers begin anew with the device, and the server takes them.
  server.put(record('r2'), documentIn('c', { title: 'another' }))
  await client.sync()
  await client.do(retitle('r2', 'changed'))
  await settle()
  assert.equal(states(client).at(-1), 'accepted')
})
