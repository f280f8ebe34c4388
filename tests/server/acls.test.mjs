// Access lists over REST: who manages them, what they say of a record, what a hit may be used for, searches for others.
import assert from 'node:assert/strict'
import test from 'node:test'
import { facts, lists, withLists } from './acl-world.mjs'
import { stores } from './stores.mjs'

const LIST = { type: 'default', schemas: ['record'], operation: 'get', actors: [{ type: 'user', users: [2] }] }

const ids = ({ json }) => json.hits.hits.map(({ id }) => id)
const problem = ({ status, json }) => [status, json.code, json.path]

for (const [name, opening] of Object.entries(stores)) {
  test(`made, read, replaced, removed; each counts at once (${name})`, async (t) => {
    const { ask, store, errors } = await withLists({ open: await opening() })
    t.after(() => store.close())
    assert.equal((await ask('other', 'GET', '/records/r2')).status, 404)
    const made = await ask('listadmin', 'POST', '/acls/', { body: { id: 'mine', ...LIST, originator: 1, changed: 0 } })
    assert.equal(made.status, 201, made.text)
    assert.equal(new URL(made.headers.location).pathname, '/acls/mine')
    const { originator, changed } = made.json
    assert.deepEqual([originator, changed > 0], ['8', true])
    assert.equal((await ask('other', 'GET', '/records/r2')).status, 200)

    const read = await ask('listadmin', 'GET', '/acls/mine')
    assert.deepEqual([read.status, read.json], [200, made.json])
    assert.equal(read.headers.etag, made.headers.etag)
    const known = { 'if-none-match': read.headers.etag }
    assert.equal((await ask('listadmin', 'GET', '/acls/mine', { headers: known })).status, 304)

    const law = { ...read.json, type: 'query', query: { term: { faculty: 'law' } } }
    const stale = await ask('listadmin', 'PUT', '/acls/mine', { body: law, headers: { 'if-match': '"x"' } })
    assert.deepEqual(problem(stale), [412, 'changed_meanwhile', undefined])
    const headers = { 'if-match': read.headers.etag }
    const replaced = await ask('root', 'PUT', '/acls/mine', { body: law, headers })
    assert.deepEqual([replaced.status, replaced.json.originator], [200, '8'])
    assert.equal((await ask('other', 'GET', '/records/r2')).status, 404)

    assert.equal((await ask('listadmin', 'DELETE', '/acls/mine', { headers })).status, 412)
    const now = { 'if-match': replaced.headers.etag }
    assert.equal((await ask('listadmin', 'DELETE', '/acls/mine', { headers: now })).status, 204)
    assert.equal((await ask('listadmin', 'GET', '/acls/mine')).status, 404)
    assert.deepEqual(ids(await ask('listadmin', 'GET', '/acls/')), Object.keys(lists()).sort())
    assert.deepEqual(errors, [])
  })
}

test('those who manage none are shown none; a list they may not manage is as one that is not there', async () => {
  const { ask, errors } = await withLists()
  for (const who of [null, 'reader', 'other']) {
    const found = await ask(who, 'GET', '/acls/')
    assert.deepEqual([found.status, found.json.hits], [200, { hits: [], total: 0 }])
    for (const [method, body] of [['GET'], ['HEAD'], ['PUT', LIST], ['DELETE']]) {
      for (const headers of [{}, { 'if-match': '*' }]) {
        const there = await ask(who, method, '/acls/all', { body, headers })
        const absent = await ask(who, method, '/acls/nothing', { body, headers })
        assert.equal(there.status, 404, `${who} ${method}`)
        assert.deepEqual(there, absent, `${who} ${method}`)
      }
    }
    // Whether the id is taken is not told either.
    const taken = await ask(who, 'POST', '/acls/', { body: { ...LIST, id: 'all' } })
    const free = await ask(who, 'POST', '/acls/', { body: { ...LIST, id: 'free' } })
    assert.deepEqual(taken, free)
    assert.deepEqual(problem(free), [who === null ? 401 : 403, 'denied', undefined])
  }
  assert.deepEqual(errors, [])
})

test('a page of lists, and the words they may be made of', async () => {
  const { ask } = await withLists()
  const first = await ask('listadmin', 'GET', '/acls/?size=3')
  assert.deepEqual(ids(first), ['all', 'campus', 'law'])
  assert.equal(first.json.hits.total, 4)
  const { pathname, search } = new URL(first.json.links.next)
  const second = await ask('listadmin', 'GET', pathname + search)
  assert.deepEqual([ids(second), second.json.links.next], [['print'], undefined])
  const { schemas, states, fields, types } = first.json.words
  assert.deepEqual([schemas, states, fields], [['record'], ['published', 'deleted'], { pages: 'integer' }])
  assert.deepEqual(types, ['id', 'default', 'query', 'property_value'])
})

test('what is there already, and what the address does not name', async () => {
  const { ask, store } = await withLists()
  const was = await store.revision()
  const create = (body) => ask('listadmin', 'POST', '/acls/', { body })
  assert.deepEqual(problem(await create({ ...LIST, id: 'all' })), [409, 'duplicate', 'body.id'])
  const named = { ...LIST, type: 'id', schemas: undefined, records: ['r1', 'nothing'] }
  assert.deepEqual(problem(await create(named)), [404, 'not_found', undefined])
  const other = await ask('listadmin', 'PUT', '/acls/all', { body: { ...LIST, id: 'law' } })
  assert.deepEqual(problem(other), [400, 'malformed', 'body.id'])
  assert.equal(await store.revision(), was)
})

test('a dry run tells how many records would be meant, of those the asker may read, and writes nothing', async () => {
  // Whoever holds `acl-admin` manages lists and reads only what lists let them.
  const world = facts()
  world.acls.mine = { ...LIST, operation: 'get', priority: 9, actors: [{ type: 'user', users: [8] }] }
  world.acls.mine = { ...world.acls.mine, type: 'id', schemas: [], records: ['r1', 'r2'] }
  const { ask, store, errors } = await withLists({ world })
  const was = await store.revision()
  const arts = { ...LIST, type: 'query', query: { term: { faculty: 'arts' } } }
  const post = (who, body) => ask(who, 'POST', '/acls/?dry_run=true', { body })
  const tried = await post('root', { ...arts, id: 'new' })
  assert.equal(tried.status, 200, tried.text)
  assert.equal(tried.json.acl.id, 'new')
  assert.deepEqual(tried.json.found, { total: 2, relation: 'eq', ids: ['r2', 'r3'] })
  const anyhow = await post('root', { ...arts, states: ['published', 'deleted'] })
  assert.deepEqual(anyhow.json.found.ids, ['gone', 'r2', 'r3'], 'outside its states a list speaks of nothing')
  assert.deepEqual((await post('listadmin', arts)).json.found, { total: 1, relation: 'eq', ids: ['r2'] })
  const long = { ...LIST, type: 'query', query: { range: { pages: { gte: 10 } } } }
  assert.deepEqual((await post('root', long)).json.found.ids, ['r1', 'r3'])
  const replaced = await ask('root', 'PUT', '/acls/all?dry_run=true', { body: arts })
  assert.deepEqual([replaced.status, replaced.json.found.total], [200, 2])
  assert.equal((await post('reader', arts)).status, 403)
  assert.deepEqual(problem(await post('root', { ...arts, id: 'all' })), [409, 'duplicate', 'body.id'])
  assert.equal(await store.revision(), was)
  assert.deepEqual(errors, [])
})

test('what lists say of a record is told to those who manage them and may read it', async () => {
  const { ask } = await withLists()
  const told = await ask('root', 'GET', '/records/r1/acls')
  assert.equal(told.status, 200, told.text)
  assert.deepEqual(
    told.json.matched.map(({ id, counts, users }) => [id, counts, users]),
    [
      ['law', 'allow', ['2', '7']],
      ['all', 'deny', ['1']],
      ['print', 'allow', ['1', '2']],
    ],
  )
  assert.equal(told.json.materialised, undefined, 'for the host alone')
  const [field] = (await ask('machine', 'GET', '/records/r1/acls')).json.materialised
  assert.deepEqual([field.id, field.user], ['law', ['2', '7']])
  assert.deepEqual((await ask('creator', 'GET', '/records/r1/acls')).json, { matched: [] })
  for (const who of [null, 'reader', 'listadmin']) {
    const hidden = await ask(who, 'GET', '/records/r1/acls')
    assert.deepEqual(hidden, await ask(who, 'GET', '/records/nothing/acls'), who)
    assert.equal(hidden.status, 404)
  }
})

test('each hit says what may be done to it, if that is asked for', async () => {
  const { ask } = await withLists()
  const plain = await ask('reader', 'GET', '/records/?sort=id')
  assert.deepEqual(ids(plain), ['r2', 'r3'])
  assert.ok(plain.json.hits.hits.every((hit) => !('operations' in hit)))
  const found = await ask('reader', 'GET', '/records/?sort=id&operations=true')
  assert.deepEqual(
    found.json.hits.hits.map(({ id, operations }) => [id, operations]),
    [
      ['r2', ['get', 'print']],
      ['r3', ['get', 'print']],
    ],
  )
  const [law] = (await ask('creator', 'GET', '/records/?operations=true')).json.hits.hits
  assert.deepEqual([law.id, law.operations], ['r1', ['get']])
})

test('a search on behalf of another finds what they would find, with nothing of whoever searches', async () => {
  const { ask } = await withLists()
  for (const who of ['root', 'listadmin', 'machine']) {
    const found = await ask(who, 'GET', '/records/?sort=id&as=2&operations=true')
    assert.deepEqual(ids(found), ['r1'], who)
    assert.deepEqual(found.json.hits.hits[0].operations, ['get', 'print'])
    assert.deepEqual(ids(await ask(who, 'GET', '/records/?sort=id&as=2&system_roles=campus_user')), ['r1', 'r3'], who)
    assert.deepEqual(ids(await ask(who, 'GET', '/records/?as=5')), [], who)
  }
  // What the host vouches for in whoever searches is theirs alone.
  const campus = { type: 'user', id: 9, properties: { system_roles: ['campus_user'], roles: ['staff'] } }
  const { ask: vouched } = await withLists({ authenticate: () => campus })
  assert.deepEqual(ids(await vouched(null, 'GET', '/records/?sort=id&as=2')), ['r1'])

  for (const [who, status] of [
    [null, 401],
    ['reader', 403],
    ['other', 403],
  ]) {
    assert.deepEqual(problem(await ask(who, 'GET', '/records/?as=1')), [status, 'denied', 'query.as'])
  }
  const lonely = await ask('root', 'GET', '/records/?system_roles=campus_user')
  assert.deepEqual(problem(lonely), [400, 'malformed', 'query.system_roles'])
})

/** Whoever stands in `creator` owns a record, and manages lists of their own. */
const OWNERS = {
  types: [
    {
      key: 'record',
      fields: { primary: 'p', secondary: 's', state: 'state', owners: 'creator' },
      primary_required: false,
      community_scope: false,
      list_path: '/records/',
      item_path: '/records/{id}',
    },
  ],
  machines: { acl: { rules: { manage: { use: null, any: [{ use: 'acl_admin' }, 'owner'] } } } },
}

test('owners may be let manage lists of their own records, and see no others', async () => {
  const { ask, errors } = await withLists({ changes: OWNERS })
  const states = ['published'] // in which they read it themselves
  const mine = { type: 'id', operation: 'get', states, actors: [{ type: 'user', users: [5] }] }
  const post = (records, more = {}) => ask('creator', 'POST', '/acls/', { body: { ...mine, records, ...more } })
  assert.equal((await post(['r1'])).status, 201)
  // Of several, each must be theirs.
  assert.deepEqual(problem(await post(['r1', 'r3'])), [403, 'denied', undefined])
  // And they give nothing that they may not do themselves.
  assert.deepEqual(problem(await post(['r2'])), [403, 'denied', undefined])
  assert.deepEqual(problem(await ask('creator', 'POST', '/acls/', { body: LIST })), [403, 'denied', undefined])
  assert.equal((await ask('creator', 'GET', '/acls/')).json.hits.total, 1)
  assert.deepEqual(problem(await ask('creator', 'GET', '/records/?as=1')), [403, 'denied', 'query.as'])
  const { id } = (await ask('creator', 'GET', '/acls/')).json.hits.hits[0]
  const read = await ask('creator', 'GET', `/acls/${id}`)
  assert.deepEqual([read.status, read.json.records], [200, ['r1']])
  assert.equal(
    (await ask('creator', 'PUT', `/acls/${id}`, { body: { ...mine, records: ['r1'], name: 'Mine' } })).status,
    200,
  )
  assert.equal((await ask('creator', 'DELETE', `/acls/${id}`)).status, 204)
  assert.deepEqual(errors, [])
})

test('many lists on records of many owners are one look-up', async () => {
  const world = facts()
  for (let n = 0; n < 20; n += 1) {
    world.records[`m${n}`] = { title: `M${n}`, creator: n % 2 === 0 ? 7 : 3 }
    world.acls[`m${n}`] = { type: 'id', records: [`m${n}`], operation: 'get', actors: [{ type: 'user', users: [7] }] }
  }
  const { ask, errors } = await withLists({ world, changes: OWNERS })
  const found = await ask('creator', 'GET', '/acls/?size=50')
  assert.equal(found.status, 200, found.text)
  assert.equal(found.json.hits.total, 10)
  assert.deepEqual(errors, [])
})

test('where the policy knows no lists there are no such addresses', async () => {
  const { ask } = await withLists({ policy: 'oarepo', changes: {}, world: { complete: true } })
  assert.equal((await ask('root', 'GET', '/acls/')).status, 404)
})

test('a community cannot be named as the address of lists', async () => {
  const { ask } = await withLists()
  const made = await ask('root', 'POST', '/communities/', { body: { id: 'acls', title: 'Lists' } })
  assert.deepEqual(problem(made), [400, 'invalid_id', 'body.id'])
})
