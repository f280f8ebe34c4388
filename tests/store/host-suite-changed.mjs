// What commits wrote, for whoever follows a store: right where it is known, and null where it is not.

import { equal, refuses, same } from './assert.mjs'

const put = (id, value = {}) => ({ op: 'put', key: { relation: 'record', id }, value })
const del = (id) => ({ op: 'del', key: { relation: 'record', id } })

export const changed = [
  {
    name: 'what changed since a revision: keys as text, each once, in order; nothing at the revision itself',
    async run({ open, another }) {
      const store = await open({ records: { a: {}, b: {} } })
      const start = await store.revision()
      same(await store.changed(start, 10), { revision: start, keys: [] })
      const one = await store.commit([put('b'), put('a/ž'), put('b', { title: 'again' })], start)
      const two = await store.write({ changes: [del('a'), put('b')], expected: one, cells: [{ key: 'x', text: '' }] })
      // A commit of nothing moves the revision, and bookkeeping does not.
      const three = await store.commit([], two)
      await store.write({ cells: [{ key: 'x', text: 'y' }] })
      const member = { relation: 'membership', community: 'c', user: '7' }
      const four = await store.commit([{ op: 'put', key: member, value: { role: 'member' } }], three)
      const all = ['membership/c/7', 'record/a', 'record/a%2F%C5%BE', 'record/b']
      same(await store.changed(start, 10), { revision: four, keys: all })
      same(await store.changed(one, 10), { revision: four, keys: ['membership/c/7', 'record/a', 'record/b'] })
      same(await store.changed(two, 10), { revision: four, keys: ['membership/c/7'] })
      same(await store.changed(three, 1), { revision: four, keys: ['membership/c/7'] })
      same(await store.changed(four, 1), { revision: four, keys: [] })
      equal(await store.changed(start, 3), null)
      equal((await store.changed(start, 4)).keys.length, 4)
      // A handle that was opened later may not know of it, but hears of what comes.
      const other = await another(store)
      const known = await other.changed(start, 10)
      if (known !== null) same(known, { revision: four, keys: all })
      const five = await store.commit([put('c')], four)
      same(await other.changed(four, 10), { revision: five, keys: ['record/c'] })
    },
  },
  {
    name: 'what changed is not known: another store, a revision that is not reached, a commit of very many',
    async run({ open }) {
      const store = await open()
      const start = await store.revision()
      equal(await store.changed(await (await open()).revision(), 10), null)
      equal(await store.changed('', 10), null)
      equal(await store.changed('no revision', 10), null)
      equal(await store.changed(start.replace(/\d+$/, '7'), 10), null)
      const many = Array.from({ length: 1001 }, (_, i) => put(`r${i}`))
      const after = await store.commit(many, start)
      equal(await store.changed(start, 1_000_000), null)
      const next = await store.commit([put('r1')], after)
      equal(await store.changed(start, 1_000_000), null)
      same(await store.changed(after, 1), { revision: next, keys: ['record/r1'] })
      await refuses('invalid', () => store.changed(7, 10))
      await refuses('invalid', () => store.changed(start, 0))
    },
  },
  {
    name: 'what changed, also after reopening, is all of it or null',
    async run({ open, reopen }) {
      if (!reopen) return
      let store = await open({ records: { a: {} } })
      const start = await store.revision()
      const one = await store.commit([put('b')], start)
      store = await reopen(store)
      const two = await store.commit([put('c')], one)
      const found = await store.changed(start, 10)
      if (found !== null) same(found, { revision: two, keys: ['record/b', 'record/c'] })
      same(await store.changed(one, 10), { revision: two, keys: ['record/c'] })
    },
  },
]
