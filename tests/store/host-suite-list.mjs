// Lists: which records are hits. One world, one question a line.

import { canonical, equal, ok, same } from './assert.mjs'
import { otherColumns } from './columns.mjs'
import { del, put } from './suite-commit.mjs'

const always = { op: 'always' }
const term = (...of) => ({ op: 'term', in: of, over: false })
const inCommunity = (of, ids, rest = 'deny') => ({ op: 'community', of, in: ids, unknown: [], rest })

const records = {
  alone: { state: 'draft', owners: [1] },
  nobody: { state: 'published', owners: [], communities: { primary: 'c1' } },
  one: { state: 'draft', owners: [1, '2'], communities: { primary: 'c1', secondary: [] }, terms: ['access=open'] },
  two: {
    state: 'published',
    owners: ['2'],
    communities: { primary: 'c1', secondary: ['c2', 'c3'] },
    terms: ['access=restricted', 'grants=view:user:3'],
  },
  three: { state: 'pending', owners: ['3'], communities: { primary: 'c2', secondary: ['c1', 'c3'] } },
  other: { $type: 'model', state: 'draft', owners: ['3'], communities: { primary: 'c3', secondary: ['c3'] } },
  odd: {
    state: "it's %_",
    owners: ['"; --', 'ž'],
    communities: { primary: '%', secondary: ["c'1", 'c1%'] },
    terms: ['links=view:link:a/b %', "x='"],
  },
}
const ids = (...of) => of.sort()
const all = Object.keys(records).sort()

/** [query, the ids of its hits] */
const questions = [
  [{}, all],
  [{ where: { op: 'never' } }, []],
  [{ where: { op: 'all', of: [] } }, all],
  [{ where: { op: 'any', of: [] } }, []],
  [{ where: { op: 'not', of: { op: 'never' } } }, all],
  [{ where: { op: 'state', in: ['draft'] } }, ids('alone', 'one', 'other')],
  [{ where: { op: 'state', in: ['draft', 'pending', 'none'] } }, ids('alone', 'one', 'other', 'three')],
  [{ where: { op: 'state', in: [] } }, []],
  [{ where: { op: 'state', in: ["it's %_"] } }, ['odd']],
  [{ where: { op: 'owner', user: '2' } }, ids('one', 'two')],
  [{ where: { op: 'owner', user: '1' } }, ids('alone', 'one')],
  [{ where: { op: 'owner', user: '"; --' } }, ['odd']],
  [{ where: { op: 'owner', user: 'nobody' } }, []],
  [{ where: { op: 'has_owner' } }, all.filter((id) => id !== 'nobody')],
  [{ where: { op: 'not', of: { op: 'has_owner' } } }, ['nobody']],
  [{ where: inCommunity('primary', ['c1']) }, ids('nobody', 'one', 'two')],
  [{ where: inCommunity('primary', ['c1', 'c3']) }, ids('nobody', 'one', 'two', 'other')],
  [{ where: inCommunity('primary', []) }, []],
  [{ where: inCommunity('primary', [], 'allow') }, all],
  [{ where: inCommunity('any', ['c1']) }, ids('nobody', 'one', 'two', 'three')],
  [{ where: inCommunity('any', ['c3']) }, ids('two', 'three', 'other')],
  [{ where: inCommunity('any', ["c'1", 'x']) }, ['odd']],
  [{ where: inCommunity('any', [], 'allow') }, all],
  [{ where: inCommunity('every', ['c1']) }, ids('nobody', 'one')],
  [{ where: inCommunity('every', ['c1', 'c2', 'c3']) }, ids('nobody', 'one', 'two', 'three', 'other')],
  [{ where: inCommunity('every', [], 'allow') }, all],
  [{ where: { op: 'not', of: inCommunity('any', ['c1']) } }, ids('alone', 'other', 'odd')],
  [{ where: { op: 'not', of: inCommunity('every', ['c1', 'c2', 'c3']) } }, ids('alone', 'odd')],
  [
    { where: { op: 'all', of: [inCommunity('any', ['c1']), { op: 'not', of: { op: 'state', in: ['published'] } }] } },
    ids('one', 'three'),
  ],
  [
    {
      where: {
        op: 'any',
        of: [
          { op: 'owner', user: '3' },
          { op: 'all', of: [always, { op: 'state', in: ['published'] }] },
        ],
      },
    },
    ids('three', 'other', 'nobody', 'two'),
  ],
  [{ where: term('access=restricted') }, ['two']],
  [{ where: term('access=open', 'access=restricted', 'access=open') }, ids('one', 'two')],
  [{ where: term('links=view:link:a/b %') }, ['odd']],
  [{ where: term("x='", 'none') }, ['odd']],
  [{ where: term('access') }, []],
  [{ where: term() }, []],
  [{ where: { op: 'not', of: term('access=restricted') } }, all.filter((id) => id !== 'two')],
  [{ where: { op: 'not', of: term() } }, all],
  [{ where: { ...term('grants=view:user:3'), over: true } }, ['two']],
  [{ where: { op: 'any', of: [term('access=restricted'), { op: 'owner', user: '1' }] } }, ids('two', 'one', 'alone')],
  [{ where: { op: 'any', of: [term('access=restricted'), { op: 'state', in: ['pending'] }] } }, ids('two', 'three')],
  [{ where: { op: 'all', of: [term('access=restricted', "x='"), inCommunity('any', ['c3'])] } }, ['two']],
  [{ where: term('access=open'), owner: '2', community: 'c1', q: 'draft' }, ['one']],
  [{ type: 'model' }, ['other']],
  [{ type: 'record' }, all.filter((id) => id !== 'other')],
  [{ type: 'none' }, []],
  [{ states: ['published', 'pending'] }, ids('nobody', 'two', 'three')],
  [{ states: [] }, []],
  [{ community: 'c1' }, ids('nobody', 'one', 'two', 'three')],
  [{ community: 'c3' }, ids('two', 'three', 'other')],
  [{ community: 'c1%' }, ['odd']],
  [{ community: '' }, []],
  [{ owner: '3' }, ids('three', 'other')],
  [{ owner: 'ž' }, ['odd']],
  [{ owner: '3', type: 'model', states: ['draft'], community: 'c3' }, ['other']],
  [{ owner: '2', where: { op: 'state', in: ['draft'] } }, ['one']],
  [{ community: 'c2', where: inCommunity('primary', ['c1']) }, ['two']],
]

const idsOf = ({ hits }) => hits.map(({ id }) => id)

export const list = [
  {
    name: 'lists hold the records that are meant, and no others',
    async run({ open, log }) {
      const store = await open({ records, communities: { c1: {} }, users: { 1: {} } })
      const revision = await store.revision()
      for (const [query, expected] of questions) {
        const page = await store.list({ where: always, limit: 100, total: true, ...query })
        same(idsOf(page), expected, canonical(query))
        same(page.total, { value: expected.length, relation: 'eq' }, `total of ${canonical(query)}`)
        equal(page.revision, revision)
        ok(!('next' in page), 'one page is all')
      }
      log(`${questions.length} questions`)
    },
  },
  {
    name: 'a hit is the whole record with its type and when it was written',
    async run({ open }) {
      const store = await open()
      const value = { $type: 'model', state: 'draft', deep: { list: [1, null, { a: 'ž' }] }, text: 'nul\u0000 \uD83D' }
      const before = Date.now()
      await store.commit([put('a/b %', value)], await store.revision())
      const { hits, ...rest } = await store.list({ where: always, limit: 1 })
      const [{ updated, ...hit }] = hits
      same(hit, { id: 'a/b %', type: 'model', value })
      ok(Number.isSafeInteger(updated) && updated >= before && updated <= Date.now(), 'written just now')
      same(rest, { revision: await store.revision() }, 'no total was asked for, and there is no next page')
      hits[0].value.state = 'changed'
      same((await store.list({ where: always, limit: 1 })).hits[0].value, value)
    },
  },
  {
    name: 'lists follow every write: what a record was is forgotten',
    async run({ open, another, reopen }) {
      let store = await open({
        records: { r1: { state: 'draft', owners: ['1'], communities: { primary: 'c1' }, terms: ['t=1'] } },
      })
      const before = {
        state: { where: { op: 'state', in: ['draft'] } },
        term: { where: term('t=1') },
        owner: { where: always, owner: '1' },
        community: { where: inCommunity('any', ['c1']) },
        q: { where: always, q: 'draft' },
      }
      const after = {
        state: { where: { op: 'state', in: ['published'] } },
        term: { where: term('t=2') },
        owner: { where: always, owner: '2' },
        community: { where: inCommunity('any', ['c2']) },
        q: { where: always, q: 'published' },
        type: { where: always, type: 'model' },
      }
      const count = async (handle, queries) => {
        await handle.revision()
        const found = []
        for (const query of Object.values(queries)) found.push(idsOf(await handle.list({ limit: 9, ...query })).length)
        return found.join('')
      }
      equal(await count(store, before), '11111')
      const value = {
        $type: 'model',
        state: 'published',
        owners: ['2'],
        communities: { primary: 'c2' },
        terms: ['t=2'],
      }
      await store.commit([put('r1', value)], await store.revision())
      const other = await another(store)
      for (const handle of [store, other])
        same([await count(handle, before), await count(handle, after)], ['00000', '111111'])
      if (reopen) store = await reopen(store)
      same([await count(store, before), await count(store, after)], ['00000', '111111'])
      await store.commit([del('r1')], await store.revision())
      same([await count(store, before), await count(other, after)], ['00000', '000000'])
      await store.commit([put('r1', value), del('r1'), put('r1', { state: 'draft' })], await store.revision())
      equal(await count(store, { ...before, all: { where: always } }), '100011')
    },
  },
  {
    name: 'a record the policy cannot read is kept and in no list, until it can be read',
    async run({ open }) {
      const unreadable = { state: 'no such state', owners: ['1'], text: 'word' }
      const store = await open({ records: { ...records, bad: unreadable } })
      await store.commit([put('worse', unreadable)], await store.revision())
      const lists = async () => {
        const found = []
        for (const query of [
          {},
          { owner: '1' },
          { q: 'word' },
          { where: { op: 'not', of: { op: 'state', in: ['draft'] } } },
        ])
          found.push(idsOf(await store.list({ where: always, limit: 99, ...query })).filter((id) => !(id in records)))
        return found
      }
      same(await lists(), [[], [], [], []])
      equal((await store.list({ where: always, limit: 1, total: true })).total.value, all.length)
      same((await store.all()).records.worse, unreadable)
      await store.commit([put('bad', { ...unreadable, state: 'new' })], await store.revision())
      same(await lists(), [['bad'], ['bad'], ['bad'], ['bad']])
      await store.commit([put('bad', unreadable), del('worse')], await store.revision())
      same(await lists(), [[], [], [], []])
    },
  },
  {
    name: 'opened with another policy, lists go by that one',
    async run({ open, reopen }) {
      if (!reopen) return
      const many = Array.from({ length: 1200 }, (_, i) =>
        put(`r${i}`, { state: 'a', stage: i % 2 ? 'b' : 'c', owners: [] }),
      )
      let store = await open()
      await store.commit(many, await store.revision())
      const total = async (state) =>
        (await store.list({ where: { op: 'state', in: [state] }, limit: 1, total: true })).total.value
      same([await total('a'), await total('b')], [1200, 0])
      store = await reopen(store, { columns: otherColumns })
      same([await total('a'), await total('b')], [0, 600])
      await store.commit([put('r0', { state: 'a', stage: 'b' })], await store.revision())
      equal(await total('b'), 601)
      store = await reopen(store)
      same([await total('a'), await total('b')], [1200, 0])
    },
  },
  {
    name: 'a condition with thousands of communities and states',
    async run({ open }) {
      const store = await open({ records })
      const many = Array.from({ length: 5000 }, (_, i) => `x${i}`)
      for (const [where, expected] of [
        [inCommunity('any', [...many, 'c3']), ids('two', 'three', 'other')],
        [inCommunity('every', [...many, 'c1']), ids('nobody', 'one')],
        [inCommunity('primary', [...many, 'c2']), ['three']],
        [{ op: 'state', in: [...many, 'pending'] }, ['three']],
        [term(...many, 'access=restricted'), ['two']],
        [{ op: 'any', of: many.slice(0, 500).map((user) => ({ op: 'owner', user })) }, []],
      ])
        same(idsOf(await store.list({ where, limit: 100 })), expected, canonical(where).slice(0, 60))
    },
  },
]
