// Order and pages of lists: every record once, also while others write.

import { equal, ok, random, same } from './assert.mjs'
import { del, put } from './suite-commit.mjs'

const always = { op: 'always' }
const idsOf = (hits) => hits.map(({ id }) => id)

/** Ids whose order differs between languages and bytes. They are ordered as they stand in a key. */
const odd = [
  'a',
  'B',
  'A',
  'b',
  'Z',
  'ž',
  'z',
  'é',
  'e',
  '-',
  '_',
  '~',
  '10',
  '9',
  'a/b',
  'a b',
  'aB',
  'ab',
  '日本',
  '😀',
  '%',
]
const inKeyOrder = (ids) => ids.toSorted((a, b) => (encodeURIComponent(a) < encodeURIComponent(b) ? -1 : 1))

/** All pages. `between` runs after each but the last. */
async function walk(store, query, between = async () => {}) {
  const hits = []
  for (let after; ;) {
    const page = await store.list({ where: always, ...query, ...(after && { after }) })
    ok(page.hits.length <= query.limit, 'a page is no longer than asked for')
    hits.push(...page.hits)
    if (!page.next) return hits
    equal(page.hits.length, query.limit, 'a page with a next one is full')
    after = page.next
    await between()
  }
}

/** Until the clock has moved, so that what is written next is newer. */
async function moment() {
  const start = Date.now()
  while (Date.now() === start) await new Promise((resolve) => setTimeout(resolve, 1))
}

export const pages = [
  {
    name: 'by id in the order of bytes, forwards and backwards, in pages of any size',
    async run({ open }) {
      const ids = inKeyOrder([...odd, ...Array.from({ length: 40 }, (_, i) => `r${i}`)])
      const store = await open({ records: Object.fromEntries(ids.map((id) => [id, {}])) })
      for (const limit of [1, 2, 7, ids.length - 1, ids.length, ids.length + 1, 10_000]) {
        same(idsOf(await walk(store, { limit })), ids, `pages of ${limit}`)
        same(idsOf(await walk(store, { limit, order: 'id' })), ids, `pages of ${limit}, by id`)
        same(idsOf(await walk(store, { limit, order: '-id' })), ids.toReversed(), `pages of ${limit}, by id backwards`)
      }
    },
  },
  {
    name: 'by the time of writing, newest or oldest first; of one moment, by id',
    async run({ open, another, reopen }) {
      let store = await open()
      const rounds = [
        ['d', 'B', 'c', 'ž', 'A'],
        ['e', 'a'],
        ['c', 'f'],
      ]
      for (const ids of rounds) {
        await store.commit(
          ids.map((id) => put(id, {})),
          await store.revision(),
        )
        await moment()
      }
      const expected = [...inKeyOrder(['d', 'B', 'ž', 'A']), 'a', 'e', 'c', 'f']
      const other = await another(store)
      if (reopen) store = await reopen(store)
      for (const handle of [store, other]) {
        for (const limit of [1, 3, 100]) {
          same(idsOf(await walk(handle, { limit, order: 'updated' })), expected, `oldest first by ${limit}`)
          same(
            idsOf(await walk(handle, { limit, order: '-updated' })),
            expected.toReversed(),
            `newest first by ${limit}`,
          )
        }
      }
      const times = (await walk(store, { limit: 3, order: 'updated' })).map(({ updated }) => updated)
      same(
        times,
        times.toSorted((a, b) => a - b),
      )
      equal(new Set(times).size, 3, 'one time a commit')
    },
  },
  {
    name: 'while others insert, change and delete, what was there all along comes exactly once',
    async run({ open, another, log }) {
      const { below, pick } = random(7)
      let walked = 0
      for (const order of ['id', '-id', 'updated', '-updated']) {
        const steady = Array.from({ length: 60 }, (_, i) => `s${i}`)
        const passing = Array.from({ length: 60 }, (_, i) => `p${i}`)
        const store = await open({
          records: Object.fromEntries([...steady, ...passing].map((id) => [id, { state: 'a' }])),
        })
        const other = await another(store)
        const disturb = async () => {
          const changes = Array.from({ length: 5 }, (_, i) =>
            below(2) ? del(pick(passing)) : put(pick([...passing, `n${below(1e6)}-${i}`]), { state: 'a' }),
          )
          await other.commit(changes, await other.revision())
          await store.revision()
        }
        const found = idsOf(await walk(store, { limit: 7, order, where: { op: 'state', in: ['a'] } }, disturb))
        same(found.filter((id) => id.startsWith('s')).sort(), steady.toSorted(), `steady records in the order ${order}`)
        if (order.endsWith('id')) {
          const sorted = inKeyOrder(found)
          same(found, order === 'id' ? sorted : sorted.toReversed(), order)
          equal(new Set(found).size, found.length, 'nothing comes twice')
        }
        walked += found.length
      }
      log(`${walked} hits`)
    },
  },
  {
    name: 'a place that was deleted is still a place; a cursor belongs to its order',
    async run({ open }) {
      const store = await open({ records: Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, {}])) })
      for (const order of ['id', 'updated']) {
        const { next } = await store.list({ where: always, order, limit: 2 })
        await store.commit([del('b')], await store.revision())
        same(idsOf((await store.list({ where: always, order, limit: 9, after: next })).hits), ['c', 'd'], order)
        const wrong = order === 'id' ? 'updated' : 'id'
        const error = await store.list({ where: always, order: wrong, limit: 9, after: next }).catch((error) => error)
        equal(error.path, 'query.after')
        await store.commit([put('b', {})], await store.revision())
        await store.commit(
          ['c', 'd'].map((id) => put(id, {})),
          await store.revision(),
        )
      }
    },
  },
  {
    name: 'the total counts all pages, up to ten thousand',
    async run({ open }) {
      const store = await open()
      const write = async (from, to) => {
        const changes = Array.from({ length: to - from }, (_, i) => put(`r${from + i}`, { state: i % 2 ? 'a' : 'b' }))
        await store.commit(changes, await store.revision())
      }
      const total = async (query) => (await store.list({ where: always, limit: 1, total: true, ...query })).total
      same(await total({}), { value: 0, relation: 'eq' })
      await write(0, 10_000)
      same(await total({}), { value: 10_000, relation: 'eq' })
      const { next } = await store.list({ where: always, limit: 5 })
      same(await total({ after: next, order: 'id' }), { value: 10_000, relation: 'eq' }, 'also on a later page')
      same(await total({ where: { op: 'state', in: ['a'] } }), { value: 5000, relation: 'eq' })
      await write(10_000, 10_001)
      same(await total({}), { value: 10_000, relation: 'gte' })
    },
  },
]
