// What interfaces follow: one question, the status, objects that stay the same; and what `do` refuses.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Device, documentIn, engine, record, retitle, states, titleOf } from './support/open.mjs'
import { settle } from './support/world.mjs'

let device
afterEach(() => device?.stop())

const r1 = { type: 'record', id: 'r1' }

test('a watched question is heard of only when its answer is another one', async () => {
  device = new Device()
  const { client } = await device.start()
  const heard = []
  const end = client.watch({ action: 'update', resource: r1 }, ({ decision, speculative }) =>
    heard.push([decision, speculative]),
  )
  device.server.put(record('r2'), documentIn('c'))
  await client.sync()
  device.server.put(record('r1'), documentIn('c', { title: 'another title' }))
  await client.sync()
  assert.deepEqual(heard, [])
  device.server.put({ relation: 'membership', community: 'c', user: '4' }, { role: ['member'] })
  await client.sync()
  assert.deepEqual(heard, [['deny', false]])
  end()
  device.server.put({ relation: 'membership', community: 'c', user: '4' }, { role: ['curator'] })
  await client.sync()
  assert.deepEqual(heard, [['deny', false]])
})

test('a watched question is heard of when time alone changes its answer', async () => {
  device = new Device({ rhythm: { poll: 1e9 } })
  device.server.leases = [{ scope: 'everywhere', until: device.world.wall + 600_000 }]
  const { client } = await device.start()
  const heard = []
  client.watch({ action: 'update', resource: r1 }, ({ decision, reasons: [{ holds }] }) =>
    heard.push([decision, holds]),
  )
  await device.world.advance(300_000)
  assert.deepEqual(heard, [])
  await device.world.advance(300_000)
  // First the end lies within what is known of the time, then before it.
  assert.deepEqual(heard, [
    ['unknown', null],
    ['unknown', false],
  ])
})

test('what is drawn hears of it, too, when time alone changes an answer, with nothing from the network', async () => {
  device = new Device({ rhythm: { poll: 1e9 } })
  device.server.leases = [{ scope: 'everywhere', until: device.world.wall + 600_000 }]
  const { client } = await device.start()
  const ask = () => client.current({ action: 'update', resource: r1 }).decision
  const heard = []
  const end = client.subscribe(() => heard.push(ask()))
  assert.equal(ask(), 'allow')
  await device.world.advance(300_000)
  assert.deepEqual([...new Set(heard)], ['allow'])
  await device.world.advance(600_000)
  assert.equal(heard.at(-1), 'unknown')
  end()
  const { length } = heard
  await device.world.advance(600_000)
  assert.equal(heard.length, length)
})

test('a client that is closed starts no clock for who comes late', async () => {
  device = new Device()
  const { client } = await device.start()
  await client.close()
  const { version } = client.status()
  const heard = []
  client.subscribe(() => heard.push('late'))
  client.watch({ action: 'update', resource: r1 }, () => heard.push('late'))
  await device.world.advance(120_000)
  assert.deepEqual([heard, client.status().version], [[], version])
})

test('a page of a list is the same object until something in it is another', async () => {
  device = new Device()
  const { client } = await device.open()
  const none = { ids: [], unknown: [], complete: false, page: 1, pages: 1, total: 0 }
  assert.deepEqual(client.currentList(), none)
  for (const id of ['r2', 'r3', 'r4', 'r5']) device.server.put(record(id), documentIn('c'))
  await settle()
  await client.sync()
  const first = client.currentList({ size: 2 })
  assert.deepEqual(first.ids, ['r1', 'r2'])
  assert.deepEqual([first.page, first.pages, first.total], [1, 3, 5])
  const last = client.currentList({ page: 3, size: 2 })
  assert.deepEqual(last.ids, ['r5'])
  // Somebody else's title changes, a record of another page goes: only what is on the page counts.
  device.server.put(record('r3'), documentIn('c', { title: 'third' }))
  await client.sync()
  assert.equal(client.currentList({ size: 2 }), first)
  assert.equal(client.currentList({ size: 2, page: 1 }).ids.length, 2)
  device.server.del(record('r5'))
  await client.sync()
  assert.deepEqual(client.currentList({ page: 3, size: 2 }).ids, ['r3', 'r4'])
  assert.deepEqual(client.currentList({ page: 3, size: 2 }).page, 2)
  assert.notEqual(client.currentList({ size: 2 }), first)
  // What is made here is there at once, and what may not be done is not listed.
  const { target } = await client.do({
    action: 'create',
    args: { community: 'c', record: { 'oarepo:primaryCommunity': 'c' } },
  })
  assert.equal(client.currentList().ids.includes(target.id), client.list().ids.includes(target.id))
  assert.deepEqual(client.currentList({ action: 'approve' }).ids, client.list({ action: 'approve' }).ids)
})

test('a page that is none is refused by name', async () => {
  device = new Device()
  const { client } = await device.start()
  for (const [path, wrong] of [
    ['page', 0],
    ['page', 1.5],
    ['page', '2'],
    ['size', 0],
    ['size', -1],
    ['size', Number.NaN],
    ['size', Infinity],
  ]) {
    assert.throws(() => client.currentList({ [path]: wrong }), { name: 'ClientError', code: 'invalid', path })
  }
})

test('current answers are the same objects until they change', async () => {
  device = new Device()
  const { client } = await device.start()
  const [answer, shown, list] = [
    client.current({ action: 'update', resource: r1 }),
    client.currentRecord('r1'),
    client.outbox(),
  ]
  device.server.put(record('r2'), documentIn('c'))
  await client.sync()
  assert.equal(client.current({ action: 'update', resource: { ...r1 } }), answer)
  assert.equal(client.currentRecord('r1'), shown)
  await client.do(retitle('r1', 'new'))
  assert.notEqual(client.current({ action: 'update', resource: r1 }), answer)
  assert.equal(client.currentRecord('r1').value.title, 'new')
  assert.notEqual(client.outbox(), list)
  assert.equal(client.outbox(), client.outbox())
})

test('a listener that throws harms nobody, and one that left hears nothing', async () => {
  device = new Device()
  const { client } = await device.start()
  const topics = []
  const kept = globalThis.reportError
  globalThis.reportError = () => {}
  try {
    client.subscribe(() => {
      throw new Error('a listener')
    })
    const end = client.subscribe((topic) => topics.push(topic))
    await client.do(retitle('r1', 'x'))
    await settle()
    assert.deepEqual([...new Set(topics)].sort(), ['data', 'outbox', 'status'])
    assert.deepEqual(states(client), ['accepted'])
    end()
    const { length } = topics
    await client.do(retitle('r1', 'y'))
    assert.equal(topics.length, length)
  } finally {
    globalThis.reportError = kept
  }
})

test('what the engine cannot read is refused at once, and leaves no trace', async () => {
  device = new Device()
  const { client } = await device.start()
  const wrong = [
    { action: 'update', target: record('r1'), args: { set: 'title' } },
    { action: 'update', target: record('r1'), args: { set: [{ path: '' }] } },
    { action: 'update', target: record('r1'), args: { nothing: 1 } },
    { action: 'update', target: { relation: 'planet', id: 'x' }, args: { set: [] } },
    { action: 'create', args: { community: 7 } },
    { action: 'publish' },
    {},
  ]
  for (const command of wrong) {
    await assert.rejects(client.do(command), { name: 'ClientError', code: 'invalid' }, JSON.stringify(command))
    assert.equal(titleOf(client, 'r1'), 'first')
  }
  assert.deepEqual(client.outbox(), [])
})

test('what the engine would deny is recorded and not shown: the server decides', async () => {
  device = new Device()
  device.server.put({ relation: 'membership', community: 'c', user: '4' }, { role: ['member'] })
  const { client } = await device.start()
  const { predicted } = await client.do(retitle('r1', 'perhaps'))
  assert.equal(predicted, 'deny')
  assert.equal(titleOf(client, 'r1'), 'first')
  assert.equal(client.outbox()[0].error.code, 'not_found')
  await settle()
  assert.deepEqual(states(client), ['accepted'])
  assert.equal(titleOf(client, 'r1'), 'perhaps')
})

test('an action the policy wants asked is refused while its answer is unknown', async () => {
  assert.ok(engine.policy.ask.includes('publish') && !engine.policy.ask.includes('update'))
  device = new Device()
  const { client } = await device.open()
  const refused = await client.do({ action: 'publish', target: record('r1'), args: {} }).catch((error) => error)
  assert.equal(refused.code, 'ask')
  assert.match(refused.message, /go online/)
  assert.equal(refused.prediction.decision, 'unknown')
  assert.deepEqual(client.outbox(), [])
  // What may be queued is, even if nothing is known yet.
  assert.equal((await client.do(retitle('r1', 'queued'))).predicted, 'unknown')
  await settle()
  device.server.put(record('r1'), { ...documentIn('c'), 'oarepo:recordStatus': 'approved' })
  await client.sync()
  assert.equal((await client.do({ action: 'publish', target: record('r1'), args: {} })).predicted, 'deny')
})

test('what is made here gets an id of its own, and what follows names it as its cause', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.faults.push('lost')
  const made = await client.do({ action: 'create_community', args: { title: 'New' } })
  const inside = await client.do({
    action: 'create',
    args: { community: made.target.id, record: { 'oarepo:primaryCommunity': made.target.id } },
    causes: [],
  })
  await client.do({ action: 'update', target: inside.target, args: { set: [{ path: 'title', value: 'x' }] } })
  assert.match(made.target.id, /^[0-9a-z]{26}$/)
  assert.notEqual(made.target.id, inside.target.id)
  assert.deepEqual(
    client.outbox().map(({ intent }) => intent.causes),
    [[], [1], [2]],
  )
})
