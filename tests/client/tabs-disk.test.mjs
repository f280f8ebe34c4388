// Several tabs of one user on a disk that one of them finds changed: cleared, renumbered, or held to something else.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { openMemoryDisk } from 'lictor/client'
import { Device, documentIn, record, retitle, states, titleOf } from './support/open.mjs'
import { settle, until } from './support/world.mjs'

let device
afterEach(() => device?.stop())

const offline = () => Promise.reject(new TypeError('fetch failed'))
const onDisk = () =>
  [...device.medium.rows()].flatMap(({ part, table, value }) => (part === 'out' && table === 'kept' ? [value] : []))

/** A second handle on the disk, behind the clients' backs. */
const behind = () => openMemoryDisk({ medium: device.medium, user: '4' })

test('a tab that only follows notices that its disk was cleared, stores its work again, and says so', async () => {
  device = new Device({ fetch: offline })
  const { client: first } = await device.start()
  const { client: second } = await device.start()
  await second.do({ action: 'create', args: { community: 'c', record: documentIn('c') } })
  const { n } = await second.do(retitle('r1', 'kept in memory'))
  await second.do({ ...retitle('r1', 'rests on it'), causes: [n] })
  await first.close()
  device.clients = [second]
  await settle()
  const { client: third } = await device.start()
  device.medium.clear()
  await device.world.advance(2500)
  const kept = onDisk().map(({ intent }) => [intent.n, intent.causes])
  assert.deepEqual(
    kept.map(([n]) => n),
    [1, 2, 3],
    'once each, though two tabs held them',
  )
  assert.deepEqual(kept[2][1], [2])
  for (const client of [second, third]) {
    assert.equal(client.status().storage, 'cleared')
    assert.match(client.status().problem, /cleared|fetch failed|reached/)
    assert.deepEqual(states(client), ['saved', 'saved', 'saved'])
  }
})

test('what a follower stored again after a clearing is sent by the leader', async () => {
  device = new Device()
  const { client: first, tab } = await device.start()
  const { client: second } = await device.start()
  device.server.faults.push('lost')
  await second.do(retitle('r1', 'in both'))
  await settle()
  // The leader hears nothing of the clearing until it thaws.
  tab.freeze()
  device.medium.clear()
  await device.world.advance(2500)
  assert.equal(onDisk().length, 1)
  tab.thaw()
  await device.world.advance(5000)
  await until(() => second.status().undecided === 0 && first.status().undecided === 0)
  const [{ intent }] = second.outbox()
  assert.equal(device.server.times(intent.idem), 1)
  assert.equal(titleOf(first, 'r1'), 'in both')
})

test('dismissing and sending again mean the intent that was named, whatever its number is by then', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.judge = () => ({ r: 'rejected', code: 'denied' })
  const { n } = await client.do(retitle('r1', 'refused'))
  await settle()
  const disk = await behind()
  // Another tab led and became a new device; this one has not heard of it.
  await disk.outbox.renumber('device-2', await disk.outbox.claim())
  await disk.outbox.add((next) => ({ ...client.outbox()[0].intent, n: next, idem: 'another', causes: [] }))
  const { fence } = await disk.outbox.load()
  await disk.outbox.settle([{ n, idem: 'another', at: 't', r: 'rejected', code: 'denied', sameBase: false }], fence)
  await assert.rejects(client.dismiss(n), { name: 'ClientError', code: 'no_intent' })
  assert.deepEqual(
    onDisk()
      .map(({ intent }) => intent.n)
      .sort(),
    [0, 1],
    'nothing was forgotten',
  )
  // By now it knows the numbers.
  await client.dismiss(0)
  assert.deepEqual(
    onDisk().map(({ intent }) => intent.idem),
    ['another'],
  )
})

for (const way of ['dismiss', 'retry']) {
  test(`a refusal that was cleared away is stored again with its text, under another number: ${way}`, async () => {
    device = new Device()
    const { client } = await device.start()
    device.server.judge = () => ({ r: 'rejected', code: 'denied' })
    const { n } = await client.do(retitle('r1', 'refused'))
    await settle()
    device.medium.clear()
    const done = client[way](n)
    const refused = assert.rejects(done, { name: 'ClientError', code: 'no_intent' })
    await settle()
    await device.world.advance(500)
    await refused
    assert.equal(client.status().storage, 'cleared')
    assert.deepEqual(
      [client.outbox(), onDisk()].map(([{ intent, verdict }]) => [
        intent.n,
        intent.args.set[0].value,
        verdict.n,
        verdict.code,
      ]),
      [
        [0, 'refused', 0, 'denied'],
        [0, 'refused', 0, 'denied'],
      ],
    )
    assert.match(client.export(), /refused/)
    // By this number it is dismissed, or sent again, and what is new counts from 1.
    delete device.server.judge
    await client[way](0)
    await settle()
    await device.world.advance(5000)
    assert.deepEqual(states(client), way === 'retry' ? ['accepted'] : [])
    assert.equal(titleOf(client, 'r1'), way === 'retry' ? 'refused' : 'first')
  })
}

test('a refusal that all tabs hold is stored again once, whichever notices the clearing', async () => {
  device = new Device()
  const { client: first } = await device.start()
  const { client: second } = await device.start()
  device.server.judge = () => ({ r: 'rejected', code: 'denied' })
  await second.do(retitle('r1', 'refused'))
  await settle()
  device.server.faults.push('lost', 'lost', 'lost')
  await first.do(retitle('r1', 'waits'))
  await settle()
  device.medium.clear()
  await device.world.advance(2500)
  assert.deepEqual(
    onDisk().map(({ intent, verdict }) => [intent.n, intent.args.set[0].value, verdict?.r]),
    [
      [0, 'refused', 'rejected'],
      [1, 'waits', undefined],
    ],
  )
  for (const client of [first, second]) {
    assert.deepEqual(states(client), ['rejected', 'saved'])
    assert.equal(client.status().refused, 1)
  }
})

test('causes are the intents that were meant, though another tab gave them other numbers', async () => {
  device = new Device({ fetch: offline })
  const { client } = await device.start()
  const gone = await client.do(retitle('r1', 'given up'))
  const { n } = await client.do(retitle('r1', 'the cause'))
  const disk = await behind()
  const [{ intent }] = onDisk()
  await disk.outbox.dismiss({ n: gone.n, idem: intent.idem }, { unsent: true })
  await disk.outbox.renumber('device-2', await disk.outbox.claim())
  await client.do({ ...retitle('r1', 'rests on it'), causes: [n] })
  assert.deepEqual(
    onDisk().map(({ intent }) => [intent.n, intent.args.set[0].value, intent.causes]),
    [
      [1, 'the cause', []],
      [2, 'rests on it', [1]],
    ],
  )
})

test('what one tab is told to hold all hold: the leader, whoever leads next, and who opens later', async () => {
  device = new Device()
  const { client: first } = await device.start({ subs: ['everywhere'] })
  const { client: second } = await device.start({ subs: ['everywhere'] })
  const asked = () => device.server.of('pull').at(-1).body.subs
  second.hold(['mine'])
  await settle()
  assert.deepEqual(asked(), ['mine'], 'told by a follower, done by the leader')
  const { client: third } = await device.start({ subs: ['everywhere'] })
  first.hold([{ community: 'c' }])
  await settle()
  assert.deepEqual(asked(), [{ community: 'c' }])
  for (const client of [first, second]) {
    await client.close()
    await settle()
    assert.deepEqual(asked(), [{ community: 'c' }])
  }
  assert.equal(third.status().leads, true)
  await device.stop()
  // Nothing said: what the view holds that is there.
  await device.start()
  assert.deepEqual(asked(), [{ community: 'c' }])
  await device.stop()
  await device.start({ subs: ['mine'] })
  assert.deepEqual(asked(), ['mine'])
})

test('of what was lost nothing stays in the outbox that others wrote, once it is decided', async () => {
  device = new Device()
  const { server } = device
  const { client } = await device.start()
  server.judge = () => ({
    r: 'rejected',
    code: 'precondition',
    theirs: [{ path: ['title'], value: 'words of others, later' }],
  })
  server.put(record('r1'), documentIn('c', { title: 'words of others' }))
  await client.sync()
  await client.do(retitle('r1', 'words of my own'))
  await settle()
  const words = () => JSON.stringify([onDisk(), client.outbox(), client.export()])
  assert.match(words(), /words of others, later/)
  assert.match(words(), /"was":"words of others"/)
  server.faults.push('lost')
  await client.do(retitle('r1', 'more of my own'))
  await settle()
  server.del(record('r1'))
  await device.world.advance(5000)
  await until(() => client.status().undecided === 0)
  assert.equal(client.record('r1'), undefined)
  assert.doesNotMatch(words(), /others/)
  assert.match(client.export(), /words of my own/)
  assert.match(client.export(), /more of my own/)
})
