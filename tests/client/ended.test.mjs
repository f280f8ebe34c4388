// A browser may end a connection after a write was done and before that was told. What was written must be there once.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { DiskError, openMemoryDisk } from 'lictor/client'
import { Device, retitle, states, titleOf } from './support/open.mjs'
import { settle } from './support/world.mjs'

let device
afterEach(() => device?.stop())

/** A disk whose writes of this kind, while `fails` says so, are done and end as if nobody knew. */
function ending(kind, fails) {
  return async () => {
    const disk = await openMemoryDisk({ medium: device.medium, user: '4' })
    const whole = disk.outbox[kind].bind(disk.outbox)
    disk.outbox[kind] = async (...given) => {
      const done = await whole(...given)
      if (fails()) throw new DiskError('closed', 'the browser ended it; load again to learn what was written')
      return done
    }
    return disk
  }
}

/** Lets the client wait as long as it does for news of a sign-out. */
async function through(work) {
  await settle()
  await device.world.advance(500)
  return work
}

test('a change that was stored when the connection ended is in the outbox once, and decided once', async () => {
  device = new Device()
  let left = 0
  const { client } = await device.start({ disk: ending('add', () => left-- > 0) })
  device.server.faults.push('lost', 'lost')
  left = 1
  const { n } = await through(client.do(retitle('r1', 'once')))
  assert.deepEqual([n, client.outbox().map(({ intent }) => intent.n)], [1, [1]])
  await through(client.do(retitle('r1', 'and another')))
  await device.world.advance(5000)
  assert.deepEqual(states(client), ['accepted', 'accepted'])
  assert.equal(titleOf(client, 'r1'), 'and another')
  assert.equal(device.server.of('push').at(-1).body.intents.length, 2)
})

test('a refused change that was sent again when the connection ended is sent again, once, and said to be', async () => {
  device = new Device()
  let left = 0
  const { client } = await device.start({ disk: ending('dismiss', () => left-- > 0) })
  device.server.judge = () => ({ r: 'rejected', code: 'denied' })
  const { n } = await client.do(retitle('r1', 'refused'))
  await settle()
  delete device.server.judge
  left = 1
  const again = await through(client.retry(n))
  assert.equal(again.n, 2)
  await device.world.advance(5000)
  assert.deepEqual(
    client.outbox().map(({ intent, state }) => [intent.n, state]),
    [[2, 'accepted']],
  )
  assert.equal(titleOf(client, 'r1'), 'refused')
})

test('one that was dismissed when the connection ended is dismissed, and that is no error', async () => {
  device = new Device()
  let left = 0
  const { client } = await device.start({ disk: ending('dismiss', () => left-- > 0) })
  device.server.judge = () => ({ r: 'rejected', code: 'denied' })
  const { n } = await client.do(retitle('r1', 'refused'))
  await settle()
  left = 1
  await through(client.dismiss(n))
  assert.deepEqual(client.outbox(), [])
})
