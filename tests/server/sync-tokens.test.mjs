// Tokens: only the server that made one reads it, and only for the device it was made for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { edit, onRecord, record, serve } from './sync/server.mjs'

const put = (key, value) => ({ op: 'put', key, value })

async function commit(server, ...changes) {
  await server.store.commit(changes, await server.store.revision())
}

/** Every way to spoil a token: each character changed, cut short, parts swapped, and what never was one. */
function spoilt(token) {
  const [body, mac] = token.split('.')
  const other = (char) => (char === 'A' ? 'B' : 'A')
  // The last character of a text in base64 has bits that mean nothing, so it is left alone.
  const places = [...Array(body.length).keys(), ...Array(mac.length - 1).keys()].map(
    (i) => i + (i === body.length ? 1 : 0),
  )
  const changed = places.map((i) => token.slice(0, i) + other(token[i]) + token.slice(i + 1))
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  const forged = [7, 6, 5, 3].map((i) => {
    const copy = [...claims]
    copy[i] = typeof copy[i] === 'number' ? copy[i] + 1 : `${copy[i]}x`
    return `${Buffer.from(JSON.stringify(copy)).toString('base64url')}.${mac}`
  })
  const shapes = [
    '',
    '.',
    '..',
    body,
    `${body}.`,
    `.${mac}`,
    `${mac}.${body}`,
    `${token}.${mac}`,
    `${token}=`,
    ` ${token}`,
  ]
  const cut = [1, 10, token.length - 2].map((length) => token.slice(0, length))
  return [...changed, ...forged, ...shapes, ...cut, 'x'.repeat(10_000), 'x'.repeat(100_000), 'null', '{}', '\u0000']
}

test('a forged, cut or huge cookie is read as none', async () => {
  const server = await serve()
  const ben = server.device('ben')
  const whole = await ben.pull()
  const forms = spoilt(ben.cookie).filter((token) => token !== ben.cookie)
  assert.ok(forms.length > 250)
  for (const cookie of forms) {
    const answer = await ben.call('ben', 'POST', '/pull', ben.request({ cookie }))
    assert.equal(answer.text, whole.text, cookie.slice(0, 80))
  }
  assert.deepEqual(server.errors, [])
})

test('a cookie of another device, user, tenant or store gives everything anew', async () => {
  const server = await serve()
  const devices = [server.device('ben'), server.device('ben', 'ben-2'), server.device('ada')]
  for (const device of devices) await device.pull()
  const [ben, phone, ada] = devices
  for (const cookie of [phone.cookie, ada.cookie]) {
    assert.equal((await ben.call('ben', 'POST', '/pull', ben.request({ cookie }))).json.t, 'reset')
  }
  const tenant = await serve({ store: server.store, tenant: 'another' })
  const elsewhere = await serve()
  for (const other of [tenant, elsewhere]) {
    const answer = await other.call('ben', 'POST', '/pull', ben.request())
    assert.equal(answer.json.t, 'reset')
    assert.ok(answer.json.entries.length > 3)
  }
  await server.store.write({ cells: [{ key: 'sync/epoch', text: 'restored' }] })
  assert.equal((await ben.call('ben', 'POST', '/pull', ben.request())).json.t, 'reset')
})

test('a store that was emptied is noticed', async () => {
  const server = await serve()
  const ben = server.device('ben')
  await ben.pull()
  await ben.push(ben.intent('request-approval', onRecord('draft')))
  const anew = await serve()
  const moved = anew.device('ben', 'ben-1')
  const answer = await moved.pull({ cookie: ben.cookie, ackVerdicts: 1 })
  assert.deepEqual([answer.json.t, answer.json.lastN, answer.json.verdicts], ['reset', 0, []])
  const next = await moved.push(moved.intent('publish', onRecord('draft'), {}, { n: 2 }))
  assert.equal(next.json.stop.code, 'gap')
})

test('secrets rotate: former tokens are read, and what they seal is sent anew', async () => {
  const clock = { now: 1_767_225_600_000 }
  const old = await serve({ clock, secret: 'the first secret, which is long' })
  const ada = old.device('ada')
  const before = (await ada.pull()).json.keys
  const former = new TextEncoder().encode('the first secret, which is long')
  const options = { clock, store: old.store, secret: 'the second secret, which is long' }
  const next = await serve({ ...options, sync: { formerSecrets: [former] } })
  const same = next.device('ada', 'ada-1')
  same.cookie = ada.cookie
  const pushed = await same.push(same.intent('update', onRecord('draft'), edit('title', 'by ben', 'x')))
  assert.equal(pushed.json.verdicts[0].sameBase, true)
  const answer = await same.pull()
  assert.equal(answer.json.t, 'reset')
  assert.notEqual(answer.json.keys.closed, before.closed)
  assert.equal((await same.pull()).json.t, 'patch')
  const without = await serve(options)
  assert.equal((await without.call('ada', 'POST', '/pull', ada.request())).json.t, 'reset')
})

test('the revision of a view moves with that view alone', async () => {
  const server = await serve()
  const rev = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString())[3]
  const [ben, cleo] = [server.device('ben'), server.device('cleo')]
  await ben.pull()
  await cleo.pull()
  for (let i = 0; i < 5; i++) {
    await ben.push(ben.intent('update', onRecord('draft'), edit('title', i === 0 ? 'by ben' : i - 1, i)))
    await ben.pull()
    await cleo.pull()
  }
  assert.deepEqual([rev(ben.cookie), rev(cleo.cookie)], [6, 1])
})

test('a node that is behind says so rather than answer older', async () => {
  const server = await serve()
  const ben = server.device('ben')
  await ben.pull()
  const older = ben.cookie
  // A replica as it was before the push: same bookkeeping, same store, one device row behind.
  const row = await server.store.cell('device/ben-1')
  const pushed = await ben.push(ben.intent('request-approval', onRecord('draft')))
  const { at } = pushed.json.verdicts[0]
  const read = (token) =>
    server.handler(
      new Request('http://localhost/open/shown', { headers: { 'x-user': 'ben', 'lictor-at-least': token } }),
    )
  assert.equal((await read(at)).status, 200)
  await ben.pull()
  await server.store.write({ cells: [{ key: 'device/ben-1', text: row }] })
  for (const answer of [
    await server.call('ben', 'POST', '/pull', ben.request()),
    await server.call('ben', 'POST', `/pull?atLeast=${encodeURIComponent(at)}`, ben.request({ cookie: older })),
    await server.call('ben', 'POST', '/pull', ben.request({ cookie: older }), { 'lictor-at-least': at }),
  ]) {
    assert.deepEqual([answer.status, answer.json.code], [503, 'retry'])
    assert.equal(answer.headers.get('retry-after'), '1')
  }
  const behind = await read(at)
  assert.deepEqual([behind.status, (await behind.json()).code], [503, 'retry'])
  assert.equal((await read(older)).status, 200)
  const bad = await read('nonsense')
  assert.deepEqual([bad.status, (await bad.json()).code], [400, 'invalid_token'])
  const elsewhere = server.device('ben', 'ben-2')
  const foreign = await serve()
  await foreign.device('ben').pull()
  await elsewhere.pull()
  const other = await foreign.call('ben', 'POST', '/pull', ben.request({ cookie: null }), { 'lictor-at-least': at })
  assert.deepEqual([other.status, other.json.code], [412, 'other_store'])
})

test('a node that runs an older edition of the policy says so', async () => {
  const server = await serve({ sync: { policyRevision: 2 } })
  const ben = server.device('ben')
  await ben.pull()
  const older = await serve({ store: server.store, clock: server.clock, sync: { policyRevision: 1 } })
  const answer = await older.call('ben', 'POST', '/pull', ben.request({ cookie: null }), {
    'lictor-at-least': ben.cookie,
  })
  assert.deepEqual([answer.status, answer.json.code], [503, 'retry'])
})

test('a secret of the store is made once, and then holds', async () => {
  const server = await serve({ secret: undefined })
  const ben = server.device('ben')
  await ben.pull()
  await commit(server, put(onRecord('draft'), record('open', 'editing', 'ben', { note: 1 })))
  const again = await serve({ secret: undefined, store: server.store })
  assert.equal((await again.call('ben', 'POST', '/pull', ben.request())).json.t, 'patch')
})
