// What a store refuses: the code is `invalid`, the path is that of the fault, and nothing is written.

import { equal, ok, refuses, same } from './assert.mjs'
import { put, record } from './suite-commit.mjs'

const cyclic = { a: { b: [] } }
cyclic.a.b.push(cyclic)
let deep = {}
for (let i = 0; i < 200; i++) deep = { d: deep }
const membership = { relation: 'membership', community: 'c', user: '4' }
const access = { relation: 'access', id: 'a1' }
const at = (key, value, path) => [{ op: 'put', key, value }, path]
const value = (inner, path) => [put('r', inner), `value${path}`]

/** [change, path below `changes[1]`] */
const badChanges = [
  [null, ''],
  ['put', ''],
  [{}, 'key'],
  [{ op: 'put', key: 'record/r1', value: {} }, 'key'],
  [{ op: 'patch', key: record('r'), value: {} }, 'op'],
  [{ op: 'put', key: { relation: 'request', id: 'x' }, value: {} }, 'key.relation'],
  [{ op: 'put', key: { id: 'x' }, value: {} }, 'key.relation'],
  [{ op: 'put', key: { relation: 'record' }, value: {} }, 'key.id'],
  [{ op: 'put', key: record(''), value: {} }, 'key.id'],
  [{ op: 'put', key: record(5), value: {} }, 'key.id'],
  [{ op: 'put', key: record('x'.repeat(513)), value: {} }, 'key.id'],
  [{ op: 'put', key: record('half \uD83D pair'), value: {} }, 'key.id'],
  [{ op: 'del', key: record(null) }, 'key.id'],
  [{ op: 'del', key: { relation: 'membership', user: '4' } }, 'key.community'],
  [{ op: 'del', key: { relation: 'membership', community: 'c', user: 1.5 } }, 'key.user'],
  [{ op: 'put', key: record('r') }, 'value'],
  value(null, ''),
  value('text', ''),
  value([], ''),
  value({ v: Number.NaN }, '.v'),
  value({ v: Number.POSITIVE_INFINITY }, '.v'),
  value({ v: 10n }, '.v'),
  value({ v: Symbol('s') }, '.v'),
  value({ v: () => 1 }, '.v'),
  value({ toJSON: () => ({}) }, '.toJSON'),
  value({ list: [1, undefined] }, '.list[1]'),
  value({ list: [1, , 3] }, '.list[1]'), // eslint-disable-line no-sparse-arrays -- the hole is the case
  value({ when: new Date(0) }, '.when'),
  value({ map: new Map() }, '.map'),
  value(new Map(), ''),
  value({ bytes: new Uint8Array(2) }, '.bytes'),
  value({ 'odd name': [{ v: Number.NaN }] }, '["odd name"][0].v'),
  value(cyclic, '.a.b[0]'),
  value(deep, '.d'.repeat(100)),
  value({ text: 'x'.repeat(1_048_576) }, ''),
  value({ text: 'ž'.repeat(600_000) }, ''),
  at(membership, {}, 'value.role'),
  at(membership, { role: 3 }, 'value.role'),
  at(membership, { role: ['x', ''] }, 'value.role'),
  at(membership, { role: 'x', user: 5 }, 'value.user'),
  at(membership, { role: 'x', community: 'd' }, 'value.community'),
  at(access, { user: 4 }, 'value.action'),
  at(access, { action: 'read' }, 'value'),
  at(access, { action: 'read', user: 4, role: 'x' }, 'value'),
]

/** [wanted key, path below `wanted[0]`] */
const badKeys = [
  [null, ''],
  [{ relation: 'request', id: 'x' }, '.relation'],
  [{ relation: 'record' }, '.id'],
  [{ relation: 'membership', where: 'all' }, '.where'],
  [{ relation: 'membership', where: { usr: '4' } }, '.where.usr'],
  [{ relation: 'membership', where: { user: '' } }, '.where.user'],
  [{ relation: 'access', where: { action: 4 } }, '.where.action'],
]

export const input = [
  {
    name: 'bad changes are refused with their path, and nothing is written',
    async run({ open, log }) {
      const store = await open({ records: { r1: {} } })
      const before = await store.all()
      for (const [change, below] of badChanges) {
        const error = await refuses('invalid', store.commit([put('good', {}), change], before.revision), below)
        equal(error.path, `changes[1]${below && `.${below}`}`)
        ok(error.message.startsWith(error.path), 'the message starts with the path')
      }
      await refuses('invalid', store.commit('changes', before.revision))
      same(await store.all(), before)
      log(`${badChanges.length} bad changes refused`)
    },
  },
  {
    name: 'bad questions are refused with their path',
    async run({ open }) {
      const store = await open()
      for (const [key, below] of badKeys)
        equal((await refuses('invalid', store.facts([key]), below)).path, `wanted[0]${below}`)
      await refuses('invalid', store.facts('everything'))
    },
  },
  {
    name: 'bad or partial initial facts are refused',
    async run({ open }) {
      const table = [
        [null, 'initial'],
        [{ records: { r1: { v: Number.NaN } } }, 'initial.records.r1.v'],
        [{ users: { 'a b': 5 } }, 'initial.users["a b"]'],
        [{ memberships: [{ community: 'c', user: 4 }] }, 'initial.memberships[0].role'],
        [{ access: [{ action: 'read' }] }, 'initial.access[0]'],
        // Absence in facts that are complete only in part would be read as "no".
        [{ records: {}, complete: [{ relation: 'record', where: { id: 'r1' } }] }, 'initial.complete'],
      ]
      for (const [initial, path] of table) equal((await refuses('invalid', open(initial), path)).path, path)
    },
  },
  {
    name: 'odd but good values come back as they were',
    async run({ open, reopen }) {
      const shared = { s: 1 }
      const good = JSON.parse(
        '{"__proto__": {"x": 1}, "constructor": null, "": "empty", "n": [0, -1.5, 1e300, 9007199254740993]}',
      )
      Object.assign(good, {
        text: 'tab\t line\n nul\u0000 half \uD83D 😀 \uFEFF \u2028',
        nested: [[[]], {}, [null, true]],
        twice: [shared, shared],
      })
      let store = await open()
      await store.commit(
        [put('r', { ...good, gone: undefined }), put('null', Object.create(null))],
        await store.revision(),
      )
      await store.commit(
        [{ op: 'put', key: membership, value: { ...membership, relation: undefined, user: 4, role: [] } }],
        await store.revision(),
      )
      if (reopen) store = await reopen(store)
      const { records, memberships } = await store.all()
      same(records, { r: good, null: {} })
      ok(Object.hasOwn(records.r, '__proto__') && !('x' in records.r), 'a field called __proto__ is a field')
      same(memberships, [{ community: 'c', user: '4', role: [] }])
    },
  },
]
