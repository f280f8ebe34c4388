// Devices against the real handler, in one process: what the client predicts, and what the server makes of it.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { createServerWith } from './support/real-server.mjs'
import { Device, record, retitle, states, titleOf } from './support/open.mjs'
import { settle, until, World } from './support/world.mjs'

let devices = []
let server
afterEach(async () => {
  for (const device of devices.splice(0)) await device.stop()
  await server.close()
})

async function deviceOf(user, options = {}) {
  const device = new Device({ server: server.of(user), user: { type: 'user', id: user }, ...options })
  devices.push(device)
  const opened = await device.open()
  await calm(opened.client)
  return { device, ...opened }
}

const calm = (client) => until(() => client.status().sync === 'idle' && client.status().undecided === 0)

/** What a user writes of a new record; the engine adds owner and state. */
const draft = (title) => ({ 'oarepo:primaryCommunity': 'c', title })

test('two users: one edits offline, the other meanwhile; one is accepted and one refused and kept', async () => {
  server = await createServerWith()
  const curator = await deviceOf('4')
  const owner = await deviceOf('7')
  assert.equal(titleOf(curator.client, 'r1'), 'first')
  server.cut('4')
  await curator.client.do(retitle('r1', 'by the curator'))
  const approved = await curator.client.do({ action: 'request-approval', target: record('r1'), args: {} })
  assert.deepEqual(approved.predicted, 'allow')
  assert.equal(titleOf(curator.client, 'r1'), 'by the curator')
  await owner.client.do(retitle('r1', 'by the owner'))
  await calm(owner.client)
  assert.deepEqual(states(owner.client), ['accepted'])
  server.mend('4')
  curator.tab.online()
  await calm(curator.client)
  const [edit, transition] = curator.client.outbox()
  assert.deepEqual([edit.state, edit.verdict.code], ['rejected', 'precondition'])
  assert.deepEqual(edit.verdict.theirs, [{ path: ['title'], value: 'by the owner' }])
  assert.equal(transition.state, 'accepted_changed')
  assert.equal(titleOf(curator.client, 'r1'), 'by the owner')
  const again = await curator.client.retry(1, { set: [{ path: 'title', value: 'by both' }] })
  await calm(curator.client)
  assert.equal(curator.client.outbox().find(({ intent }) => intent.n === again.n).state, 'accepted')
  await owner.client.sync()
  assert.equal(titleOf(owner.client, 'r1'), 'by both')
  assert.equal(server.mismatches(), 0)
})

test('a record made offline, and edited before it was ever sent', async () => {
  server = await createServerWith()
  const { client, tab } = await deviceOf('4')
  server.cut('4')
  const { target } = await client.do({
    action: 'create',
    args: { community: 'c', record: draft('draft') },
  })
  const edit = await client.do({
    action: 'update',
    target,
    args: { set: [{ path: 'title', value: 'less of a draft' }] },
  })
  assert.deepEqual(client.outbox()[1].intent.causes, [1])
  assert.deepEqual([edit.n, titleOf(client, target.id)], [2, 'less of a draft'])
  server.mend('4')
  tab.online()
  await calm(client)
  assert.deepEqual(states(client), ['accepted', 'accepted'])
  assert.equal((await server.record(target.id)).title, 'less of a draft')
  assert.equal(server.mismatches(), 0)
})

test('what a device answers is what the server answers, or unknown', async () => {
  server = await createServerWith()
  for (const user of ['4', '7', '9']) {
    const { client } = await deviceOf(user)
    for (const id of ['r1', 's1']) {
      const told = await server.ask(user, id)
      const held = client.actions({ type: 'record', id })
      for (const [action, { decision }] of Object.entries(held)) {
        if (action !== 'create')
          assert.ok(decision === 'unknown' || decision === told[action], `${user} ${action} ${id}: ${decision}`)
      }
      if (client.record(id) !== undefined) assert.equal(held.read.decision, 'allow')
    }
  }
})

test('a membership that is taken away: sealed entries and their key go from the device', async () => {
  server = await createServerWith()
  const { client, device } = await deviceOf('4')
  assert.equal(titleOf(client, 's1'), 'hidden words')
  await server.change({ op: 'del', key: { relation: 'membership', community: 'secret', user: '4' } })
  await client.sync()
  assert.equal(client.record('s1'), undefined)
  assert.equal(client.community('secret'), undefined)
  await device.stop()
  const { client: later } = await device.open({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
  assert.deepEqual([later.record('s1'), later.status().locked], [undefined, []])
})

test('sealed parts are locked without the network and open with it', async () => {
  server = await createServerWith()
  const { device } = await deviceOf('4')
  await device.stop()
  server.cut('4')
  const { client, tab } = await device.open()
  assert.deepEqual(client.status().locked, ['secret'])
  assert.equal(client.can('update', { type: 'record', id: 's1' }).decision, 'unknown')
  await settle()
  server.mend('4')
  tab.online()
  await until(() => client.status().locked.length === 0)
  assert.equal(titleOf(client, 's1'), 'hidden words')
})

test('the feed: a change arrives without being asked for', async () => {
  server = await createServerWith({ debounce: 0 })
  const { client } = await deviceOf('7', { feed: true })
  await until(() => server.requests('7').some((path) => path.startsWith('events')))
  await settle()
  const curator = await deviceOf('4')
  await curator.client.do(retitle('r1', 'heard'))
  await calm(curator.client)
  await until(() => titleOf(client, 'r1') === 'heard')
})

test('signing out tells the server, and the device starts anew afterwards', async () => {
  server = await createServerWith()
  const { client, device } = await deviceOf('4')
  await client.do(retitle('r1', 'kept'))
  await calm(client)
  await client.logout()
  assert.ok(server.requests('4').some((path) => path.startsWith('DELETE device/')))
  const { client: later } = await device.open()
  await calm(later)
  assert.equal(titleOf(later, 'r1'), 'kept')
  assert.deepEqual(later.outbox(), [])
})

test('two devices with one id: each change is decided once, and none is lost', async () => {
  server = await createServerWith()
  const one = await deviceOf('4')
  // Chance of its own, or its changes would be the same ones.
  const other = new Device({ world: new World(8), server: server.of('4'), user: { type: 'user', id: '4' } })
  devices.push(other)
  // As a copied profile has it: the same disk, which then goes its own way.
  other.medium.platters.out.rows = structuredClone(one.device.medium.platters.out.rows)
  other.medium.platters.out.safe = structuredClone(one.device.medium.platters.out.safe)
  other.medium.platters.out.exists = true
  const { client: twin } = await other.open()
  await calm(twin)
  for (let i = 0; i < 3; i++) {
    await one.client.do({ action: 'create', args: { community: 'c', record: draft(`one ${i}`) } })
    await twin.do({ action: 'create', args: { community: 'c', record: draft(`twin ${i}`) } })
  }
  for (let i = 0; i < 20; i++) {
    await one.device.world.advance(5000)
    await other.world.advance(5000)
  }
  await calm(one.client)
  await calm(twin)
  assert.deepEqual([states(one.client), states(twin)], [Array(3).fill('accepted'), Array(3).fill('accepted')])
  const titles = await server.titles()
  assert.deepEqual(titles.filter((title) => /^(one|twin)/.test(title)).sort(), [
    'one 0',
    'one 1',
    'one 2',
    'twin 0',
    'twin 1',
    'twin 2',
  ])
})
