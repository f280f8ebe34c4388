/**
 * Bookkeeping in the database: one row a cell, read from there each time, so that all tabs see the same. Every function
 * here runs inside a transaction and awaits nothing else.
 */

import type { Cell } from './host.js'
import type { CellEntry, CellRange } from './write.js'
import type { Transaction } from './database.js'
import { cellEnd, guardConflict } from './write.js'

type AnyTransaction = Transaction<'readonly'> | Transaction<'readwrite'>

export async function readCell(tx: AnyTransaction, key: string): Promise<string | null> {
  return (await tx.objectStore('cells').get(key)) ?? null
}

export async function readCells(tx: AnyTransaction, { prefix, after, limit }: CellRange): Promise<Cell[]> {
  const end = cellEnd(prefix)
  // A range that ends before it starts is an error to IndexedDB.
  if (after !== undefined && after >= end) return []
  const behind = after !== undefined && after >= prefix
  const range = IDBKeyRange.bound(behind ? after : prefix, end, behind, true)
  const cells = tx.objectStore('cells')
  const [keys, texts] = await Promise.all([cells.getAllKeys(range, limit), cells.getAll(range, limit)])
  return keys.map((key, i) => ({ key, text: texts[i] ?? '' }))
}

export async function checkGuards(tx: Transaction<'readwrite'>, guards: readonly CellEntry[]): Promise<void> {
  const found = await Promise.all(guards.map(({ key }) => readCell(tx, key)))
  guards.forEach((guard, i) => {
    if (found[i] !== guard.text) throw guardConflict(guard)
  })
}

export async function writeCells(tx: Transaction<'readwrite'>, cells: readonly CellEntry[]): Promise<void> {
  const shelf = tx.objectStore('cells')
  await Promise.all(cells.map(({ key, text }) => (text === null ? shelf.delete(key) : shelf.put(text, key))))
}
