// One write: facts and bookkeeping together, or nothing of either.

import { equal, ok, refuses, same } from './assert.mjs'
import { del, put, record } from './suite-commit.mjs'

/** All that a write could have touched. */
export async function everythingIn(store) {
  return { facts: await store.all(), cells: await store.cells('') }
}

export const writes = [
  {
    name: 'changes, cells and guards in one write: all of it is there, at the revision it gave',
    async run({ open, another, reopen }) {
      let store = await open({ records: { r1: { v: 0 } } })
      await store.write({ cells: [{ key: 'device/a', text: '{"lastN":4}' }] })
      const before = await store.revision()
      const after = await store.write({
        changes: [put('r1', { v: 1 }), put('r2', {})],
        expected: before,
        cells: [
          { key: 'device/a', text: '{"lastN":5}' },
          { key: 'verdict/a/0000000005', text: '{"r":"accepted"}' },
        ],
        guards: [
          { key: 'device/a', text: '{"lastN":4}' },
          { key: 'verdict/a/0000000005', text: null },
        ],
      })
      ok(after !== before, 'the revision moved')
      const other = await another(store)
      if (reopen) store = await reopen(store)
      for (const handle of [store, other]) {
        equal(await handle.revision(), after)
        same((await handle.all()).records, { r1: { v: 1 }, r2: {} })
        same(await handle.cells(''), [
          { key: 'device/a', text: '{"lastN":5}' },
          { key: 'verdict/a/0000000005', text: '{"r":"accepted"}' },
        ])
      }
    },
  },
  {
    name: 'bookkeeping alone leaves the revision where it is and is heard by nobody',
    async run({ open }) {
      const store = await open({ records: { r1: {} } })
      const before = await store.revision()
      const heard = []
      store.subscribe((revision) => heard.push(revision))
      equal(await store.write({ cells: [{ key: 'a', text: '1' }] }), before)
      equal(await store.write({ cells: [{ key: 'a', text: '2' }], guards: [{ key: 'a', text: '1' }] }), before)
      equal(await store.write({ cells: [{ key: 'a', text: null }], expected: before }), before)
      equal(await store.write({ guards: [{ key: 'a', text: null }] }), before)
      equal(await store.write({}), before)
      equal(await store.revision(), before)
      const after = await store.write({ changes: [], cells: [{ key: 'b', text: '' }], expected: before })
      ok(after !== before, 'changes move it, even none')
      same(heard, [after])
      equal(await store.cell('b'), '', 'an empty text is a text')
    },
  },
  {
    name: 'a guard that does not hold, or another revision: `conflict`, and nothing is written',
    async run({ open, another }) {
      const store = await open({ records: { r1: { v: 0 } } })
      const stale = await store.revision()
      const first = { changes: [put('r1', { v: 1 })], expected: stale, cells: [{ key: 'there', text: 'x' }] }
      const expected = await store.write(first)
      const other = await another(store)
      const before = await everythingIn(store)
      const all = { changes: [put('r1', { v: 9 }), del('r1'), put('r2', {})], cells: [{ key: 'new', text: '1' }] }
      const failing = [
        { ...all, expected: stale },
        { ...all, expected, guards: [{ key: 'there', text: 'y' }] },
        { ...all, expected, guards: [{ key: 'there', text: null }] },
        { ...all, expected, guards: [{ key: 'gone', text: '' }] },
        {
          ...all,
          expected,
          guards: [
            { key: 'there', text: 'x' },
            { key: 'there', text: 'X' },
          ],
        },
        { cells: [{ key: 'there', text: null }], guards: [{ key: 'gone', text: 'x' }] },
        { cells: [{ key: 'there', text: null }], expected: stale },
      ]
      for (const handle of [store, other]) {
        for (const write of failing) await refuses('conflict', handle.write(write), JSON.stringify(write))
        same(await everythingIn(handle), before)
      }
      await other.revision()
      await other.write({
        ...all,
        expected,
        guards: [
          { key: 'there', text: 'x' },
          { key: 'gone', text: null },
        ],
      })
      await store.revision()
      same(await store.all(), await other.all())
    },
  },
  {
    name: 'guards are compared with what stood before the write; a cell named twice ends as the last says',
    async run({ open }) {
      const store = await open()
      const twice = [
        { key: 'a', text: '1' },
        { key: 'a', text: '2' },
        { key: 'b', text: '1' },
        { key: 'b', text: null },
      ]
      await store.write({ cells: twice, guards: [{ key: 'a', text: null }] })
      same(await store.cells(''), [{ key: 'a', text: '2' }])
      await refuses('conflict', store.write({ cells: twice, guards: [{ key: 'a', text: '1' }] }))
    },
  },
  {
    name: 'communities, memberships and access rows are looked up whole',
    async run({ open }) {
      const communities = { a: { title: 'A' }, 'b/c': { title: 'B' } }
      const memberships = [
        { community: 'a', user: '4', role: 'curator' },
        { community: 'b/c', user: '7', role: 'reader' },
      ]
      const access = [{ action: 'read', user: '4' }]
      const store = await open({ communities, memberships, access, records: { r1: {} }, users: { 4: {} } })
      const { revision, ...given } = await store.facts([
        { relation: 'community' },
        { relation: 'membership', where: {} },
        { relation: 'access', where: {} },
      ])
      equal(revision, await store.revision())
      const complete = [
        { relation: 'community' },
        { relation: 'membership', where: {} },
        { relation: 'access', where: {} },
      ]
      same(given, { communities, memberships, access, complete })
      const none = await (await open()).facts([{ relation: 'community' }, record('r1')])
      same([none.communities, none.records], [{}, {}])
    },
  },
]
