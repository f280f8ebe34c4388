// Pull: what a device holds is what its user may see, whatever happened in between, and nothing tells of the rest.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { DAY, NOW, community, edit, engine, onRecord, record, serve, world } from './sync/server.mjs'

const put = (key, value) => ({ op: 'put', key, value })
const del = (key) => ({ op: 'del', key })
const onCommunity = (id) => ({ relation: 'community', id })
const onMember = (name, user) => ({ relation: 'membership', community: name, user })

async function commit(server, ...changes) {
  await server.store.commit(changes, await server.store.revision())
}

/** The view of a device that pulls for the first time. */
async function fresh(server, user) {
  const device = server.device(user, `fresh-${user}`)
  await server.call(user, 'DELETE', `/device/${device.id}`)
  await device.pull()
  return device.text()
}

test('the first pull gives all that the user may see, in the order of the keys', async () => {
  const server = await serve()
  const ben = server.device('ben')
  const { status, json } = await ben.pull()
  assert.equal(status, 200)
  assert.equal(json.t, 'reset')
  const names = json.entries.map(({ k }) => Object.values(k).join('/'))
  assert.deepEqual(names, [
    'community/open',
    'membership/open/ada',
    'membership/open/ben',
    'record/draft',
    'record/shown',
    'user/ben',
  ])
  assert.equal(json.serverNow, NOW)
  assert.deepEqual(json.leases, [{ scope: 'everywhere', until: NOW + 7 * DAY }])
  assert.deepEqual(json.keys, {})
  assert.deepEqual([json.lastN, json.verdicts], [0, []])
})

test('a patch holds what changed since the cookie, and what left', async () => {
  const server = await serve()
  const cleo = server.device('cleo')
  await cleo.pull()
  assert.deepEqual(cleo.record('shown')?.v.title, 'by ben')
  await commit(
    server,
    put(onRecord('shown'), record('open', 'approved', 'ben')),
    put(onRecord('new'), record('closed', 'published', 'ada')),
  )
  const { json } = await cleo.pull()
  assert.equal(json.t, 'patch')
  assert.deepEqual(
    json.ops.map(({ op, k }) => [op, k.id]),
    [
      ['put', 'new'],
      ['del', 'shown'],
    ],
  )
  assert.equal(cleo.text(), await fresh(server, 'cleo'))
})

test('an answer that was lost is given again', async () => {
  const server = await serve()
  const ben = server.device('ben')
  await ben.pull()
  await commit(server, put(onRecord('draft'), record('open', 'editing', 'ben', { title: 'changed' })))
  const cookie = ben.cookie
  const lost = await ben.call('ben', 'POST', '/pull', ben.request())
  const again = await ben.pull({ cookie })
  assert.equal(again.text, lost.text)
  assert.equal(ben.record('draft').v.title, 'changed')
  await commit(server, del(onRecord('draft')))
  const later = await ben.call('ben', 'POST', '/pull', ben.request({ cookie }))
  assert.deepEqual(
    later.json.ops.map(({ op, k }) => [op, k.id]),
    [['del', 'draft']],
  )
})

test('any history of changes leaves the device with what a new device gets', async () => {
  const random = seeded(7)
  const pick = (list) => list[Math.floor(random() * list.length)]
  const server = await serve()
  const users = ['ada', 'ben', 'cleo', 'root']
  const devices = users.map((user) => server.device(user))
  const states = engine.policy.states
  let moved = 0
  for (let round = 0; round < 60; round++) {
    const change = pick([
      () => put(onRecord(`r${Math.floor(random() * 6)}`), record(pick(['open', 'closed']), pick(states), pick(users))),
      () => del(onRecord(`r${Math.floor(random() * 6)}`)),
      () => put(onMember(pick(['open', 'closed']), pick(users)), { role: pick(['member', 'curator', 'publisher']) }),
      () => del(onMember(pick(['open', 'closed']), pick(users))),
      () => put(onCommunity('closed'), community('Closed', pick(['restricted', 'public']))),
    ])
    await commit(server, change())
    for (const device of devices) {
      // A device that was away for a while has several changes to catch up with.
      if (random() < 0.4) continue
      const before = device.text()
      await device.pull()
      moved += Number(before !== device.text())
      assert.equal(device.text(), await fresh(server, device.user), `${device.user} in round ${round}`)
    }
  }
  assert.ok(moved > 40, 'the history changed what users see')
  assert.deepEqual(server.errors, [])
})

test('what a user may not see leaves no trace in an answer, a token, or the feed', async () => {
  const server = await serve()
  const cleo = server.device('cleo')
  await cleo.pull()
  const before = await cleo.call('cleo', 'POST', '/pull', cleo.request())
  const status = await server.call('cleo', 'GET', '/status?device=cleo-1')
  // Another user's devices, pushes and hidden changes of every kind.
  const ada = server.device('ada')
  await ada.pull()
  await ada.push(ada.intent('update', onRecord('secret'), { set: [{ path: 'title', was: 'by ada', value: 'x' }] }))
  await commit(
    server,
    put(onRecord('more'), record('closed', 'editing', 'ada')),
    put(onMember('closed', 'ben'), { role: 'member' }),
    put(onCommunity('deep'), community('Deep', 'restricted')),
  )
  const after = await cleo.call('cleo', 'POST', '/pull', cleo.request())
  assert.equal(after.text, before.text)
  assert.equal((await server.call('cleo', 'GET', '/status?device=cleo-1')).text, status.text)
})

test('two servers that differ in what a user may not see answer a push with the same bytes', async () => {
  const secretly = world()
  secretly.communities.deep = community('Deep', 'restricted')
  secretly.records.hidden = record('deep', 'editing', 'ada')
  secretly.memberships.push({ community: 'deep', user: 'ada', role: 'curator' })
  const said = []
  for (const [facts, busy] of [
    [world(), false],
    [secretly, true],
  ]) {
    const server = await serve({ facts })
    // The identity of the store is part of every token.
    await server.store.write({ cells: [{ key: 'sync/epoch', text: 'the same' }] })
    const ben = server.device('ben')
    const answers = [await ben.pull()]
    if (busy) await commit(server, put(onRecord('hidden'), record('deep', 'approved', 'ada')))
    const set = [{ path: 'title', was: 'by ben', value: 'mine' }]
    answers.push(await ben.push(ben.intent('update', onRecord('draft'), { set })))
    if (busy) await commit(server, del(onRecord('hidden')))
    answers.push(await ben.push(ben.intent('publish', onRecord('draft'))), await ben.pull())
    said.push(answers.map(({ text }) => text))
  }
  assert.deepEqual(said[0], said[1])
  assert.match(said[0][1], /"sameBase":true/)
})

test('keys come with restricted communities, stay the same, and are never the same again once lost', async () => {
  const server = await serve()
  const ada = server.device('ada')
  const first = (await ada.pull()).json.keys
  assert.deepEqual(Object.keys(first), ['closed'])
  assert.equal(Buffer.from(first.closed, 'base64').length, 32)
  await commit(server, put(onRecord('draft'), record('open', 'approved', 'ben')))
  assert.deepEqual((await ada.pull()).json.keys, first)
  const other = server.device('root')
  assert.notEqual((await other.pull()).json.keys.closed, first.closed)
  await commit(server, del(onMember('closed', 'ada')), del(onRecord('secret')))
  const lost = await ada.pull()
  assert.deepEqual(lost.json.keys, {})
  assert.ok(!ada.text().includes('closed'))
  await commit(server, put(onMember('closed', 'ada'), { role: 'curator' }))
  const back = (await ada.pull()).json.keys
  assert.deepEqual(Object.keys(back), ['closed'])
  assert.notEqual(back.closed, first.closed)
})

test('a device holds what it subscribes to, and lets go of what it no longer does', async () => {
  const server = await serve()
  const ada = server.device('ada')
  await ada.pull({ subs: [{ community: 'closed' }] })
  assert.ok(ada.record('secret') && !ada.record('draft') && !ada.record('shown'))
  const more = await ada.pull({ subs: ['everywhere'] })
  assert.deepEqual(
    more.json.ops.map(({ k }) => k.id),
    ['draft', 'shown'],
  )
  const less = await ada.pull({ subs: [{ community: 'open' }] })
  assert.deepEqual(
    less.json.ops.map(({ op, k }) => [op, k.id]),
    [['del', 'secret']],
  )
  const scopes = [{ community: 'open' }, 'mine', { community: 'closed' }]
  const one = await ada.pull({ subs: scopes })
  const two = await ada.pull({ subs: [...scopes].reverse() })
  assert.deepEqual(two.json.ops, [])
  assert.equal(two.json.next, one.json.next)
})

test('nothing is computed anew while neither the store nor the question changed', async () => {
  let reads = 0
  const wrap = (store) =>
    new Proxy(store, {
      get(target, name) {
        if (name === 'list' || name === 'facts') reads += 1
        const value = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  const server = await serve({ wrap })
  const ben = server.device('ben')
  await ben.pull()
  const first = reads
  assert.ok(first > 0)
  await ben.pull()
  await server.call('ben', 'GET', '/status?device=ben-1')
  assert.equal(reads, first)
  // The effects of a push of one's own are known without looking at all the records again.
  await ben.push(ben.intent('request-approval', onRecord('draft')))
  const lists = reads
  await ben.pull()
  assert.equal(ben.record('draft').v['oarepo:recordStatus'], 'pending-approval')
  assert.ok(reads - lists <= 3, `${reads - lists} reads`)
})

test('an answer is of one revision, though others write while it is made', async () => {
  let between
  let writes = 0
  const wrap = (store) =>
    new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name)
        const disturbs = name === 'list' ? writes === 0 : name === 'changed' && writes > 0
        if (!disturbs) return typeof value === 'function' ? value.bind(target) : value
        // Once while all is read, and once while what the first wrote is read again.
        return async (...args) => {
          const answer = await value.apply(target, args)
          if (between && writes < 2) await between(++writes)
          return answer
        }
      },
    })
  const server = await serve({ wrap })
  // Two records of which exactly one is published at any revision.
  const states = (n) => (n % 2 === 0 ? ['published', 'editing'] : ['editing', 'published'])
  const pair = (n) => states(n).map((state, i) => put(onRecord(`pair${i}`), record('open', state, 'ada')))
  await commit(server, ...pair(0))
  between = (n) => commit(server, ...pair(n))
  const cleo = server.device('cleo')
  await cleo.pull()
  assert.equal(writes, 2)
  assert.equal(['pair0', 'pair1'].filter((id) => cleo.record(id)).length, 1)
  assert.ok(cleo.record('pair0'))
  assert.deepEqual(server.errors, [])
})

test('a pull that was disturbed too often has its turn, and writers wait for it', async () => {
  let isWriting = true
  let written = () => {}
  let lists = 0
  const wrap = (store) =>
    new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name)
        // Nothing but looking at everything again will do.
        if (name === 'changed') return async () => null
        if (name !== 'list') return typeof value === 'function' ? value.bind(target) : value
        return async (query) => {
          lists += 1
          const page = await target.list(query)
          // Until somebody wrote, or nobody can.
          await Promise.race([new Promise((resolve) => (written = resolve)), wait(100)])
          return page
        }
      },
    })
  const server = await serve({ wrap })
  const ada = server.device('ada')
  const writer = (async () => {
    for (let title = 'by ben', i = 0; isWriting; title = `t${i++}`) {
      await ada.push(ada.intent('update', onRecord('draft'), edit('title', title, `t${i}`)))
      written()
    }
  })()
  const { json } = await server.device('cleo').pull()
  isWriting = false
  await writer
  assert.equal(json.t, 'reset')
  assert.equal(lists, 4)
  assert.deepEqual(server.errors, [])
})

test('where writers never pause and nobody knows what they wrote, the answer is to try again, not a mixed one', async () => {
  let server
  const wrap = (store) =>
    new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (name === 'changed') return async () => null
        if (name !== 'list') return typeof value === 'function' ? value.bind(target) : value
        return async (query) => {
          const page = await target.list(query)
          await target.commit([put(onRecord('busy'), record('open', 'editing', 'ada'))], await target.revision())
          return page
        }
      },
    })
  server = await serve({ wrap })
  const answer = await server.device('ben').pull()
  assert.equal(answer.status, 503)
  assert.equal(answer.json.code, 'retry_later')
  assert.equal(answer.headers.get('retry-after'), '1')
})

test('the bundle is the policy, named by its content', async () => {
  const server = await serve()
  const ben = server.device('ben')
  const asked = await ben.pull({ have: { bundle: null, schema: 1 } })
  assert.deepEqual(asked.json, { t: 'bundle_required', hash: engine.policy.hash })
  const path = `/bundle/${engine.policy.hash}`
  const bundle = await server.call(null, 'GET', path)
  assert.deepEqual(bundle.json, engine.document)
  assert.match(bundle.headers.get('cache-control'), /immutable/)
  const etag = bundle.headers.get('etag')
  assert.equal((await server.call(null, 'GET', path, undefined, { 'if-none-match': etag })).status, 304)
  assert.equal((await server.call(null, 'GET', '/bundle/other')).status, 404)
})

test('a device that logs out is forgotten, but for what it sent', async () => {
  const server = await serve()
  const ben = server.device('ben')
  await ben.pull()
  const intent = ben.intent('request-approval', onRecord('draft'))
  const said = await ben.push(intent)
  const cookie = ben.cookie
  assert.equal((await server.call('cleo', 'DELETE', '/device/ben-1')).status, 404)
  assert.equal((await server.call('ben', 'DELETE', '/device/ben-1')).status, 204)
  assert.deepEqual(await server.store.cells('view/ben-1/'), [])
  assert.equal(await server.store.cell('proofs/ben-1'), null)
  assert.equal((await ben.push(intent)).text, said.text)
  const back = await ben.pull({ cookie })
  assert.equal(back.json.t, 'reset')
  assert.equal(back.json.lastN, 1)
  assert.equal(ben.text(), await fresh(server, 'ben'))
})

test('housekeeping trims what is acknowledged and old, and never the count', async () => {
  const server = await serve()
  const ben = server.device('ben')
  await ben.pull()
  const intents = [ben.intent('request-approval', onRecord('draft')), ben.intent('publish', onRecord('draft'))]
  await ben.push(...intents)
  const cookie = ben.cookie
  ben.ack = 1
  await ben.pull()
  await commit(server, del(onRecord('shown')))
  await ben.pull()
  const trim = async () => (await server.handler.housekeeping()).find(({ name }) => name === 'sync')
  assert.deepEqual(await trim(), { name: 'sync', done: 0 })
  server.clock.now += 31 * DAY
  await ben.pull()
  assert.deepEqual(await trim(), { name: 'sync', done: 2 })
  assert.deepEqual(await trim(), { name: 'sync', done: 0 })
  assert.equal(await server.store.cell('verdict/ben-1/0000000001'), null)
  assert.notEqual(await server.store.cell('verdict/ben-1/0000000002'), null)
  // The second is sent again as it was; the first is known to be decided, and is not carried out again.
  const again = await ben.push(...intents)
  assert.deepEqual([again.json.verdicts.map(({ n }) => n), again.json.lastN, again.json.stop], [[2], 2, undefined])
  const other = { ...intents[0], idem: 'another' }
  assert.equal((await ben.push(other)).json.stop.code, 'idem_mismatch')
  // A device that slept through what was trimmed gets everything.
  assert.equal((await ben.pull({ cookie })).json.t, 'reset')
  assert.equal(ben.text(), await fresh(server, 'ben'))
  server.clock.now += 200 * DAY
  await server.handler.housekeeping()
  assert.deepEqual(await server.store.cells('view/ben-1/'), [])
  assert.equal((await ben.pull()).json.t, 'reset')
  assert.deepEqual(server.errors, [])
})

/** A small generator of numbers (mulberry32), the same everywhere. */
function seeded(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
