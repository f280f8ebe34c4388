// One file of vectors against the built package, row by row.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { departures } from './departures.mjs'
import { recognise } from './kinds.mjs'
import { NotUnderstood, same } from './shape.mjs'

/**
 * Every row is in exactly one of: `agree`, `departs`, `differs`, `notUnderstood`. `rules` counts, for each
 * departure that belongs to the file, the comparisons it speaks of, those that differ, and the rows.
 */
export async function runFile(path, chosen) {
  const name = basename(path)
  const tally = { name, total: 0, agree: 0, departs: 0, differs: [], notUnderstood: [], rules: [] }
  const table = parse(path, tally)
  if (table === undefined) return tally
  const { rows, judge, preset } = recognise(table, chosen)
  tally.total = rows.length
  if (judge === undefined || rows.length === 0) {
    const times = rows.length === 0 ? 'the file holds no row' : `${rows.length} rows in a format that is not known here`
    tally.notUnderstood.push(...Array.from({ length: Math.max(rows.length, 1) }, () => times))
    return tally
  }
  tally.rules = departures
    .filter((rule) => rule.preset === preset && rule.file.test(name))
    .map((rule) => ({ rule, speaks: 0, differs: 0, rows: 0 }))
  for (const row of rows) await judgeRow(row, table, preset, judge, tally)
  return tally
}

function parse(path, tally) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    tally.total = 1
    tally.notUnderstood.push(error.message)
    return undefined
  }
}

async function judgeRow(row, table, preset, judge, tally) {
  let cells
  try {
    cells = await judge(row, table, preset)
    if (cells.length === 0) throw new NotUnderstood('nothing to compare')
  } catch (error) {
    // A row that breaks the reading of it is not understood either; an answer of the engine never gets here.
    const why = error instanceof NotUnderstood ? error.message : `${error.name}: ${error.message}`
    tally.notUnderstood.push(`${row?.id}: ${why}`)
    return
  }
  const used = new Set()
  const unexplained = []
  for (const { cell, expected, given } of cells) {
    const differs = !same(expected ?? null, given ?? null)
    const speaking = tally.rules.filter(({ rule }) => rule.applies({ row, table, cell, expected }))
    for (const entry of speaking) entry.speaks += 1
    if (!differs) continue
    const explaining = speaking.filter(({ rule }) => rule.gives === undefined || rule.gives(given, expected))
    for (const entry of explaining) entry.differs += 1
    if (explaining.length === 0) unexplained.push({ id: row.id, cell, expected, given })
    else for (const entry of explaining) used.add(entry)
  }
  for (const entry of used) entry.rows += 1
  if (unexplained.length > 0) tally.differs.push(unexplained)
  else if (used.size > 0) tally.departs += 1
  else tally.agree += 1
}
