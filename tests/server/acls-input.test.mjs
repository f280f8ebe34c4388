// Bad access lists over REST: what is wrong and where; never a 500, and nothing is written.
import assert from 'node:assert/strict'
import test from 'node:test'
import { withLists } from './acl-world.mjs'

const LIST = { type: 'default', schemas: ['record'], operation: 'get', actors: [] }
const query = (asked) => ({ ...LIST, type: 'query', query: asked })

/** So many conditions, each within the next; each is three levels of objects and lists. */
const deep = (levels) => {
  let asked = { match_all: {} }
  for (let level = 1; level < levels; level += 1) asked = { bool: { must: [asked] } }
  return asked
}

const CASES = [
  ['a query deeper than the limit', query(deep(15)), 'too_deep', /^body\.query\.bool\.must/],
  ['no operation', { ...LIST, operation: undefined }, 'malformed', /^body\.operation$/],
  ['an unknown type of list', { ...LIST, type: 'spell' }, 'unknown_type', /^body\.type$/],
  ['an unknown type of actor', { ...LIST, actors: [{ type: 'ghost' }] }, 'unknown_type', /^body\.actors\[0\]\.type$/],
  ['no schema', { ...LIST, schemas: undefined }, 'missing_field', /^body\.schemas$/],
  ['an empty list of schemas', { ...LIST, schemas: [] }, 'missing_field', /^body\.schemas$/],
  ['a schema nobody knows', { ...LIST, schemas: ['record', 'spell'] }, 'unknown_value', /^body\.schemas\[1\]$/],
  ['an unknown query', query({ fuzzy: { title: 'x' } }), null, /^body\.query/],
  ['no value of the declared type', query({ term: { pages: 'many' } }), null, /^body\.query\.term\.pages$/],
  [
    'a query that looks at what an index keeps of lists',
    query({ bool: { must_not: [{ exists: { field: '_invenio_explicit_acls' } }] } }),
    'malformed',
    /^body\.query\.bool\.must_not\[0\]\.exists\.field$/,
  ],
  [
    'an actor who stands in it',
    { ...LIST, actors: [{ type: 'record_user', path: '/_invenio_explicit_acls/0/user' }] },
    'malformed',
    /^body\.actors\[0\]\.path$/,
  ],
  ['a state nobody knows', { ...LIST, states: ['lost'] }, 'unknown_state', /^body\.states\[0\]$/],
  ['a name that is too long', { ...LIST, name: 'x'.repeat(65) }, 'too_large', /^body\.name$/],
  ['a priority out of range', { ...LIST, priority: 2 ** 31 }, 'malformed', /^body\.priority$/],
  [
    'a pointer that escapes',
    { ...LIST, actors: [{ type: 'record_user', path: '/creator/~2' }] },
    null,
    /^body\.actors\[0\]\.path$/,
  ],
  [
    'a pointer without its slash',
    { ...LIST, actors: [{ type: 'record_user', path: '../creator' }] },
    null,
    /^body\.actors\[0\]\.path$/,
  ],
  ['what no list has', { ...LIST, constructor: 1 }, 'malformed', /^body$/],
]

for (const [what, body, code, path] of CASES) {
  test(what, async () => {
    const { ask, store, errors } = await withLists()
    const was = JSON.stringify(await store.all())
    for (const [method, address] of [
      ['POST', '/acls/'],
      ['POST', '/acls/?dry_run=true'],
      ['PUT', '/acls/all'],
      ['PUT', '/acls/all?dry_run=true'],
    ]) {
      const { status, json } = await ask('root', method, address, { body })
      assert.equal(status, 400, JSON.stringify(json))
      if (code !== null) assert.equal(json.code, code)
      assert.match(json.path, path)
      assert.ok(json.detail.startsWith(json.path), json.detail)
    }
    assert.equal(JSON.stringify(await store.all()), was)
    assert.deepEqual(errors, [])
  })
}

test('a query of depth 1,000 is refused before anything reads it', async () => {
  const { ask, store, errors } = await withLists()
  const was = await store.revision()
  const { status, json } = await ask('root', 'POST', '/acls/', { body: query(deep(1000)) })
  assert.deepEqual([status, json.code, json.path], [400, 'too_deep', 'body'])
  // And where the host lets bodies be as deep, by the engine.
  const { ask: lenient, errors: more } = await withLists({ limits: { depth: 5000 } })
  const refused = await lenient('root', 'POST', '/acls/', { body: query(deep(1000)) })
  assert.deepEqual([refused.status, refused.json.code], [400, 'too_deep'])
  assert.match(refused.json.path, /^body/)
  assert.equal(await store.revision(), was)
  assert.deepEqual([errors, more], [[], []])
})

test('an actor of 10^6 users is refused, however large a body may be', async () => {
  const users = Array.from({ length: 1_000_000 }, (_, n) => n)
  const body = JSON.stringify({ ...LIST, actors: [{ type: 'user', users }] })
  const { ask, store, errors } = await withLists()
  assert.deepEqual((await ask('root', 'POST', '/acls/', { body })).status, 413)
  const { ask: lenient, store: other, errors: more } = await withLists({ limits: { body: 64 << 20 } })
  const was = [await store.revision(), await other.revision()]
  const { status, json } = await lenient('root', 'POST', '/acls/', { body })
  assert.deepEqual([status, json.code], [400, 'too_large'])
  assert.match(json.path, /^body\.actors\[0\]\.users/)
  assert.deepEqual([await store.revision(), await other.revision()], was)
  assert.deepEqual([errors, more], [[], []])
})
