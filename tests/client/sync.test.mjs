// One device and a server that follows a script: what is sent, in which order, and what comes of each answer.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { createEngine } from 'lictor'
import { Device, documentIn, engine, record, retitle, states, titleOf } from './support/open.mjs'
import { settle, until } from './support/world.mjs'

let device
afterEach(() => device?.stop())

test('answers come from the view: allow, deny, unknown, with token and age', async () => {
  device = new Device()
  const { client } = await device.open()
  const before = client.can('update', { type: 'record', id: 'r1' })
  assert.deepEqual([before.decision, before.resolve, before.token, before.age], ['unknown', 'sync', null, null])
  await settle()
  await device.world.advance(5000)
  const after = client.can('update', { type: 'record', id: 'r1' })
  assert.deepEqual([after.decision, after.speculative], ['allow', false])
  assert.equal(after.token, client.status().token)
  assert.equal(after.age, 5000)
  assert.equal(client.can('publish', { type: 'record', id: 'r1' }).decision, 'deny')
  assert.equal(client.actions({ type: 'record', id: 'r1' }).update.decision, 'allow')
  assert.equal(client.community('c').value.title, 'Library')
  assert.equal(client.status().sync, 'idle')
})

test('lists say whether the device holds all of the scope', async () => {
  device = new Device({ subs: [{ community: 'c' }] })
  const { client } = await device.open()
  assert.deepEqual(client.list(), { ids: [], unknown: [], complete: false })
  await settle()
  assert.deepEqual(client.list({ scope: { community: 'c' } }), { ids: ['r1'], unknown: [], complete: true })
  assert.equal(client.list().complete, false)
  assert.equal(client.list({ scope: 'mine' }).complete, false)
})

test('a change is stored, shown, sent, accepted; what the user saw goes with it', async () => {
  device = new Device()
  const { client } = await device.start()
  const done = await client.do(retitle('r1', 'second'))
  assert.deepEqual(done, { n: 1, target: record('r1'), predicted: 'allow', state: 'saved' })
  assert.equal(titleOf(client, 'r1'), 'second')
  assert.equal(client.record('r1').speculative, true)
  await settle()
  assert.deepEqual(states(client), ['accepted'])
  assert.equal(client.record('r1').speculative, false)
  const [{ body }] = device.server.of('push')
  assert.deepEqual(body.intents[0].args.set, [{ path: 'title', value: 'second', was: 'first' }])
  assert.equal(body.intents[0].predicted, 'allow')
  assert.equal(device.server.of('pull').at(-1).body.ackVerdicts, 1)
})

test('a refused change stays with its text, blocks nothing, and can be edited and sent again', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.judge = ({ args }) =>
    args.set[0].value === 'bad' ? { r: 'rejected', code: 'denied' } : { r: 'accepted' }
  await client.do(retitle('r1', 'bad'))
  await client.do(retitle('r1', 'good'))
  await settle()
  assert.deepEqual(states(client), ['rejected', 'accepted'])
  assert.equal(titleOf(client, 'r1'), 'good')
  assert.equal(client.status().refused, 1)
  assert.match(client.export(), /"value": "bad"/)
  const again = await client.retry(1, { set: [{ path: 'title', value: 'better' }] })
  assert.equal(again.n, 3)
  await settle()
  assert.deepEqual(states(client), ['accepted', 'accepted'])
  const [first] = device.server.of('push').at(-1).body.intents
  assert.deepEqual(first.args.set, [{ path: 'title', value: 'better', was: 'good' }])
  await assert.rejects(client.retry(2), { code: 'no_intent' })
  await client.dismiss(2)
  await client.dismiss(3)
  assert.deepEqual(client.outbox(), [])
  await assert.rejects(client.dismiss(3), { code: 'no_intent' })
})

test('an answer that was lost: the same intents are sent again and nothing is done twice', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.faults.push('unheard')
  await client.do(retitle('r1', 'once'))
  await settle()
  assert.equal(client.status().sync, 'offline')
  assert.deepEqual(states(client), ['saved'])
  await device.world.advance(1000)
  assert.deepEqual(states(client), ['accepted'])
  const [{ intent }] = client.outbox()
  assert.equal(device.server.times(intent.idem), 1)
  assert.equal(device.server.of('push').length, 2)
})

test('trouble of the server is no verdict: waits grow, and Retry-After is kept to', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.faults.push(...Array.from({ length: 4 }, () => new Response('', { status: 503 })))
  await client.do(retitle('r1', 'later'))
  await settle()
  const gaps = []
  for (let tries = device.server.requests.length; device.server.faults.length > 0;) {
    let waited = 0
    while (device.server.requests.length === tries) await device.world.advance(50).then(() => (waited += 50))
    gaps.push(waited)
    tries = device.server.requests.length
  }
  assert.equal(client.status().sync, 'retrying')
  gaps.forEach((gap, i) => assert.ok(gap >= 250 * 2 ** i && gap <= 500 * 2 ** i + 50, `${gaps}`))
  device.server.faults.push(new Response('', { status: 429, headers: { 'retry-after': '90' } }))
  await device.world.advance(5000)
  assert.equal(device.server.faults.length, 0)
  const tries = device.server.requests.length
  await device.world.advance(84_000)
  assert.equal(device.server.requests.length, tries)
  await device.world.advance(10_000)
  assert.deepEqual(states(client), ['accepted'])
})

test('a server that says nothing is given up on after a while', async () => {
  device = new Device({ patience: 3000 })
  const { client } = await device.start()
  device.server.faults.push('silent')
  const looked = client.sync()
  await settle()
  await device.world.advance(3000)
  await looked
  assert.equal(client.status().sync, 'offline')
  assert.match(client.status().problem, /no answer within 3000 ms/)
})

test('the network comes back: no waiting', async () => {
  device = new Device()
  const { client, tab } = await device.start()
  device.server.faults.push('lost', 'lost')
  await client.do(retitle('r1', 'x'))
  await settle()
  await client.do(retitle('r1', 'y'))
  await settle()
  assert.equal(device.server.faults.length, 1, 'work does not hurry a device that is offline')
  tab.online()
  await settle()
  assert.equal(device.server.faults.length, 0, 'a sign of the network does')
  tab.online()
  await settle()
  assert.deepEqual(states(client), ['accepted', 'accepted'])
})

for (const [label, fault] of [
  ['401', () => new Response('', { status: 401 })],
  ['403', () => new Response('', { status: 403 })],
  ['`auth`', () => Response.json({ verdicts: [], lastN: 0, stop: { n: 1, code: 'auth', message: 'who?' } })],
]) {
  test(`signed out (${label}): the queue waits for the user`, async () => {
    device = new Device()
    const { client, tab } = await device.start()
    device.server.faults.push(fault)
    await client.do(retitle('r1', 'mine'))
    await settle()
    assert.equal(client.status().sync, 'signed-out')
    const tries = device.server.requests.length
    tab.online()
    await client.do(retitle('r1', 'still mine'))
    await device.world.advance(3_600_000)
    assert.equal(device.server.requests.length, tries)
    assert.equal(titleOf(client, 'r1'), 'still mine')
    client.signedIn()
    await settle()
    assert.deepEqual(states(client), ['accepted', 'accepted'])
  })
}

test('a push the server will not read: the intent that is at fault is set aside, the others go on', async () => {
  device = new Device()
  const { client } = await device.start()
  const unreadable = (asked, path) =>
    path === 'push' && asked.intents.some(({ args }) => args.set[0].value === 'poison')
      ? new Response('', { status: 400 })
      : undefined
  const { fetch } = device.server
  device.server.faults.push('lost')
  for (const title of ['one', 'poison', 'three']) await client.do(retitle('r1', title))
  await settle()
  // From here on by its own hand: the fault hangs on what is sent, not on when.
  const push = device.server.push
  device.server.push = (asked) => (unreadable(asked, 'push') ? { refused: true } : push.call(device.server, asked))
  await client.close()
  device.clients = []
  const { client: next } = await device.start({
    fetch: async (url, init) => {
      const response = await fetch(url, init)
      return (await response.clone().json())?.refused ? new Response('', { status: 400 }) : response
    },
  })
  await device.world.advance(2000)
  assert.deepEqual(states(next), ['accepted', 'rejected', 'accepted'])
  const refused = next.outbox().find(({ state }) => state === 'rejected')
  assert.equal(refused.verdict.code, 'validation')
  assert.equal(titleOf(next, 'r1'), 'three')
  for (const { intent } of next.outbox())
    assert.equal(device.server.times(intent.idem), intent.idem === refused.intent.idem ? 0 : 1)
})

test('the server lost count: look first, then go on as a new device, with nothing done twice', async () => {
  device = new Device()
  const { client } = await device.start()
  await client.do(retitle('r1', 'kept'))
  await settle()
  device.server.devices.clear()
  device.server.epoch = 'e2'
  await client.do(retitle('r1', 'newer'))
  await settle()
  assert.deepEqual(states(client), ['accepted', 'accepted'])
  assert.equal(titleOf(client, 'r1'), 'newer')
  assert.equal(device.server.devices.size, 2)
  const idems = client.outbox().map(({ intent }) => intent.idem)
  assert.deepEqual(
    idems.map((idem) => device.server.times(idem)),
    [1, 1],
  )
})

test('a server that always loses count is not hammered', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.push = ({ intents: [{ n }] }) => ({ verdicts: [], lastN: 0, stop: { n, code: 'gap', message: 'gap' } })
  await client.do(retitle('r1', 'x'))
  await settle()
  assert.equal(client.status().sync, 'retrying')
  assert.ok(device.server.of('push').length < 10)
  for (const { body } of device.server.of('pull')) assert.equal(body.ackVerdicts, 0, 'there is no verdict to forget')
  assert.deepEqual(
    client.outbox().map(({ intent, state }) => [intent.args.set[0].value, state]),
    [['x', 'saved']],
  )
})

test('another store with the same address: the view is replaced and pending work is kept', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.faults.push('lost')
  await client.do(retitle('r1', 'pending'))
  await settle()
  device.server.epoch = 'other'
  device.server.put(record('r2'), documentIn('c', { title: 'elsewhere' }))
  await device.world.advance(2000)
  assert.deepEqual(states(client), ['accepted'])
  assert.equal(titleOf(client, 'r1'), 'pending')
  assert.equal(titleOf(client, 'r2'), 'elsewhere')
})

test('a patch for another view is not used', async () => {
  device = new Device()
  const { client } = await device.start()
  const { token } = client.status()
  device.server.put(record('r1'), documentIn('c', { title: 'fresh' }))
  const stray = (asked) => {
    const answer = device.server.pull(asked)
    return Response.json({ ...answer, base: 'another', ops: [{ op: 'del', k: record('r1') }] })
  }
  device.server.faults.push(stray)
  await client.sync()
  assert.equal(client.status().token, token)
  assert.equal(titleOf(client, 'r1'), 'first')
  await device.world.advance(1000)
  assert.equal(titleOf(client, 'r1'), 'fresh')
})

test('answers that are not of the protocol harm nothing', async () => {
  device = new Device()
  const { client } = await device.start()
  const strange = [
    '<html>please sign in to this network</html>',
    'null',
    '[]',
    '{"t":"patch"}',
    '{"t":"reset","entries":7}',
    '{"t":"new"}',
  ]
  for (const text of strange) {
    device.server.faults.push(() => new Response(text, { headers: { 'content-type': 'application/json' } }))
    await client.sync()
    assert.equal(client.status().sync, 'retrying', text)
    assert.equal(titleOf(client, 'r1'), 'first', text)
    await device.world.advance(120_000)
    assert.equal(client.status().sync, 'idle', text)
    assert.equal(client.status().problem, undefined, text)
  }
})

test('a view the engine cannot read is not used, and a whole one is asked for', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.put(record('r1'), documentIn('c', { title: 'fresh' }))
  device.server.faults.push((asked) => Response.json({ ...device.server.pull(asked), ops: [{ op: 'put', k: 1 }] }))
  await client.sync()
  assert.deepEqual(
    device.server.of('pull').map(({ body }) => body.cookie === null),
    [true, false, true],
  )
  assert.equal(titleOf(client, 'r1'), 'fresh')
})

test('a new policy is fetched, checked by its hash, and used once a view comes under it', async () => {
  const changes = { grants: { member: ['create'] } }
  const next = await createEngine({ policy: 'oarepo', changes })
  device = new Device({ createEngine })
  const { client } = await device.start()
  device.server.policy = next.policy.hash
  device.server.bundles[next.policy.hash] = engine.document
  await client.sync()
  assert.equal(client.status().sync, 'retrying')
  assert.match(client.status().problem, /is not/)
  assert.equal(client.can('update', { type: 'record', id: 'r1' }).policy, engine.policy.hash)
  device.server.bundles[next.policy.hash] = next.document
  await device.world.advance(2000)
  assert.equal(client.can('update', { type: 'record', id: 'r1' }).policy, next.policy.hash)
  // After a restart without a network the stored policy answers.
  await device.stop()
  device.server.faults.push('lost')
  const { client: later } = await device.open()
  assert.equal(later.can('update', { type: 'record', id: 'r1' }).policy, next.policy.hash)
})

test('a policy that cannot be made here asks for a reload; answers go on under the old one', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.policy = 'other'
  await client.sync()
  assert.equal(client.status().sync, 'no-policy')
  assert.equal(client.can('update', { type: 'record', id: 'r1' }).decision, 'allow')
})

test('a server newer than the page', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.faults.push(() => Response.json({ t: 'client_too_old', min: 9 }))
  await client.sync()
  assert.equal(client.status().sync, 'too-old')
  const tries = device.server.requests.length
  await device.world.advance(3_600_000)
  assert.equal(device.server.requests.length, tries)
  assert.equal(client.can('update', { type: 'record', id: 'r1' }).decision, 'allow')
})

test('many intents go in order and in batches', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.faults.push('lost')
  for (let i = 1; i <= 130; i++) await client.do(retitle('r1', `title ${i}`))
  await device.world.advance(2000)
  await until(() => client.status().undecided === 0)
  const sizes = device.server.of('push').map(({ body }) => body.intents.length)
  assert.deepEqual(sizes.slice(1), [100, 30])
  assert.equal(titleOf(client, 'r1'), 'title 130')
  // Refused ones are kept without end; of those plainly accepted the newest hundred are shown.
  await client.sync()
  assert.equal(client.outbox().length, 100)
})
