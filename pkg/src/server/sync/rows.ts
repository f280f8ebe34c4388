/** A view compared with the rows of what was shown before: which of them changed, and what a device is told of it. */

import type { Op } from '../../sync/protocol.js'
import type { Row } from './cells.js'
import { isShort, keyOfRow } from './cells.js'
import type { Projected } from './project.js'
import { Moved } from './steady.js'

/** Rows that no longer say what the user sees. Both sides are of the same entities: all, or those that may have changed. */
export function changedRows(
  rows: Map<string, Row>,
  seen: Map<string, Projected>,
  rev: number,
  now: number,
): Map<string, Row> {
  const changed = new Map<string, Row>()
  for (const [name, { hash, k }] of seen) {
    if (rows.get(name)?.h === hash) continue
    changed.set(name, { h: hash, r: rev, ...(isShort(name) && { k }) })
  }
  for (const [name, row] of rows) {
    if (row.gone !== undefined || seen.has(name)) continue
    changed.set(name, { h: null, r: rev, gone: now, ...(row.k && { k: row.k }) })
  }
  return changed
}

/** How many entries more a view has, once these rows changed. */
export function growthOf(rows: Map<string, Row>, changed: Map<string, Row>): number {
  const isShown = (row: Row | undefined): number => (row === undefined || row.gone !== undefined ? 0 : 1)
  let growth = 0
  for (const [name, row] of changed) growth += isShown(row) - isShown(rows.get(name))
  return growth
}

/** The texts of the steps from `since`, in an order that does not depend on what else there is in the store. */
export function opsOf(rows: Map<string, Row>, seen: Map<string, Projected>, since: number): string[] {
  const ops: [name: string, op: string][] = []
  for (const [name, row] of rows) {
    if (row.r <= since) continue
    const projected = seen.get(name)
    if (row.gone !== undefined) ops.push([name, JSON.stringify({ op: 'del', k: keyOfRow(name, row) } satisfies Op)])
    else if (projected !== undefined) ops.push([name, `{"op":"put",${projected.text.slice(1)}`])
    // The rows say it is there and the projection does not: they are not of one revision.
    else throw new Moved()
  }
  return byName(ops)
}

/** In an order that does not depend on what else there is in the store. */
export function inOrder(seen: Map<string, Projected>): Projected[] {
  return byName([...seen])
}

function byName<T>(pairs: [name: string, value: T][]): T[] {
  return pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value)
}
