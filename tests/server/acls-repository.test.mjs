// Access lists of the default policy over REST: everybody who manages some, in every way, on every store.
import assert from 'node:assert/strict'
import test from 'node:test'
import { repository, world } from './repository-world.mjs'
import { stores } from './stores.mjs'

/** One that others made, so that every request finds some. */
const THERE = { type: 'id', records: ['pub'], operation: 'update', actors: [{ type: 'user', users: [2] }] }
const people = { owner: 4, admin: 1, acladmin: 11, root: 9, reader: 6, insider: 5 }
const withLists = () => {
  const has = world()
  return {
    ...has,
    access: [...has.access, { action: 'acl-admin', user: 11 }],
    acls: { there: THERE },
    records: {
      ...has.records,
      q: { $type: 'access-request', state: 'submitted', record: 'shut', creator: 6, community: 'open' },
    },
  }
}
const LIST = { type: 'id', records: ['shut'], operation: 'get', actors: [{ type: 'user', users: [6] }] }
const problem = ({ status, json }) => [status, json.code, json.path]

for (const [name, opening] of Object.entries(stores))
  test(`whoever manages a record makes, reads, tries, changes and removes lists of it (${name})`, async (t) => {
    const { ask, store, errors } = await repository({ people, world: withLists(), open: await opening() })
    t.after(() => store.close())
    for (const who of ['owner', 'admin', 'acladmin', 'root']) {
      assert.equal((await ask('reader', 'GET', '/records/shut')).status, 404, who)
      const tried = await ask(who, 'POST', '/acls/?dry_run=true', { body: LIST })
      assert.equal(tried.status, 200, `${who}: ${tried.text}`)
      const made = await ask(who, 'POST', '/acls/', { body: { id: `of-${who}`, ...LIST } })
      assert.equal(made.status, 201, `${who}: ${made.text}`)
      assert.equal((await ask('reader', 'GET', '/records/shut')).status, 200, who)
      const read = await ask(who, 'GET', `/acls/of-${who}`)
      assert.deepEqual(read.json, made.json, who)
      const { json } = await ask(who, 'GET', '/acls/')
      assert.deepEqual(json.hits.hits.map(({ id }) => id).sort(), [`of-${who}`, 'there'], who)
      const headers = { 'if-match': read.headers.etag }
      const body = { ...LIST, actors: [{ type: 'user', users: [3] }] }
      const other = await ask(who, 'PUT', `/acls/of-${who}`, { body, headers })
      assert.equal(other.status, 200, `${who}: ${other.text}`)
      assert.equal((await ask('reader', 'GET', '/records/shut')).status, 404, who)
      assert.equal((await ask(who, 'DELETE', `/acls/of-${who}`)).status, 204, who)
    }
    assert.deepEqual(errors, [])
  })

test('nobody else finds, makes or removes one', async () => {
  const { ask, errors } = await repository({ people, world: withLists() })
  for (const who of [null, 'reader', 'insider']) {
    assert.deepEqual((await ask(who, 'GET', '/acls/')).json.hits, { hits: [], total: 0 }, who)
    assert.equal((await ask(who, 'GET', '/acls/there')).status, 404, who)
    assert.equal((await ask(who, 'DELETE', '/acls/there')).status, 404, who)
    for (const query of ['', '?dry_run=true']) {
      const { status, json } = await ask(who, 'POST', `/acls/${query}`, { body: LIST })
      assert.deepEqual([status, json.code], [who === null ? 401 : 403, 'denied'], `${who} ${query}`)
    }
  }
  assert.deepEqual(errors, [])
})

test('what others find is searched for records that lists may speak of, and for nothing else', async () => {
  const { ask, errors } = await repository({ people, world: withLists() })
  const found = await ask('acladmin', 'GET', '/records/?as=4&operations=true')
  assert.equal(found.status, 200, found.text)
  assert.ok(found.json.hits.hits.some(({ id }) => id === 'shut'))
  for (const path of ['/communities/open/requests', '/communities/hidden/requests'])
    assert.deepEqual(problem(await ask('acladmin', 'GET', `${path}?as=9`)), [400, 'malformed', 'query.as'], path)
  assert.deepEqual(errors, [])
})
