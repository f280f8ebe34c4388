// Lists in databases. Random conditions over random records are hits there exactly where `matches` says so; and for what
// the preset oarepo asks, no query walks a table.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import Database from 'libsql'
import { createEngine } from 'lictor'
import pg from 'pg'
import { importStores } from './bundle.mjs'
import { columns } from './columns.mjs'
import { postgres } from './postgres.mjs'

const { openSqliteStore } = await importStores('sqlite')
const { openPostgresStore } = await importStores('postgres')
const { isHit } = await importStores('list/match')
const { compare } = await importStores('list/cursor')
const { keyText } = await importStores()

let url
before(async () => (url = await (await postgres()).database()))
after(async () => (await postgres()).remove())

const databases = {
  SQLite: (options) => openSqliteStore(':memory:', { columns, ...options }),
  PostgreSQL: (options) => openPostgresStore(url, { columns, ...options }),
}

const states = ['draft', 'published', 'Published', 'ž', "o'clock", '']
const communities = ['a', 'A', 'a/b', 'a%2Fb', 'č', '日本', '😀', "'", '"', '%', '_', '10', '9', '[]', 'null']
const users = ['1', '01', '1.0', '1e0', '-1', 'ž', 'Ž', "x' OR 1 = 1 --", '$1', '?1']
const types = ['record', 'model', '']
const terms = ['a=1', 'a=2', 'b=view:link:1', 'b=č/%', "c='"]

for (const [name, open] of Object.entries(databases)) {
  test(`${name}: random conditions over random records`, async (t) => {
    const random = randomness(20_261)
    let now = 1
    const store = await open({ now: () => now, schema: 'random_lists' })
    try {
      const places = new Map()
      for (let round = 0; round < 12; round++) {
        now += random.below(2)
        const changes = Array.from({ length: 40 }, () => randomChange(random))
        await store.commit(changes, await store.revision())
        for (const { op, key, value } of changes) {
          if (op === 'del') places.delete(key.id)
          else places.set(key.id, { key: keyText(key), updated: now, columns: columns.columns(value) })
        }
        for (let i = 0; i < 60; i++) {
          const query = randomQuery(random)
          const model = [...places]
            .filter(([, place]) => isHit(query, place.columns))
            .sort(([, one], [, other]) => compare(query.order)(one, other))
            .map(([id]) => id)
          const { ids, total } = await everyPage(store, query)
          assert.deepEqual(ids, model, JSON.stringify(query))
          assert.deepEqual(total, { value: model.length, relation: 'eq' }, JSON.stringify(query))
        }
      }
      t.diagnostic(`${places.size} records, 720 conditions, each page by page in the order asked`)
    } finally {
      await store.close()
    }
  })
}

test('a condition of more places than are looked at one by one is still answered', async () => {
  const many = Array.from({ length: 700 }, (_, i) => `u${i}`)
  const where = {
    op: 'all',
    of: [
      {
        op: 'any',
        of: [
          ...many.map((user) => ({ op: 'owner', user })),
          isIn('every', ['a', 'b']),
          isIn('primary', many),
          term(['f=č']),
        ],
      },
      { op: 'not', of: { op: 'state', in: ['draft'] } },
    ],
  }
  const records = {
    mine: { state: 'new', owners: ['u699'], communities: { primary: 'z' } },
    draft: { state: 'draft', owners: ['u1'] },
    there: { state: 'old', owners: [], communities: { primary: 'a', secondary: ['b'] } },
    home: { state: 'old', owners: [], communities: { primary: 'u5', secondary: ['b'] } },
    named: { state: 'old', owners: ['x'], terms: ['f=č'] },
    elsewhere: { state: 'old', owners: ['x'], communities: { primary: 'a', secondary: ['c'] } },
  }
  for (const open of Object.values(databases)) {
    const store = await open({ initial: { records }, schema: 'many_places' })
    try {
      const { hits } = await store.list({ where, limit: 10 })
      assert.deepEqual(
        hits.map(({ id }) => id),
        ['home', 'mine', 'named', 'there'],
      )
    } finally {
      await store.close()
    }
  }
})

test('SQLite: what oarepo asks walks no table', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'lictor-list-'))
  const asked = new Set()
  const { prepare } = Database.prototype
  try {
    const path = join(folder, 'lists.db')
    const store = await openSqliteStore(path, { columns, initial: { records: world() } })
    const plans = new Database(path)
    for (const [name, query] of await oarepoQueries()) {
      Database.prototype.prepare = function (sql) {
        asked.add(sql)
        return prepare.call(this, sql)
      }
      await store.list(query)
      Database.prototype.prepare = prepare
      for (const sql of asked) {
        // One row, and one a type and state: these are read whole.
        if (/FROM lictor_(head|shelf)\b/.test(sql)) continue
        for (const { detail } of plans.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()) {
          assert.doesNotMatch(
            detail,
            /^SCAN (?!\(subquery|some$|(j|json_each|lictor_words) VIRTUAL)/,
            `${name}: ${detail}\n${sql}`,
          )
          if (/_place p/.test(sql))
            assert.doesNotMatch(detail, /TEMP B-TREE FOR ORDER BY/, `${name}: ${detail}\n${sql}`)
        }
      }
    }
    t.diagnostic(`${asked.size} statements`)
    plans.close()
    await store.close()
  } finally {
    Database.prototype.prepare = prepare
    await rm(folder, { recursive: true })
  }
})

// As the store has it for lists.
const off = ['enable_seqscan', 'enable_sort', 'enable_hashjoin', 'enable_mergejoin', 'jit']

test('PostgreSQL: what oarepo asks walks no table', async (t) => {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  const asked = []
  pool.on('connect', (client) => {
    const { query } = client
    client.query = (sql, values, ...rest) => {
      if (/^\s*SELECT/.test(sql) && values) asked.push([sql, values])
      return query.call(client, sql, values, ...rest)
    }
  })
  const store = await openPostgresStore(pool, { columns, schema: 'plans', initial: { records: world() } })
  let plans = 0
  try {
    for (const [name, query] of await oarepoQueries()) {
      asked.length = 0
      await store.list(query)
      for (const [sql, values] of [...asked]) {
        await pool.query(`BEGIN; ${off.map((name) => `SET LOCAL ${name} TO off`).join('; ')}`)
        const { rows } = await pool.query(`EXPLAIN (FORMAT JSON) ${sql}`, values)
        await pool.query('ROLLBACK')
        plans += 1
        for (const step of stepsOf(rows[0]['QUERY PLAN'][0].Plan)) {
          assert.notEqual(step['Node Type'], 'Seq Scan', `${name}: ${step['Relation Name']}\n${sql}`)
          // Of a place, only the part that is wanted may be read: in order, so that the limit ends it.
          if (step['Relation Name'] === 'place')
            assert.match(step['Index Cond'], /shelf.*term/, `${name}: ${JSON.stringify(step)}\n${sql}`)
        }
        if (!query.q) assert.ok(!sortsInWalk(rows[0]['QUERY PLAN'][0].Plan), `${name}: a walk is sorted\n${sql}`)
      }
    }
    t.diagnostic(`${plans} statements`)
  } finally {
    await store.close()
    await pool.end()
  }
})

function term(terms) {
  return { op: 'term', in: terms, over: false }
}

function isIn(of, ids) {
  return { op: 'community', of, in: ids, unknown: [], rest: 'deny' }
}

/** The lists of people of all kinds, as the engine says them. */
async function oarepoQueries() {
  const engine = await createEngine({ policy: 'oarepo' })
  const grants = {
    any: [],
    author: [],
    member: ['create', 'read'],
    curator: ['read', 'update'],
    publisher: [],
  }
  const fifty = Array.from({ length: 50 }, (_, i) => `c${i}`)
  const facts = (role) => ({
    complete: true,
    users: { 7: { roles: [] } },
    communities: Object.fromEntries(fifty.map((id) => [id, { title: id, grants }])),
    memberships: fifty.map((community) => ({ community, user: 7, role })),
  })
  const user = { type: 'user', id: 7 }
  const filters = [
    ['anonymous', { subject: { type: 'anonymous' }, action: 'read' }, facts('member')],
    ['system', { subject: { type: 'system' }, action: 'read' }, facts('member')],
    ['member of 50', { subject: user, action: 'read' }, facts('member')],
    ['curator of 50', { subject: user, action: 'read' }, facts('curator')],
    ['curator of 50, update', { subject: user, action: 'update' }, facts('curator')],
    ['in a community', { subject: user, action: 'read', scope: { community: 'c1' } }, facts('member')],
  ]
  const narrowed = [{}, { owner: '7' }, { community: 'c3' }, { states: ['approved'] }, { type: 'record', total: true }]
  const queries = []
  for (const [name, question, given] of filters) {
    const filter = engine.filter(question, given)
    for (const extra of narrowed)
      for (const order of ['id', '-id', 'updated', '-updated'])
        queries.push([`${name} ${JSON.stringify(extra)} ${order}`, { where: filter.where, ...extra, order, limit: 25 }])
    queries.push([`${name}, a word`, { where: filter.where, q: 'word title', limit: 25 }])
    filter.free()
  }
  return queries
}

function world() {
  const states = ['editing', 'pending-approval', 'approved', 'published', 'deleted']
  const record = (i) => ({
    state: states[i % 5],
    owners: [String(i % 90)],
    communities: { primary: `c${i % 70}`, secondary: i % 3 ? [] : [`c${(i + 9) % 70}`] },
    title: `title ${i} word`,
  })
  return Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`r${i}`, record(i)]))
}

function stepsOf(step) {
  return [step, ...(step.Plans ?? []).flatMap(stepsOf)]
}

/** Whether what a place gives is put in order only afterwards: then all of the place was read. */
function sortsInWalk(step, limited = false) {
  if (limited && step['Node Type'].endsWith('Sort')) return true
  const inner = limited || (step['Node Type'] === 'Limit' && step['Parent Relationship'] === 'Inner')
  return (step.Plans ?? []).some((one) => sortsInWalk(one, inner))
}

/** All hits, a few at a time. */
async function everyPage(store, query) {
  const ids = []
  let total
  for (let after; ;) {
    const page = await store.list({ ...query, limit: 1 + (ids.length % 7) * 3, total: true, ...(after && { after }) })
    ids.push(...page.hits.map(({ id }) => id))
    total ??= page.total
    assert.deepEqual(page.total, total)
    if (page.next === undefined) return { ids, total }
    after = page.next
  }
}

function randomness(seed) {
  let state = seed
  const below = (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  const one = (list) => list[below(list.length)]
  const some = (list) => list.filter(() => below(list.length) < 3)
  return { below, one, some, maybe: (value) => (below(3) === 0 ? undefined : value) }
}

/** Fields are left out now and then, and users are numbers as well as texts. */
function randomChange({ below, one, some, maybe }) {
  const key = { relation: 'record', id: `${one(communities)}${below(25)}` }
  if (below(6) === 0) return { op: 'del', key }
  const value = {
    $type: maybe(one(types)),
    state: maybe(one(states)),
    owners: maybe(some(users).map((user) => (user === '1' && below(2) ? 1 : user))),
    communities: maybe({ primary: maybe(one(communities)), secondary: maybe(some(communities)) }),
    terms: maybe(some(terms)),
  }
  return { op: 'put', key, value: JSON.parse(JSON.stringify(value)) }
}

function randomQuery(random) {
  const { one, some, below } = random
  const rarely = (value) => (below(5) === 0 ? value : undefined)
  return {
    where: randomWhere(random, 3),
    type: rarely(one(types)),
    states: rarely(some(states)),
    community: rarely(one(communities)),
    owner: rarely(one(users)),
    order: one(['id', '-id', 'updated', '-updated']),
  }
}

function randomWhere(random, depth) {
  const { one, some, below } = random
  const parts = () => Array.from({ length: below(4) }, () => randomWhere(random, depth - 1))
  const leaves = [
    () => ({ op: 'state', in: some(states) }),
    () => ({ op: 'owner', user: one(users) }),
    () => ({ op: 'has_owner' }),
    () => term(some(terms)),
    () => ({ ...isIn(one(['primary', 'any', 'every']), some(communities)), rest: below(8) === 0 ? 'allow' : 'deny' }),
    () => ({ op: one(['always', 'never']) }),
  ]
  const joints = [
    () => ({ op: 'any', of: parts() }),
    () => ({ op: 'all', of: parts() }),
    () => ({ op: 'not', of: randomWhere(random, depth - 1) }),
  ]
  return one(depth > 0 && below(3) > 0 ? joints : leaves)()
}
