// What the host's calls refuse: the code is `invalid`, the path is that of the fault, and nothing is written.

import { canonical, equal, ok, refuses, same } from './assert.mjs'
import { everythingIn } from './host-suite-write.mjs'
import { put } from './suite-commit.mjs'

const cell = (extra) => ({
  cells: [
    { key: 'good', text: 'x' },
    { key: 'k', text: 'x', ...extra },
  ],
})
const guard = (extra) => ({ guards: [{ key: 'k', text: null, ...extra }] })

/** [write, path] */
const badWrites = [
  [null, 'write'],
  [[], 'write'],
  [{ cell: [] }, 'write.cell'],
  [{ changes: [] }, 'write.expected'],
  [{ changes: [put('r', {})], cells: [] }, 'write.expected'],
  [{ expected: 5 }, 'write.expected'],
  [{ cells: {} }, 'write.cells'],
  [{ cells: ['k'] }, 'write.cells[0]'],
  [cell({ key: '' }), 'write.cells[1].key'],
  [cell({ key: 7 }), 'write.cells[1].key'],
  [cell({ key: 'ž' }), 'write.cells[1].key'],
  [cell({ key: 'tab\t' }), 'write.cells[1].key'],
  [cell({ key: 'line\n' }), 'write.cells[1].key'],
  [cell({ key: 'nul\0' }), 'write.cells[1].key'],
  [cell({ key: 'k'.repeat(1025) }), 'write.cells[1].key'],
  [cell({ text: undefined }), 'write.cells[1].text'],
  [cell({ text: { a: 1 } }), 'write.cells[1].text'],
  [cell({ text: 'nul \0' }), 'write.cells[1].text'],
  [cell({ text: 'half \uD83D pair' }), 'write.cells[1].text'],
  [cell({ text: 'x'.repeat(1_048_577) }), 'write.cells[1].text'],
  [cell({ text: 'ž'.repeat(600_000) }), 'write.cells[1].text'],
  [{ guards: null }, 'write.guards'],
  [guard({ key: '' }), 'write.guards[0].key'],
  [guard({ text: undefined }), 'write.guards[0].text'],
]

const always = { op: 'always' }
const community = { op: 'community', of: 'any', in: ['c'], unknown: [], rest: 'deny' }
let deep = always
for (let i = 0; i < 1000; i++) deep = { op: 'not', of: deep }

/** [what is wrong in the query, the start of the path] */
const badQueries = [
  [{ where: undefined }, 'query.where'],
  [{ where: { op: 'sql' } }, 'query.where'],
  [{ where: { op: 'unknown', missing: [] } }, 'query.where'],
  [{ where: { op: 'all', of: [always, { op: 'unknown', missing: [] }] } }, 'query.where.of[1]'],
  [{ where: { op: 'any', of: always } }, 'query.where.of'],
  [{ where: { op: 'state', in: 'draft' } }, 'query.where.in'],
  [{ where: { op: 'state', in: [7] } }, 'query.where.in'],
  [{ where: { op: 'owner', user: 7 } }, 'query.where.user'],
  [{ where: { op: 'term', in: 'a=b', over: false } }, 'query.where.in'],
  [{ where: { op: 'term', in: ['a=b'] } }, 'query.where.over'],
  [{ where: { ...community, of: 'all' } }, 'query.where.of'],
  [{ where: { ...community, unknown: ['d'] } }, 'query.where'],
  [{ where: { ...community, rest: 'unknown' } }, 'query.where'],
  [{ where: deep }, 'query.where'],
  [{ type: 5 }, 'query.type'],
  [{ states: 'draft' }, 'query.states'],
  [{ community: ['c'] }, 'query.community'],
  [{ owner: 4 }, 'query.owner'],
  [{ q: 5 }, 'query.q'],
  [{ q: Array.from({ length: 40 }, (_, i) => `w${i}`).join(' ') }, 'query.q'],
  [{ order: 'title' }, 'query.order'],
  [{ order: 'id; DROP TABLE records' }, 'query.order'],
  [{ limit: 0 }, 'query.limit'],
  [{ limit: 1.5 }, 'query.limit'],
  [{ limit: '10' }, 'query.limit'],
  [{ limit: undefined }, 'query.limit'],
  [{ limit: 1e9 }, 'query.limit'],
  [{ after: 'made up' }, 'query.after'],
  [{ after: '' }, 'query.after'],
  [{ after: 7 }, 'query.after'],
  [{ after: btoa('["id","user/4"]') }, 'query.after'],
]

export const input = [
  {
    name: 'bad writes are refused with their path, and nothing is written',
    async run({ open, log }) {
      const store = await open({ records: { r1: {} } })
      await store.write({ cells: [{ key: 'k', text: '1' }] })
      const before = await everythingIn(store)
      for (const [write, path] of badWrites) {
        const error = await refuses('invalid', store.write(write), `${path} of ${canonical(write).slice(0, 200)}`)
        equal(error.path, path)
        ok(error.message.startsWith(path), 'the message starts with the path')
      }
      const { revision } = before.facts
      const error = await refuses(
        'invalid',
        store.write({ ...cell({}), changes: [put('r', null)], expected: revision }),
      )
      equal(error.path, 'changes[0].value')
      same(await everythingIn(store), before)
      log(`${badWrites.length} bad writes refused`)
    },
  },
  {
    name: 'bad keys of cells and bad queries are refused with their path',
    async run({ open, log }) {
      const store = await open({ records: { r1: {} } })
      for (const key of ['', 'ž', 7, null, undefined, 'k'.repeat(1025)])
        await refuses('invalid', store.cell(key), String(key))
      for (const prefix of ['ž', 7, null, undefined]) await refuses('invalid', store.cells(prefix), String(prefix))
      for (const options of [{ limit: 0 }, { limit: 1.5 }, { limit: '3' }, { after: 7 }, { after: '' }, { after: 'ž' }])
        await refuses('invalid', store.cells('k', options), canonical(options))
      for (const [wrong, path] of badQueries) {
        const error = await refuses(
          'invalid',
          store.list({ where: always, limit: 5, ...wrong }),
          canonical(wrong).slice(0, 200),
        )
        ok(error.path?.startsWith(path), `the path \`${error.path}\` starts with \`${path}\``)
      }
      await refuses('invalid', store.list(null))
      same(
        (await store.list({ where: always, limit: 5 })).hits.map(({ id }) => id),
        ['r1'],
      )
      log(`${badQueries.length} bad queries refused`)
    },
  },
  {
    name: 'a store opened without `columns` has no lists and says so; all else works',
    async run({ open }) {
      const store = await open({ records: { r1: {} } }, { columns: undefined })
      await store.write({
        changes: [put('r2', {})],
        expected: await store.revision(),
        cells: [{ key: 'k', text: '1' }],
      })
      const error = await refuses('invalid', store.list({ where: always, limit: 5 }))
      ok(error.message.includes('`columns`'), 'it says what to do')
    },
  },
  {
    name: 'a closed store says so to the host too',
    async run({ open }) {
      const store = await open()
      const at = await store.revision()
      await store.close()
      for (const call of [
        () => store.write({ cells: [{ key: 'k', text: '1' }] }),
        () => store.write({ changes: [put('r', {})], expected: at }),
        () => store.cell('k'),
        () => store.cells(''),
        () => store.list({ where: always, limit: 1 }),
        () => store.exclusive(async () => {}),
      ])
        await refuses('closed', call, String(call))
    },
  },
]
