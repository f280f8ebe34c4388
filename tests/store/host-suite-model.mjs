// Random lists against a naive model: a list that is filtered and sorted. Shares nothing with what the stores use.

import { canonical, equal, random, same } from './assert.mjs'
import { columns } from './columns.mjs'

const COMMUNITIES = ['c1', 'c2', 'c3', "c'4", 'č']
const STATES = ['draft', 'published', 'Draft', 'žádost']
const USERS = ['1', '2', '30', 'ž']
const WORDS = ['alpha', 'beta', 'gamma', 'délka']
const IDS = Array.from({ length: 40 }, (_, i) => `${'aBž/-'[i % 5]}${i}`)

export const model = [
  {
    name: 'random lists of random histories are those of a naive model',
    async run({ open, another, log }) {
      const { below, pick } = random(20261)
      const some = (list) => list.filter(() => below(3) === 0)
      const document = () => ({
        state: pick(STATES),
        ...(below(5) === 0 && { $type: 'model' }),
        ...(below(4) && { owners: some(USERS) }),
        ...(below(4) && { communities: { primary: pick(COMMUNITIES), secondary: some(COMMUNITIES) } }),
        text: [some(WORDS).join(' '), { inner: pick(WORDS).toUpperCase() }],
      })
      const where = (depth) => {
        const op = pick([
          'state',
          'owner',
          'has_owner',
          'community',
          'always',
          'never',
          'any',
          'all',
          'not',
          'community',
        ])
        if (op === 'state') return { op, in: some(STATES) }
        if (op === 'owner') return { op, user: pick(USERS) }
        if (op === 'community')
          return {
            op,
            of: pick(['primary', 'any', 'every']),
            in: some(COMMUNITIES),
            unknown: [],
            rest: pick(['deny', 'deny', 'allow']),
          }
        if (op === 'not') return { op, of: where(depth + 1) }
        if (op === 'any' || op === 'all')
          return { op, of: depth > 3 ? [] : Array.from({ length: below(4) }, () => where(depth + 1)) }
        return { op }
      }
      const store = await open()
      const reader = await another(store)
      const stored = new Map()
      let hits = 0
      let lists = 0
      for (let round = 0; round < 40; round++) {
        const changes = Array.from({ length: below(9) }, () => {
          const key = { relation: 'record', id: pick(IDS) }
          return below(4) ? { op: 'put', key, value: document() } : { op: 'del', key }
        })
        await store.commit(changes, await store.revision())
        for (const { op, key, value } of changes) op === 'put' ? stored.set(key.id, value) : stored.delete(key.id)
        const handle = round % 2 ? store : reader
        await handle.revision()
        for (let i = 0; i < 12; i++) {
          const query = {
            where: where(0),
            ...(below(5) === 0 && { type: pick(['record', 'model']) }),
            ...(below(5) === 0 && { states: some(STATES) }),
            ...(below(5) === 0 && { community: pick(COMMUNITIES) }),
            ...(below(5) === 0 && { owner: pick(USERS) }),
            ...(below(4) === 0 && { q: some(WORDS).join(', ') }),
            ...(below(2) === 0 && { order: pick(['id', '-id']) }),
            limit: 1 + below(12),
          }
          const expected = [...stored].filter(([, value]) => isHit(value, query)).map(([id]) => id)
          expected.sort((a, b) => (encodeURIComponent(a) < encodeURIComponent(b) ? -1 : 1))
          if (query.order === '-id') expected.reverse()
          const first = await handle.list({ ...query, total: true })
          same(first.total, { value: expected.length, relation: 'eq' }, canonical(query))
          const found = [...first.hits]
          for (let { next } = first; next;) {
            const page = await handle.list({ ...query, after: next })
            found.push(...page.hits)
            next = page.next
          }
          same(
            found.map(({ id }) => id),
            expected,
            canonical(query),
          )
          for (const { id, value } of found) same(value, stored.get(id), id)
          hits += found.length
          lists += 1
        }
      }
      equal(hits > lists, true, 'the lists are not all empty')
      log(`${lists} lists with ${hits} hits compared with the model`)
    },
  },
]

function isHit(value, query) {
  const { type, state, primary, secondary, owners } = columns.columns(value)
  const communities = [primary, ...secondary]
  const holds = {
    always: () => true,
    never: () => false,
    any: ({ of }) => of.some(test),
    all: ({ of }) => of.every(test),
    not: ({ of }) => !test(of),
    state: (where) => where.in.includes(state),
    owner: ({ user }) => owners.includes(user),
    has_owner: () => owners.length > 0,
    community: (where) => {
      // Without a primary community the record stands for itself, and that is nowhere named.
      const one = (id) => where.in.includes(id) || where.rest === 'allow'
      return { primary: one(primary), any: communities.some(one), every: communities.every(one) }[where.of]
    },
  }
  const test = (where) => holds[where.op](where)
  const text = canonical(value).toLowerCase()
  return (
    test(query.where) &&
    (query.type ?? type) === type &&
    (query.states ?? [state]).includes(state) &&
    (query.community === undefined || communities.includes(query.community)) &&
    (query.owner === undefined || owners.includes(query.owner)) &&
    // No word here is part of another, and none is a field's name or a state.
    (query.q ?? '').split(', ').every((word) => text.includes(word))
  )
}
