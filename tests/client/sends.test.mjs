// What the outbox says of an intent that has no verdict: where it is now, how often it was tried, why that failed.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Device, record, retitle, states } from './support/open.mjs'
import { settle } from './support/world.mjs'

let device
afterEach(() => device?.stop())

const shown = (client) => client.outbox().map(({ state, attempts, problem }) => [state, attempts, problem])

/** Holds every push until it is let go. */
function hold(server) {
  const held = []
  const { fetch } = server
  server.fetch = async (url, init) => {
    if (url.endsWith('/push')) await new Promise((resolve) => held.push(resolve))
    return fetch(url, init)
  }
  return { go: () => held.splice(0).forEach((go) => go()) }
}

const FAULTS = [
  { about: 'no network', fault: 'lost', problem: 'the server cannot be reached' },
  { about: 'done, and the answer was lost', fault: 'unheard', problem: 'the server cannot be reached' },
  {
    about: 'the server is in trouble',
    fault: () => new Response('', { status: 503 }),
    problem: 'the server answered 503',
  },
  {
    about: 'a captive portal',
    fault: () => new Response('<html>', { status: 200 }),
    problem: 'the answer is not JSON',
  },
  {
    about: 'a store that was busy',
    fault: ({ intents: [{ n }] }) =>
      Response.json({ verdicts: [], lastN: 0, stop: { n, code: 'retry_later', message: 'busy' } }),
    problem: 'busy',
  },
]

for (const { about, fault, problem } of FAULTS) {
  test(`a push that failed is waiting again, with the reason: ${about}`, async () => {
    device = new Device({ rhythm: { first: 1000 } })
    const { client } = await device.start()
    device.server.faults.push(fault, fault)
    await client.do(retitle('r1', 'kept'))
    await settle()
    assert.deepEqual(shown(client), [['saved', 1, problem]])
    await device.world.advance(1000)
    assert.deepEqual(shown(client), [['saved', 2, problem]])
    await device.world.advance(2000)
    assert.deepEqual(shown(client), [['accepted', undefined, undefined]])
  })
}

test('on its way is what is said while it is, and no longer', async () => {
  device = new Device()
  const network = hold(device.server)
  const { client } = await device.start()
  await client.do(retitle('r1', 'one'))
  await settle()
  assert.deepEqual(shown(client), [['sent', 1, undefined]])
  // Made meanwhile, it is in no push yet.
  await client.do(retitle('r1', 'two'))
  await settle()
  assert.deepEqual(states(client), ['sent', 'saved'])
  network.go()
  await settle()
  assert.deepEqual(states(client), ['accepted', 'sent'])
  network.go()
  await settle()
  assert.deepEqual(states(client), ['accepted', 'accepted'])
})

test('the session ends while a push is under way: what was decided is told, the rest waits and says for what', async () => {
  device = new Device()
  const { client } = await device.start()
  const { server } = device
  const answered = server.push.bind(server)
  server.push = ({ device: name, intents }) => {
    const [first, second] = intents
    const { verdicts, lastN } = answered({ device: name, intents: [first] })
    return { verdicts, lastN, stop: { n: second.n, code: 'auth', message: 'sign in again' } }
  }
  server.faults.push('lost')
  await client.do(retitle('r1', 'one'))
  await client.do(retitle('r1', 'two'))
  await settle()
  client.sync()
  await settle()
  assert.deepEqual(shown(client), [
    ['accepted', undefined, undefined],
    ['saved', 1, 'sign in again'],
  ])
  assert.equal(client.status().sync, 'signed-out')
  assert.equal(client.record('r1').value.title, 'two')
  delete server.push
  server.faults.push(new Response('', { status: 401 }))
  client.signedIn()
  await settle()
  assert.deepEqual(shown(client)[1], ['saved', 2, 'the server wants the user to sign in'])
  client.signedIn()
  await settle()
  assert.deepEqual(states(client), ['accepted', 'accepted'])
  assert.equal(server.entries.get(JSON.stringify(record('r1'))).v.title, 'two')
})

test('the tabs that follow are told the same, whether it arrives or not', async () => {
  device = new Device({ rhythm: { first: 1000 } })
  const network = hold(device.server)
  const leader = (await device.start()).client
  const follower = (await device.start()).client
  assert.deepEqual([leader.status().leads, follower.status().leads], [true, false])
  const told = []
  follower.subscribe(() => told.push(...states(follower)))
  await follower.do(retitle('r1', 'from the follower'))
  await settle()
  for (const client of [leader, follower]) assert.deepEqual(shown(client), [['sent', 1, undefined]])
  device.server.faults.push('lost')
  network.go()
  await settle()
  for (const client of [leader, follower])
    assert.deepEqual(shown(client), [['saved', 1, 'the server cannot be reached']])
  await device.world.advance(1000)
  for (const client of [leader, follower]) assert.equal(shown(client)[0][0], 'sent')
  told.length = 0
  network.go()
  await settle()
  for (const client of [leader, follower]) assert.deepEqual(shown(client), [['accepted', undefined, undefined]])
  assert.ok(!told.includes('saved'), 'what arrived never looks as if it had not')
})

test('a leader that closes in the middle of a push leaves nothing that is said to be on its way', async () => {
  device = new Device()
  const network = hold(device.server)
  const leader = (await device.start()).client
  const follower = (await device.start()).client
  await leader.do(retitle('r1', 'half way'))
  await settle()
  assert.deepEqual(states(follower), ['sent'])
  await leader.close()
  device.server.faults.push('lost', 'lost')
  await device.world.advance(20_000)
  assert.equal(follower.status().leads, true)
  network.go()
  await settle()
  assert.deepEqual(shown(follower)[0].slice(0, 1), ['saved'])
  await device.world.advance(20_000)
  network.go()
  await settle()
  assert.deepEqual(states(follower), ['accepted'])
  assert.equal(device.server.times(follower.outbox()[0].intent.idem), 1)
})
