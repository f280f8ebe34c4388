// A history that shows whether it is whole: write n puts records and cells that all say n, and takes some away again.
// Runtime-agnostic, for writers that are killed and for those who look afterwards.

import { equal, same } from './assert.mjs'
import { del, put } from './suite-commit.mjs'

/** How long records `b<n>` stay. */
const KEPT = 10

/** Makes the next write, however many others make theirs, and gives its number. */
export async function writeNext(store) {
  for (;;) {
    const expected = await store.revision()
    const last = await store.cell('last')
    const n = Number(last ?? 0) + 1
    try {
      await store.write(writeOf(n, last, expected))
      return n
    } catch (error) {
      if (error.code !== 'conflict') throw error
    }
  }
}

function writeOf(n, last, expected) {
  return {
    changes: [
      put(`a${n}`, { state: 'a', n }),
      put('last', { state: 'last', n }),
      put(`b${n}`, { state: 'b', n, text: 'x'.repeat((n * 7919) % 30_000) }),
      ...(n > KEPT ? [del(`b${n - KEPT}`)] : []),
    ],
    expected,
    cells: [
      { key: 'last', text: `${n}` },
      { key: `verdict/${String(n).padStart(6, '0')}`, text: `${n}` },
      ...(n > KEPT ? [{ key: `kept/${n - KEPT}`, text: null }] : []),
      { key: `kept/${n}`, text: '' },
    ],
    guards: [{ key: 'last', text: last }],
  }
}

/** How many writes the store holds. Throws if one of them is there in part only. */
export async function wholeWrites(store) {
  await store.revision()
  const { records } = await store.all()
  const n = Number((await store.cell('last')) ?? 0)
  equal(records.last?.n ?? 0, n, 'records and cells stand at the same write')
  const numbers = Array.from({ length: n }, (_, i) => i + 1)
  const kept = numbers.slice(-KEPT)
  const ids = [...numbers.map((i) => `a${i}`), ...kept.map((i) => `b${i}`), ...(n > 0 ? ['last'] : [])]
  same(Object.keys(records).sort(), ids.sort(), 'records')
  for (const i of kept) equal(records[`b${i}`].n, i, `b${i}`)
  const texts = async (prefix) => (await store.cells(prefix)).map(({ text }) => text)
  same(await texts('verdict/'), numbers.map(String), 'verdicts')
  equal((await texts('kept/')).length, kept.length, 'kept')
  const count = async (state) =>
    (await store.list({ where: { op: 'state', in: [state] }, limit: 1, total: true })).total.value
  same([await count('a'), await count('b')], [n, kept.length], 'lists')
  return n
}
