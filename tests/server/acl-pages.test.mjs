// Pages of a list under access lists, in every store: together they are exactly the records of which `check` says that they may be
// read, each once, in pages of any size; and where lists change between pages, no later page shows what may not be read any more.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { postgres } from '../store/postgres.mjs'
import { withLists } from './acl-world.mjs'
import { stores } from './stores.mjs'

after(async () => (await postgres()).remove())

const users = (...ids) => [{ type: 'user', users: ids }]
const everyone = [{ type: 'system_role', system_role: 'everyone' }]
const staff = [{ type: 'role', roles: ['staff'] }]
const creator = [{ type: 'record_user', path: '/creator' }]
const common = { operation: 'get', schemas: ['record'], actors: everyone }
const every = (more) => ({ ...common, type: 'default', ...more })
const finds = (query, more) => ({ ...common, type: 'query', query, ...more })
const named = (records, more) => ({ ...common, type: 'id', records, ...more })
const law = { term: { faculty: 'law' } }
const long = { range: { pages: { gte: 24 } } }

/** Record `n`: names in an order that languages and bytes tell differently. */
const idOf = (n) => `${['r', 'é', 'Z', '%', '😀'][n % 5]}${n}`
const COUNT = 48
const records = () =>
  Object.fromEntries(
    Array.from({ length: COUNT }, (_, n) => {
      const faculty = ['law', 'arts', 'science'][n % 3]
      const record = {
        title: `Record ${n}`,
        faculty,
        creator: [1, 2, 7][(n % 7) % 3],
        pages: n,
        ...(n % 11 === 0 && { state: 'deleted' }),
      }
      return [idOf(n), record]
    }),
  )
const some = (each) =>
  Array.from({ length: COUNT }, (_, n) => n)
    .filter((n) => n % each === 1)
    .map(idOf)

/** Lists, and what becomes of them after each page: the last of these stays. */
const CASES = {
  'one that allows all': [{ all: every() }, [{ all: null }]],
  'one that names nobody, above another': [
    { all: every(), none: finds(law, { priority: 9, actors: [] }) },
    [{ none: every({ priority: 9, actors: [] }) }],
  ],
  'who stands in the record': [
    { own: every({ actors: creator }) },
    [{ own: every({ actors: users(1) }) }, { own: null }],
  ],
  'one above another, with gaps': [
    { all: every(), law: finds(law, { priority: 5, actors: staff }) },
    [{ law: finds(law, { priority: 5, actors: users(1) }) }, { law: finds(long, { priority: 5, actors: staff }) }],
  ],
  'denied by a query and by id': [
    {
      all: every(),
      no: finds(long, { effect: 'deny', priority_group: 'bans' }),
      these: named(some(4), { effect: 'deny', priority_group: 'ids' }),
    },
    [{ no: null }, { these: named(some(2), { effect: 'deny', priority_group: 'ids', actors: users(1, 2) }) }],
  ],
  'a denial that another one lifts': [
    {
      all: every(),
      no: finds(law, { effect: 'deny', priority: 3 }),
      but: finds(long, { priority: 9, actors: creator }),
    },
    [{ but: null }, { no: finds(law, { effect: 'deny', priority: 3, actors: staff }) }],
  ],
  'groups by themselves': [
    {
      low: every({ actors: users(7) }),
      high: finds(law, { priority: 9, actors: [] }),
      beside: finds(long, { priority_group: 'beside', actors: staff }),
      ids: named(some(5), {
        priority_group: 'beside',
        priority: 1,
        actors: users(1, 7),
        states: ['published', 'deleted'],
      }),
    },
    [{ ids: named(some(3), { priority_group: 'beside', priority: 1 }) }, { high: null, low: null }],
  ],
  'very few hits': [{ few: named([idOf(3), idOf(20), idOf(47)]) }, [{ few: named([idOf(47), idOf(46)]) }]],
}
const ASKERS = { reader: 1, other: 2, creator: 7 }
const SORTS = ['id', '-id', 'newest', 'oldest']

/** Whom `check` lets read what, with all that the store holds. */
async function readable(engine, store, who) {
  const facts = engine.facts({ ...(await store.all()), complete: true })
  const subject = { type: 'user', id: ASKERS[who] }
  try {
    const may = (id) => engine.check({ subject, action: 'read', resource: { type: 'record', id } }, facts).decision
    return new Set(Object.keys(records()).filter((id) => may(id) === 'allow'))
  } finally {
    facts.free()
  }
}

/** Every page; `between` runs after each. */
async function walk(ask, who, path, between) {
  const pages = []
  while (path) {
    const { status, json } = await ask(who, 'GET', path)
    assert.equal(status, 200, JSON.stringify(json))
    pages.push(json.hits.hits.map(({ id }) => id))
    const next = json.links.next && new URL(json.links.next)
    path = next && next.pathname + next.search
    await between(pages.at(-1), path !== undefined)
  }
  return pages.flat()
}

/** Writes lists as another process would; null removes one. */
async function write(store, acls) {
  const change = ([id, value]) => {
    const key = { relation: 'acl', id }
    return value === null ? { op: 'del', key } : { op: 'put', key, value }
  }
  await store.commit(Object.entries(acls).map(change), await store.revision())
}

for (const [kind, opener] of Object.entries(stores)) {
  test(`${kind}: pages of a list under access lists`, async (t) => {
    const open = await opener()
    for (const [what, [acls, changes]] of Object.entries(CASES)) {
      await t.test(what, async (t) => {
        const world = { users: { 2: { roles: ['staff'] } }, records: records(), complete: true }
        const { ask, store, engine, handler, errors } = await withLists({ world: { ...world, acls }, open })
        t.after(async () => {
          await handler.close()
          await store.close()
        })
        let hits = 0
        for (const who of Object.keys(ASKERS)) {
          const may = await readable(engine, store, who)
          for (const [n, size] of [1, 5, 20, 100].entries()) {
            const sort = SORTS[n % SORTS.length]
            const found = await walk(ask, who, `/records/?size=${size}&sort=${sort}`, (page) =>
              assert.ok(page.length <= size),
            )
            assert.deepEqual(found.toSorted(), [...may].sort(), `${who}, pages of ${size} by ${sort}`)
            hits += found.length
          }
        }
        assert.ok(hits > 0)
        let changed = 0
        for (const who of Object.keys(ASKERS)) {
          await write(store, { ...Object.fromEntries(changes.flatMap(Object.keys).map((id) => [id, null])), ...acls })
          let now = await readable(engine, store, who)
          const always = new Set(now)
          const left = [...changes]
          const found = await walk(ask, who, '/records/?size=2&sort=id', async (page, more) => {
            for (const id of page) assert.ok(now.has(id), `${who} sees ${id}, which may not be read`)
            const next = more && left.shift()
            if (!next) return
            await write(store, next)
            changed += 1
            now = await readable(engine, store, who)
            for (const id of always) if (!now.has(id)) always.delete(id)
          })
          assert.equal(new Set(found).size, found.length, 'none twice')
          for (const id of always) assert.ok(found.includes(id), `${who} is not shown ${id}`)
        }
        assert.ok(changed > 0)
        assert.deepEqual(errors, [])
      })
    }
  })
}
