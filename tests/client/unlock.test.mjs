// Restricted parts without the network: keys kept under a passphrase or a passkey, and what happens to them.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Device, retitle, states, titleOf } from './support/open.mjs'
import {
  FEW,
  offline,
  keyNamed,
  PASSPHRASE,
  restarted,
  restricted,
  sealedDevice,
  textOn,
  vaultOn,
  withdrawn,
} from './support/secret.mjs'
import { settle, until } from './support/world.mjs'

let device
let client
afterEach(() => device?.stop())

async function protectedDevice(secrets = { passphrase: PASSPHRASE }) {
  ;({ device, client } = await sealedDevice())
  await client.protect(secrets)
}

const question = ['update', { type: 'record', id: 'secret-1' }]

test('a restart without the network: locked, and a passphrase opens it, with the own work on it', async () => {
  await protectedDevice()
  assert.deepEqual(client.status().protection, ['passphrase'])
  device.server.faults.push('lost')
  await client.do(retitle('secret-1', 'words of my own'))
  let cut = true
  const fetch = (...request) => (cut ? offline() : device.server.fetch(...request))
  const later = await restarted(device, { fetch })
  assert.deepEqual([later.status().locked, later.record('secret-1')], [['secret'], undefined])
  const locked = later.can(...question)
  assert.deepEqual([locked.decision, locked.resolve], ['unknown', 'unlock'])
  assert.equal(later.outbox()[0].predicted, 'unknown')
  assert.match(later.export(), /words of my own/, 'what the user wrote is never locked')
  await later.unlock({ passphrase: PASSPHRASE })
  assert.deepEqual(later.status().locked, [])
  assert.equal(titleOf(later, 'secret-1'), 'words of my own')
  assert.deepEqual([later.can(...question).decision, later.can(...question).speculative], ['allow', true])
  assert.equal(later.status().undecided, 1)
  // Online again, it is sent, and a patch fits what was unlocked.
  cut = false
  await later.sync()
  await until(() => later.status().sync === 'idle' && states(later)[0] === 'accepted')
  assert.equal(titleOf(later, 'secret-1'), 'words of my own')
  assert.ok(device.server.of('pull').at(-1).body.cookie !== null)
})

test('without keys on the disk only the network opens what is locked', async () => {
  ;({ device } = await sealedDevice())
  const later = await restarted(device)
  const { decision, resolve } = later.can(...question)
  assert.deepEqual([decision, resolve], ['unknown', 'online'])
  await assert.rejects(later.unlock({ passphrase: PASSPHRASE }), { code: 'unprotected' })
  await assert.rejects(later.protect({ passphrase: PASSPHRASE }), { code: 'locked' })
  assert.equal(vaultOn(device.medium), undefined)
})

test('a wrong passphrase is an error and changes nothing', async () => {
  await protectedDevice()
  const later = await restarted(device)
  await settle()
  const before = textOn(device.medium)
  for (const secret of [
    { passphrase: 'Correct horse battery staple' },
    { passphrase: '' },
    { prf: new Uint8Array(32) },
  ])
    await assert.rejects(later.unlock(secret), { code: 'secret' })
  assert.equal(textOn(device.medium), before)
  assert.deepEqual(later.status().locked, ['secret'])
  await later.unlock({ passphrase: PASSPHRASE })
  assert.deepEqual(later.status().locked, [])
})

test('what lies on the disk holds neither key nor passphrase nor words', async () => {
  await protectedDevice()
  const text = textOn(device.medium)
  assert.ok(text.includes('secret'), 'it names what is locked')
  const key = Buffer.from(keyNamed(7), 'base64').toString('latin1')
  for (const hidden of [keyNamed(7), JSON.stringify(key).slice(1, -1), PASSPHRASE, 'hidden words'])
    assert.ok(!text.includes(hidden), hidden)
})

test('secrets that protect nothing are refused', async () => {
  ;({ device, client } = await sealedDevice())
  for (const secrets of [{}, { passphrase: 'short' }, { prf: new Uint8Array(16) }])
    await assert.rejects(client.protect(secrets), { code: 'secret' })
  assert.equal(vaultOn(device.medium), undefined)
})

test('a passphrase typed with other code points is the same', async () => {
  await protectedDevice({ passphrase: 'Žluťoučký kůň'.normalize('NFD') })
  const later = await restarted(device)
  await later.unlock({ passphrase: 'Žluťoučký kůň'.normalize('NFC') })
  assert.deepEqual(later.status().locked, [])
})

test('a changed passphrase opens it, the one before does not', async () => {
  await protectedDevice()
  await client.protect({ passphrase: 'another one altogether' })
  const later = await restarted(device)
  await assert.rejects(later.unlock({ passphrase: PASSPHRASE }), { code: 'secret' })
  await later.unlock({ passphrase: 'another one altogether' })
  assert.equal(titleOf(later, 'secret-1'), 'hidden words of secret')
  // Once it is open it can be changed without the network.
  await later.protect({ passphrase: 'and a third, offline' })
  const last = await restarted(device)
  await last.unlock({ passphrase: 'and a third, offline' })
  assert.deepEqual(last.status().locked, [])
})

test('the PRF of a passkey opens it as well, and either of both where both were given', async () => {
  const prf = Uint8Array.from({ length: 32 }, (_, i) => i)
  await protectedDevice({ passphrase: PASSPHRASE, prf })
  assert.deepEqual(client.status().protection, ['passphrase', 'prf'])
  for (const secret of [{ prf }, { passphrase: PASSPHRASE }, { prf: prf.buffer }]) {
    const later = await restarted(device)
    await assert.rejects(later.unlock({ prf: new Uint8Array(32) }), { code: 'secret' })
    await later.unlock(secret)
    assert.deepEqual(later.status().locked, [])
  }
})

test('keys that come later are kept too, though nobody types the passphrase', async () => {
  await protectedDevice()
  await device.stop()
  restricted(device.server, 'second', 8)
  const { client: online } = await device.open()
  await until(() => titleOf(online, 'second-1') !== undefined)
  // And one under a new key takes the place of the old.
  device.server.keys = { ...device.server.keys, secret: keyNamed(9) }
  device.server.epoch = 'e2'
  await online.sync()
  await until(() => online.status().sync === 'idle')
  const later = await restarted(device)
  assert.deepEqual(later.status().locked, ['second', 'secret'])
  await later.unlock({ passphrase: PASSPHRASE })
  assert.deepEqual(later.status().locked, [])
  assert.equal(titleOf(later, 'second-1'), 'hidden words of second')
  assert.equal(titleOf(later, 'secret-1'), 'hidden words of secret')
  assert.equal(vaultOn(device.medium).keys.length, 2)
})

test('a community that is lost: the right passphrase opens nothing of it, not even the blocks of before', async () => {
  await protectedDevice()
  const [head, ...blocks] = [...device.medium.rows()].filter(({ part }) => part === 'view').reverse()
  withdrawn(device.server, 'secret')
  await client.sync()
  await until(() => client.status().sync === 'idle')
  assert.deepEqual(vaultOn(device.medium).keys, [])
  assert.ok(!textOn(device.medium).includes('hidden words'))
  await device.stop()
  // Somebody kept the blocks and puts them back.
  for (const { part, table, key, value } of [head, ...blocks]) device.medium.damage(part, table, key, value)
  const { client: later } = await device.open({ fetch: offline })
  assert.deepEqual(later.status().locked, ['secret'])
  await later.unlock({ passphrase: PASSPHRASE })
  assert.deepEqual([later.status().locked, later.record('secret-1')], [['secret'], undefined])
})

test('lost while locked: the next pull takes the key, whoever types what', async () => {
  await protectedDevice()
  await device.stop()
  withdrawn(device.server, 'secret')
  const { client: online } = await device.open()
  await until(() => online.status().sync === 'idle')
  assert.deepEqual(vaultOn(device.medium).keys, [])
  const later = await restarted(device)
  await later.unlock({ passphrase: PASSPHRASE })
  assert.deepEqual([later.status().locked, later.record('secret-1')], [[], undefined])
})

test('signing out takes the keys with it', async () => {
  await protectedDevice()
  await client.logout()
  assert.deepEqual([...device.medium.rows()], [])
  assert.deepEqual(client.status().protection, [])
  const later = await restarted(device)
  await assert.rejects(later.unlock({ passphrase: PASSPHRASE }), { code: 'unprotected' })
  await assert.rejects(client.unlock({ passphrase: PASSPHRASE }), { code: 'closed' })
})

test('unprotect: no keys on the disk any more, locked or not', async () => {
  await protectedDevice()
  const later = await restarted(device)
  await later.unprotect()
  assert.deepEqual([later.status().protection, vaultOn(device.medium)], [[], undefined])
  assert.equal(later.can(...question).resolve, 'online')
  await assert.rejects(later.unlock({ passphrase: PASSPHRASE }), { code: 'unprotected' })
})

test('a full disk: nothing is changed, and the view is not given up for it', async () => {
  ;({ device, client } = await sealedDevice())
  device.medium.quota = 0
  const before = textOn(device.medium)
  await assert.rejects(client.protect({ passphrase: PASSPHRASE }), { code: 'storage' })
  assert.equal(textOn(device.medium), before)
  assert.deepEqual(client.status().protection, [])
  device.medium.quota = Infinity
  await client.protect({ passphrase: PASSPHRASE })
  const later = await restarted(device)
  await later.unlock({ passphrase: PASSPHRASE })
  assert.deepEqual(later.status().locked, [])
})

test('a full disk still lets a lost key go, though it has no room for a new one', async () => {
  await protectedDevice()
  device.medium.quota = 0
  withdrawn(device.server, 'secret')
  restricted(device.server, 'second', 8)
  await client.sync()
  await until(() => client.status().sync === 'idle')
  assert.deepEqual(vaultOn(device.medium).keys, [])
  assert.equal(titleOf(client, 'second-1'), 'hidden words of second')
  // With room again the next pull brings it.
  device.medium.quota = Infinity
  await client.sync()
  await until(() => vaultOn(device.medium).keys.length === 1)
})

test('one tab unlocks all', async () => {
  await protectedDevice()
  const first = await restarted(device)
  const { client: second } = await device.open({ fetch: offline })
  await until(() => first.status().leads)
  assert.deepEqual(
    [first, second].map((tab) => tab.status().locked),
    [['secret'], ['secret']],
  )
  await second.unlock({ passphrase: PASSPHRASE })
  await until(() => first.status().locked.length === 0)
  assert.equal(titleOf(first, 'secret-1'), 'hidden words of secret')
  // One that opens later hears of it too.
  const { client: third } = await device.open({ fetch: offline })
  await until(() => third.status().locked.length === 0)
  await first.unprotect()
  await until(() => [second, third].every((tab) => tab.status().protection.length === 0))
})

test('a follower protects with keys of yesterday: the leader puts that right', async () => {
  ;({ device, client } = await sealedDevice())
  const { client: follower, tab } = await device.open()
  await until(() => follower.status().locked.length === 0)
  tab.freeze()
  withdrawn(device.server, 'secret')
  await client.sync()
  await until(() => client.status().sync === 'idle')
  await follower.protect({ passphrase: PASSPHRASE })
  await until(() => vaultOn(device.medium).keys.length === 0)
  assert.deepEqual(client.status().protection, ['passphrase'])
  tab.thaw()
})

test('a leader that was frozen changes no keys when it wakes', async () => {
  ;({ device, client } = await sealedDevice())
  const [{ client: old, tab }] = [await device.open()]
  await client.close()
  await until(() => old.status().leads)
  await old.protect({ passphrase: PASSPHRASE })
  const { client: next } = await device.open()
  await until(() => next.status().locked.length === 0)
  tab.freeze()
  await device.world.advance(60_000)
  await until(() => next.status().leads)
  restricted(device.server, 'second', 8)
  await next.sync()
  await until(() => vaultOn(device.medium).keys.length === 2)
  const before = JSON.stringify(vaultOn(device.medium))
  tab.thaw()
  await device.world.advance(10_000)
  await until(() => !old.status().leads)
  assert.equal(JSON.stringify(vaultOn(device.medium)), before)
})

test('cleared under an open page: the keys are put back with the rest', async () => {
  await protectedDevice()
  device.medium.clear()
  await device.world.advance(5000)
  await until(() => vaultOn(device.medium)?.keys.length === 1)
  const later = await restarted(device)
  await later.unlock({ passphrase: PASSPHRASE })
  assert.equal(titleOf(later, 'secret-1'), 'hidden words of secret')
})

test('damaged, it counts as none and goes with the next pull', async () => {
  await protectedDevice()
  device.medium.damage('out', 'meta', 'vault', { id: 7 })
  const later = await restarted(device)
  assert.deepEqual(later.status().protection, [])
  await assert.rejects(later.unlock({ passphrase: PASSPHRASE }), { code: 'unprotected' })
  await device.stop()
  const { client: online } = await device.open()
  await until(() => online.status().sync === 'idle')
  assert.equal(vaultOn(device.medium), undefined)
})

test('rounds: as many as are advised unless told otherwise, and more once more are asked for', async () => {
  ;({ device } = await sealedDevice())
  await device.stop()
  const { client: careful } = await device.open({ iterations: undefined })
  await until(() => careful.status().sync === 'idle')
  await careful.protect({ passphrase: PASSPHRASE })
  assert.equal(vaultOn(device.medium).locks[0].iterations, 600_000)
  await device.stop()
  const { client } = await device.open()
  await until(() => client.status().sync === 'idle')
  await client.protect({ passphrase: PASSPHRASE })
  assert.equal(vaultOn(device.medium).locks[0].iterations, FEW)
  const later = await restarted(device, { iterations: 2 * FEW })
  await later.unlock({ passphrase: PASSPHRASE })
  assert.equal(vaultOn(device.medium).locks[0].iterations, 2 * FEW)
  // Fewer than are stored take nothing away.
  const last = await restarted(device)
  await last.unlock({ passphrase: PASSPHRASE })
  assert.deepEqual([last.status().locked, vaultOn(device.medium).locks[0].iterations], [[], 2 * FEW])
})

test('somebody without restricted parts can be protected beforehand', async () => {
  device = new Device({ iterations: FEW })
  const { client } = await device.start()
  await client.protect({ passphrase: PASSPHRASE })
  restricted(device.server, 'secret', 7)
  await client.sync()
  await until(() => titleOf(client, 'secret-1') !== undefined)
  const later = await restarted(device)
  await later.unlock({ passphrase: PASSPHRASE })
  assert.equal(titleOf(later, 'secret-1'), 'hidden words of secret')
})
