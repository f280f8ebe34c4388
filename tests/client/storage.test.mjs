// What is on the disk and what becomes of it: restarts without a network, sealed parts, clearing, full disks, sign-out.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { DiskError, openClient, openMemoryDisk } from 'lictor/client'
import { Device, documentIn, engine, record, retitle, states, titleOf, user } from './support/open.mjs'
import { settle, until, World } from './support/world.mjs'

let device
afterEach(() => device?.stop())

const offline = () => Promise.reject(new TypeError('fetch failed'))

test('after a restart without a network: the view, pending work over it, and what was refused', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.judge = ({ args }) =>
    args.set[0].value === 'no' ? { r: 'rejected', code: 'denied' } : { r: 'accepted' }
  await client.do(retitle('r1', 'no'))
  await settle()
  device.server.faults.push('lost')
  await client.do(retitle('r1', 'pending'))
  await settle()
  const { token } = client.status()
  await device.stop()
  const { client: later } = await device.open({ fetch: offline })
  assert.equal(titleOf(later, 'r1'), 'pending')
  assert.deepEqual(states(later), ['rejected', 'saved'])
  const answer = later.can('update', { type: 'record', id: 'r1' })
  assert.deepEqual([answer.decision, answer.token, answer.speculative], ['allow', token, true])
  await settle()
  assert.equal(later.status().sync, 'offline')
  await device.stop()
  const { client: online } = await device.start()
  assert.deepEqual(states(online), ['rejected', 'accepted'])
})

test('a crash loses nothing that was said to be saved', async () => {
  device = new Device()
  await device.start()
  await device.stop()
  for (let i = 0; i < 5; i++) {
    const { client } = await device.open({ fetch: offline })
    await client.do(retitle('r1', `title ${i}`))
    device.medium.crash()
    await client.close()
  }
  device.clients = []
  const { client } = await device.start()
  assert.deepEqual(
    client.outbox().map(({ intent, state }) => [intent.args.set[0].value, state]),
    [0, 1, 2, 3, 4].map((i) => [`title ${i}`, 'accepted']),
  )
})

test('the clock: after a lease ended, and with a clock that went back, nothing is promised', async () => {
  const world = new World()
  device = new Device({ world })
  device.server.leases = [{ scope: 'everywhere', until: world.wall + 3_600_000 }]
  await device.start()
  await device.stop()
  const decisions = []
  for (const wall of [0, 3_000_000, 3_700_000, -86_400_000_000, 200_000_000_000]) {
    const later = new World()
    later.wall = world.wall + wall
    const tab = later.tab(offline)
    const { client } = await device.open(tab.env)
    const { decision, resolve } = client.can('update', { type: 'record', id: 'r1' })
    decisions.push(decision === 'unknown' ? resolve : decision)
    await device.stop()
  }
  assert.deepEqual(decisions, ['allow', 'allow', 'online', 'online', 'online'])
})

/** A device that also holds a restricted community, sealed. */
async function sealed() {
  const device = new Device()
  const { server } = device
  const seal = 'secret'
  server.put(
    { relation: 'community', id: 'secret' },
    { title: 'Secret', access: { visibility: 'restricted' }, grants: { curator: ['read', 'update'] } },
    { seal },
  )
  server.put({ relation: 'membership', community: 'secret', user: '4' }, { role: ['curator'] }, { seal })
  server.put(record('s1'), documentIn('secret', { title: 'hidden words' }), { seal })
  // Rights everywhere, of which a row that lies sealed could take some away.
  server.put({ relation: 'access', id: 'row' }, { action: 'superuser-access', user: '4' })
  server.closed.push({ relation: 'record' })
  server.keys = { secret: Buffer.alloc(32, 7).toString('base64') }
  const { client } = await device.open()
  await until(() => client.status().sync === 'idle')
  return { device, client }
}

test('sealed parts are locked without the network, and nothing about them is guessed', async () => {
  let client
  ;({ device, client } = await sealed())
  assert.equal(client.can('update', { type: 'record', id: 's1' }).decision, 'allow')
  await device.stop()
  const { client: later } = await device.open({ fetch: offline })
  assert.deepEqual(later.status().locked, ['secret'])
  assert.equal(later.record('s1'), undefined)
  const questions = [
    ['update', { type: 'record', id: 's1' }],
    ['create', { type: 'record', community: 'secret' }],
    ['read', { type: 'record', properties: documentIn('secret') }],
  ]
  for (const [action, resource] of questions) {
    const { decision, resolve } = later.can(action, resource)
    assert.deepEqual([decision, resolve], ['unknown', 'online'], JSON.stringify(resource))
  }
  // Public parts open as usual, with the denials too.
  assert.equal(later.can('update', { type: 'record', id: 'r1' }).decision, 'allow')
  const { decision } = later.can('publish', { type: 'record', id: 'r1' })
  assert.equal(decision, 'deny')
  assert.equal(later.list().complete, false)
  await device.stop()
  const { client: online } = await device.open()
  device.server.put(record('r1'), documentIn('c', { title: 'changed meanwhile' }))
  await until(() => online.status().locked.length === 0 && online.status().sync === 'idle')
  assert.equal(titleOf(online, 's1'), 'hidden words')
  assert.equal(titleOf(online, 'r1'), 'changed meanwhile')
  assert.deepEqual(
    device.server.of('pull').map(({ body }) => body.cookie === null),
    [true, false],
    'what was locked came from the disk',
  )
})

test('a community that is lost: its entries and its key go, the own words stay', async () => {
  let client
  ;({ device, client } = await sealed())
  const { server, medium } = device
  server.judge = () => ({ r: 'rejected', code: 'not_found' })
  server.del({ relation: 'community', id: 'secret' })
  server.del({ relation: 'membership', community: 'secret', user: '4' })
  server.del(record('s1'))
  server.keys = {}
  server.faults.push('lost')
  await client.do(retitle('s1', 'words of my own'))
  await settle()
  await device.world.advance(2000)
  await until(() => states(client).includes('rejected'))
  assert.equal(client.record('s1'), undefined)
  assert.deepEqual(client.status().locked, [])
  assert.match(client.export(), /words of my own/)
  const { rows } = medium.platters.view
  const text = [...rows.values()]
    .flatMap((table) => [...table.values()])
    .map((row) => Buffer.from(row?.bytes ?? JSON.stringify(row) ?? '').toString('latin1'))
  assert.ok(!text.join().includes('hidden words'))
  // Not even with the key could it be read again.
  await device.stop()
  const { client: later } = await device.open({ fetch: offline })
  assert.deepEqual([later.record('s1'), later.status().locked], [undefined, []])
})

test('lost while locked: what lies on the disk goes with the next pull', async () => {
  ;({ device } = await sealed())
  await device.stop()
  const { server } = device
  for (const key of [...server.entries.keys()].map((text) => JSON.parse(text))) {
    if (JSON.stringify(key).includes('secret') || key.id === 's1') server.del(key)
  }
  server.keys = {}
  const { client } = await device.open()
  assert.deepEqual(client.status().locked, ['secret'])
  await until(() => client.status().sync === 'idle')
  assert.deepEqual(client.status().locked, [])
  await device.stop()
  const { client: later } = await device.open({ fetch: offline })
  assert.deepEqual(later.status().locked, [])
})

test('storage cleared between two visits is told', async () => {
  device = new Device()
  const { client } = await device.start()
  await client.do(retitle('r1', 'gone'))
  await device.stop()
  device.medium.clear()
  const { client: later } = await device.start()
  assert.equal(later.status().storage, 'cleared')
  assert.match(later.status().problem, /cleared/)
  assert.equal(titleOf(later, 'r1'), 'gone', 'what was sent is on the server')
})

test('storage cleared under an open page: what memory holds is stored again, and sent once', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.faults.push('unheard', 'lost', 'lost')
  await client.do(retitle('r1', 'first try'))
  await settle()
  device.medium.clear()
  const next = client.do(retitle('r1', 'second try'))
  await settle()
  await device.world.advance(500)
  await next
  assert.equal(client.status().storage, 'cleared')
  await device.world.advance(5000)
  assert.equal(client.status().undecided, 0)
  assert.equal(titleOf(client, 'r1'), 'second try')
  for (const { intent } of client.outbox()) assert.equal(device.server.times(intent.idem), 1)
  await device.stop()
  const { client: later } = await device.open({ fetch: offline })
  assert.equal(titleOf(later, 'r1'), 'second try')
})

test('a full disk: what cannot be saved is not said to be, and what was stays', async () => {
  device = new Device()
  const { client } = await device.start()
  device.medium.quota = 0
  await assert.rejects(client.do(retitle('r1', 'x'.repeat(100_000))), { code: 'storage' })
  assert.equal(client.status().storage, 'quota')
  assert.equal(titleOf(client, 'r1'), 'first', 'nothing is shown of it')
  assert.deepEqual(client.outbox(), [])
  device.medium.quota = Infinity
  await client.do(retitle('r1', 'fits'))
  await client.sync()
  assert.equal(client.status().storage, 'persisted')
  await device.stop()
  const { client: later } = await device.open({ fetch: offline })
  assert.equal(titleOf(later, 'r1'), 'fits')
})

test('with room again, what is saved is not said to be nowhere, online or not', async () => {
  device = new Device()
  await device.start()
  await device.stop()
  const { client } = await device.start({ fetch: offline })
  device.medium.quota = 0
  await assert.rejects(client.do(retitle('r1', 'x'.repeat(100_000))), { code: 'storage' })
  assert.deepEqual([client.status().storage, client.status().problem?.includes('no room')], ['quota', true])
  device.medium.quota = Infinity
  assert.equal((await client.do(retitle('r1', 'fits'))).state, 'saved')
  assert.deepEqual([client.status().storage, client.status().problem], ['persisted', undefined])
  await device.stop()
  const { client: later } = await device.open({ fetch: offline })
  assert.equal(titleOf(later, 'r1'), 'fits')
})

test('without any storage a client works, and says so', async () => {
  device = new Device()
  const tab = device.world.tab(device.server.fetch)
  const client = await openClient({ engine, user, url: 'http://server/sync', feed: false, ...tab.env })
  device.clients.push(client)
  assert.equal(client.status().storage, 'memory')
  await settle()
  await client.do(retitle('r1', 'kept nowhere'))
  await settle()
  assert.deepEqual(states(client), ['accepted'])
})

test('signing out is refused while something is undecided, and wipes everything', async () => {
  device = new Device()
  const { client } = await device.start()
  device.server.faults.push('lost')
  await client.do(retitle('r1', 'mine'))
  await settle()
  await assert.rejects(client.logout(), { code: 'undecided', message: /1 change is not decided/ })
  assert.equal(titleOf(client, 'r1'), 'mine')
  await client.logout({ force: true })
  assert.equal(client.status().sync, 'logged-out')
  assert.equal(client.record('r1'), undefined)
  assert.equal(client.can('update', { type: 'record', id: 'r1' }).decision, 'unknown')
  assert.deepEqual(device.server.requests.at(-1).method, 'DELETE')
  await assert.rejects(client.do(retitle('r1', 'late')), { code: 'closed' })
  const { client: later } = await device.open({ fetch: offline })
  assert.deepEqual([later.outbox(), later.record('r1'), later.status().storage], [[], undefined, 'persisted'])
})

test('signing out while a tab that froze holds the view: the outbox is deleted all the same, and the rest is told', async () => {
  device = new Device()
  const held = new DiskError('unavailable', 'held by another tab')
  const { client } = await device.start({
    disk: async () => {
      const disk = await openMemoryDisk({ medium: device.medium, user: '4' })
      disk.view.wipe = () => Promise.reject(held)
      return disk
    },
  })
  device.server.judge = () => ({ r: 'rejected', code: 'denied' })
  await client.do(retitle('r1', 'words of mine'))
  await settle()
  await assert.rejects(client.logout(), held)
  assert.equal(client.status().sync, 'logged-out')
  assert.doesNotMatch(JSON.stringify([...device.medium.rows()].filter(({ part }) => part === 'out')), /words of mine/)
})
