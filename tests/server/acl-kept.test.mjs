// Access lists are read once and kept; a set that is not what the store holds at the revision of an answer is never used.
import assert from 'node:assert/strict'
import test from 'node:test'
import { createEngine } from 'lictor'
import { openMemoryStore } from 'lictor/store'
import { facts, lists, USERS, withLists } from './acl-world.mjs'
import { stores } from './stores.mjs'

const key = (id) => ({ relation: 'acl', id })
const open = (users) => ({ type: 'default', schemas: ['record'], operation: 'get', actors: [{ type: 'user', users }] })

/** Opens a store that counts how often all lists are asked for; `before` runs ahead of each look. */
const watched = (opening, seen, before = async () => undefined) => {
  return async (world, options) => {
    const store = await opening(world, options)
    const { facts, changed, revision } = store
    store.facts = async (wanted) => {
      await before(store)
      if (wanted.some(({ relation, id }) => relation === 'acl' && id === undefined)) seen.read += 1
      return facts.call(store, wanted)
    }
    store.changed = async (...args) => {
      await before(store)
      return seen.forgetful ? null : changed.call(store, ...args)
    }
    store.revision = async () => {
      await before(store)
      return revision.call(store)
    }
    return store
  }
}

for (const [name, opening] of Object.entries(stores)) {
  test(`they are read again when one changes, whoever changes it, and not before (${name})`, async (t) => {
    const seen = { read: 0 }
    const { ask, store, handler, errors } = await withLists({ open: watched(await opening(), seen) })
    t.after(async () => {
      await handler.close()
      await store.close()
    })
    const may = async (who, id) => (await ask(who, 'GET', `/records/${id}`)).status === 200
    const commit = async (...changes) => store.commit(changes, (await store.facts([])).revision)
    assert.deepEqual([await may('other', 'r2'), await may('reader', 'r2')], [false, true])
    assert.equal(seen.read, 1)
    // Records, users and rows change; lists do not.
    await commit({ op: 'put', key: { relation: 'record', id: 'r4' }, value: { title: 'Four', faculty: 'law' } })
    await commit({ op: 'put', key: { relation: 'user', id: '2' }, value: { roles: [] } })
    assert.deepEqual([await may('other', 'r2'), await may('other', 'r4')], [false, true])
    assert.equal(seen.read, 1)
    await commit({ op: 'put', key: key('new'), value: open([2]) })
    assert.equal(await may('other', 'r2'), true)
    await commit({ op: 'put', key: key('new'), value: open([5]) })
    assert.equal(await may('other', 'r2'), false)
    await commit({ op: 'del', key: key('all') }, { op: 'put', key: key('new'), value: open([2]) })
    assert.deepEqual([await may('other', 'r2'), await may('reader', 'r2')], [true, false])
    assert.equal(seen.read, 4)
    assert.deepEqual(errors, [])
  })
}

test('a store that does not know what was written since is asked for all of them', async () => {
  const seen = { read: 0, forgetful: true }
  const { ask, store } = await withLists({ open: watched(openMemoryStore, seen) })
  for (let n = 0; n < 3; n += 1) {
    const changes = [{ op: 'put', key: key('new'), value: open([n % 2 === 0 ? 2 : 5]) }]
    await store.commit(changes, (await store.facts([])).revision)
    assert.equal((await ask('other', 'GET', '/records/r2')).status, n % 2 === 0 ? 200 : 404)
  }
  assert.equal(seen.read, 3)
})

test('whatever is written while facts are looked up, an answer is that of its revision', async () => {
  const world = { ...facts(), acls: {} }
  const truth = new Map()
  let state = 20261122
  const random = (n) => (state = (state * 48271) % 2147483647) % n
  let users = []
  let depth = 0
  const meddle = async (store) => {
    // Its own look-ups are not meddled with.
    if (depth > 0) return
    depth += 1
    try {
      if (random(2) === 0) return
      const now = (await store.facts([])).revision
      const touches = random(3)
      if (touches > 0) users = users.includes(2) ? [5] : [2]
      const change =
        touches > 0
          ? { op: 'put', key: key('only'), value: open(users) }
          : { op: 'put', key: { relation: 'record', id: 'r9' }, value: { title: `R${random(99)}` } }
      truth.set(await store.commit([change], now), users)
    } finally {
      depth -= 1
    }
  }
  const seen = { read: 0 }
  let context
  const { engine, store } = await withLists({
    world,
    open: watched(openMemoryStore, seen, meddle),
    routes: (_, own) => (context = own),
  })
  depth += 1
  truth.set(await store.revision(), users)
  depth -= 1
  const evaluation = { subject: { type: 'user', id: 2 }, action: 'read', resource: { type: 'record', id: 'r2' } }
  const wanted = [{ relation: 'acl' }, { relation: 'record', id: 'r2' }, { relation: 'access', where: {} }]
  const told = { allow: 0, deny: 0 }
  for (let n = 0; n < 2000; n += 1) {
    const given = await context.facts(n % 3 === 0 ? wanted.slice(0, 1) : wanted)
    const expected = truth.get(given.revision)
    assert.ok(expected !== undefined, 'the revision is one of the store')
    assert.deepEqual(
      Object.values(given.acls)
        .map(({ actors }) => actors[0].users)
        .flat(),
      expected,
    )
    if (n % 3 === 0) continue
    const { decision, missing } = engine.check(evaluation, { ...given, users: { 2: { roles: [] } } })
    assert.deepEqual(missing, [])
    assert.equal(decision, expected.includes(2) ? 'allow' : 'deny')
    told[decision] += 1
  }
  assert.ok(told.allow > 100 && told.deny > 100, JSON.stringify(told))
  assert.ok(seen.read < 2000, 'some were kept')
})

test('lists that were read mean what they mean when they are given', async () => {
  const engine = await createEngine({ policy: 'explicit-acls' })
  const { acls, ...rest } = facts()
  const read = engine.facts({ acls })
  for (const id of Object.values(USERS)) {
    for (const record of Object.keys(rest.records)) {
      const asked = { subject: { type: 'user', id }, action: 'read', resource: { type: 'record', id: record } }
      assert.deepEqual(engine.check(asked, { ...rest, lists: read }), engine.check(asked, { ...rest, acls }))
    }
  }
  // They stand for lists alone: nothing else of those facts comes along, and what is given beside is not asked.
  const reader = { subject: { type: 'user', id: 1 }, action: 'read', resource: { type: 'record', id: 'r2' } }
  const whole = engine.facts({ ...rest, acls: lists() })
  assert.equal(engine.check(reader, { lists: whole, complete: [{ relation: 'acl' }] }).decision, 'unknown')
  assert.equal(engine.check(reader, { ...rest, acls: {}, lists: whole }).decision, 'allow')
  // Without a certificate, one that is not given may stand before them.
  assert.equal(engine.check(reader, { ...rest, lists: whole, complete: [] }).decision, 'unknown')

  const other = await createEngine({ policy: 'explicit-acls', changes: { name: 'other' } })
  assert.throws(() => other.check(reader, { ...rest, lists: read }), { code: 'stale_handle' })
  read.free()
  assert.throws(() => engine.check(reader, { ...rest, lists: read }), { code: 'stale_handle' })
  assert.throws(() => engine.check(reader, { ...rest, lists: {} }), { name: 'LictorError' })
})
