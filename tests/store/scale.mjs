// What lists cost as a store grows: `node tests/store/scale.mjs [--records 1000000] [--store sqlite]...`. Each store is
// filled with a hundredth, and then with all of the records; every list is run at both sizes. Nothing is said of time: a
// list must ask as many queries, and touch as much, as it did in the small store.

import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { openDurableProbe } from './scale-durable.mjs'
import { openPostgresProbe } from './scale-postgres.mjs'
import { openSqliteProbe } from './scale-sqlite.mjs'
import { pagesOf } from './scale-world.mjs'

export const probes = { sqlite: openSqliteProbe, durable: openDurableProbe, postgres: openPostgresProbe }

/**
 * Some lists look before they walk. Searches look at up to 5,000 records that hold the words, totals count up to 10,000, and
 * of two indexes the better one is found by counting some thousand entries of each. These may touch more in a larger store,
 * and a word that has become common is searched in another way; but never do they touch more than this.
 */
const BOUNDS = { words: 25_000, total: 25_000, choice: 5_000 }

function boundOf({ q, total, community }) {
  if (q !== undefined) return BOUNDS.words
  if (total) return BOUNDS.total
  return community === undefined ? null : BOUNDS.choice
}

/** Runs all lists at each size; a row a list, with its costs in the order of the sizes. */
export async function measure(probe, sizes) {
  const rows = new Map()
  let from = 0
  for (const size of sizes) {
    await probe.grow(from, size)
    from = size
    for await (const { name, query } of pagesOf(probe.list, size)) {
      const row = rows.get(name) ?? { name, bound: boundOf(query), costs: [] }
      rows.set(name, row)
      row.costs.push(await probe.cost(query))
    }
  }
  return [...rows.values()]
}

/** What grows with the store and must not; one line each. */
export function growing(rows) {
  const faults = []
  for (const { name, bound, costs } of rows) {
    const [small, large] = costs
    if (!large) continue
    const queries = bound === null ? small.queries : 2 * small.queries
    if (large.queries > queries) faults.push(`${name}: ${small.queries} queries, then ${large.queries}`)
    // Trees grow a level, and pages that were not full before fill up.
    const most = bound ?? 2 * small.touched + 64
    if (large.touched > most) faults.push(`${name}: touches ${small.touched}, then ${large.touched}`)
    for (const step of new Set(large.wholeTables)) faults.push(`${name}: reads a whole table (${step})`)
  }
  return faults
}

export function table(probe, sizes, rows) {
  const cells = (list) =>
    list.map((cell, i) => (i === 0 ? String(cell).padEnd(52) : String(cell).padStart(10))).join('')
  const head = sizes.flatMap((size) => [`at ${short(size)}`, probe.unit])
  const lines = rows.map(({ name, costs }) => [name, ...costs.flatMap(({ queries, touched }) => [queries, touched])])
  return [`${probe.name}: queries and ${probe.unit} a list`, cells(['', ...head]), ...lines.map(cells)].join('\n')
}

function short(size) {
  return size % 1e6 === 0 ? `${size / 1e6}M` : `${size / 1000}k`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = { records: { type: 'string', default: '1000000' }, store: { type: 'string', multiple: true } }
  const { values } = parseArgs({ options })
  const records = Number(values.records)
  if (!Number.isSafeInteger(records) || records < 100_000) throw new Error('--records is a number from 100000 on')
  const sizes = [records / 100, records]
  for (const name of values.store ?? Object.keys(probes)) {
    const probe = await probes[name]()
    const rows = await measure(probe, sizes)
    console.log(`${table(probe, sizes, rows)}\n`)
    for (const fault of growing(rows)) {
      console.log(`GROWS: ${fault}`)
      process.exitCode = 1
    }
    await probe.close()
  }
}
