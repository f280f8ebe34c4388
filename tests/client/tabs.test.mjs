// Several tabs of one user: who leads, what the others see, and a leader that froze.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Device, documentIn, record, retitle, states, titleOf } from './support/open.mjs'
import { settle, until } from './support/world.mjs'

let device
afterEach(() => device?.stop())

const leads = (...tabs) => tabs.map(({ client }) => client.status().leads)

/** Two tabs; the first one leads. */
async function pair() {
  device = new Device()
  const first = await device.start()
  const second = await device.start()
  assert.deepEqual(leads(first, second), [true, false])
  return [first, second]
}

test('one tab speaks to the server; the other sees the same, and what it does is sent', async () => {
  const [first, second] = await pair()
  assert.equal(device.server.requests.length, 1)
  assert.equal(second.client.status().sync, 'idle')
  await second.client.do(retitle('r1', 'from the second tab'))
  assert.equal(titleOf(second.client, 'r1'), 'from the second tab')
  await settle()
  assert.equal(titleOf(first.client, 'r1'), 'from the second tab')
  assert.deepEqual(states(first.client), ['accepted'])
  assert.deepEqual(states(second.client), ['accepted'])
  assert.equal(second.client.status().token, first.client.status().token)
  assert.equal(second.client.record('r1').speculative, false)
  assert.equal(device.server.of('push').length, 1)
})

test('news from the server reach the follower, by patch and by a whole view', async () => {
  const [first, second] = await pair()
  device.server.put(record('r2'), documentIn('c', { title: 'by patch' }))
  await first.client.sync()
  await settle()
  assert.equal(titleOf(second.client, 'r2'), 'by patch')
  device.server.epoch = 'another'
  device.server.put(record('r3'), documentIn('c', { title: 'by reset' }))
  device.server.del(record('r2'))
  await second.client.sync()
  await settle()
  assert.equal(titleOf(second.client, 'r3'), 'by reset')
  assert.equal(second.client.record('r2'), undefined)
  assert.equal(second.client.status().token, first.client.status().token)
})

test('intents of two tabs at once get numbers of their own, and all are decided', async () => {
  const [first, second] = await pair()
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, i) => (i % 2 ? first : second).client.do(retitle('r1', `title ${i}`))),
  )
  assert.deepEqual(
    made.map(({ n }) => n).sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, i) => i + 1),
  )
  await until(() => first.client.status().undecided === 0)
  await settle()
  assert.deepEqual(states(second.client), states(first.client))
  assert.equal(titleOf(first.client, 'r1'), titleOf(second.client, 'r1'))
  for (const { intent } of first.client.outbox()) assert.equal(device.server.times(intent.idem), 1)
})

test('the leader closes: the next one takes over', async () => {
  const [first, second] = await pair()
  await first.client.close()
  await settle()
  assert.deepEqual(leads(second), [true])
  await second.client.do(retitle('r1', 'alone'))
  await settle()
  assert.deepEqual(states(second.client), ['accepted'])
})

test('a leader that froze loses the lead, and cannot write when it wakes', async () => {
  const [first, second] = await pair()
  // In the middle of a push: the server has decided, the leader has not heard.
  const answer = later()
  device.server.faults.push(async (asked) => {
    const answered = Response.json(device.server.push(asked))
    await answer.promise
    return answered
  })
  await first.client.do(retitle('r1', 'before the frost'))
  await settle()
  first.tab.freeze()
  await device.world.advance(10_000)
  assert.deepEqual(leads(second), [true])
  await second.client.do(retitle('r1', 'during the frost'))
  await until(() => second.client.status().undecided === 0)
  assert.deepEqual(states(second.client), ['accepted', 'accepted'])
  answer.resolve()
  await settle()
  first.tab.thaw()
  await settle()
  assert.deepEqual(leads(first, second), [false, true])
  assert.equal(titleOf(first.client, 'r1'), 'during the frost')
  assert.deepEqual(states(first.client), ['accepted', 'accepted'])
  for (const { intent } of first.client.outbox()) assert.equal(device.server.times(intent.idem), 1)
  // And it follows: what the new leader hears, it shows.
  device.server.put(record('r1'), documentIn('c', { title: 'later' }))
  await second.client.sync()
  await settle()
  assert.equal(titleOf(first.client, 'r1'), 'later')
})

test('a leader that lives is not robbed', async () => {
  const [first, second] = await pair()
  await device.world.advance(300_000)
  assert.deepEqual(leads(first, second), [true, false])
})

test('without locks the fence alone decides, and nothing is done twice', async () => {
  device = new Device({ locks: null })
  const first = await device.start()
  await first.client.do(retitle('r1', 'one'))
  await settle()
  const second = await device.start()
  assert.deepEqual(leads(second), [true])
  await first.client.do(retitle('r1', 'two'))
  await settle()
  await device.world.advance(5000)
  assert.deepEqual(states(second.client), ['accepted', 'accepted'])
  device.server.put(record('r1'), documentIn('c', { title: 'three' }))
  await first.client.sync()
  await device.world.advance(60_000)
  assert.equal(leads(first, second).filter(Boolean).length, 1)
  for (const { client } of [first, second]) assert.equal(titleOf(client, 'r1'), 'three')
  for (const { intent } of second.client.outbox()) assert.equal(device.server.times(intent.idem), 1)
})

test('keys of sealed parts go from tab to tab, so a new tab opens unlocked without the network', async () => {
  device = new Device()
  device.server.put(record('s1'), documentIn('c', { title: 'sealed' }), { seal: 'c' })
  device.server.keys = { c: Buffer.alloc(32, 1).toString('base64') }
  const first = await device.start()
  await until(() => first.client.status().sync === 'idle')
  device.server.faults.push('lost', 'lost', 'lost')
  const second = await device.open()
  assert.deepEqual(second.client.status().locked, ['c'])
  await until(() => second.client.status().locked.length === 0)
  assert.equal(titleOf(second.client, 's1'), 'sealed')
})

test('signing out in one tab empties the other', async () => {
  const [first, second] = await pair()
  await second.client.logout()
  await settle()
  assert.equal(first.client.status().sync, 'logged-out')
  assert.equal(first.client.record('r1'), undefined)
  await assert.rejects(first.client.do(retitle('r1', 'late')), { code: 'closed' })
  await device.world.advance(60_000)
  const third = await device.open({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
  assert.deepEqual([third.client.outbox(), third.client.record('r1')], [[], undefined])
})

function later() {
  let resolve
  const promise = new Promise((done) => (resolve = done))
  return { promise, resolve }
}
