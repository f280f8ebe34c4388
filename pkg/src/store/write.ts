/**
 * What a host writes at once, checked before anything is touched, the same in every store. Not for carrying it out:
 * each store does that in its own transaction.
 */

import type { Write } from './host.js'
import type { Entry } from './entities.js'
import type { Change, Revision } from './store.js'
import { StoreError } from './store.js'
import { entriesOfChanges } from './entities.js'
import { MAX_ENTITY_BYTES, exceeds, invalid, isPlainObject, member } from './json.js'

/** Bookkeeping as it is written, or as it must stand: null where there is none. */
export interface CellEntry {
  key: string
  text: string | null
}

export interface CellRange {
  prefix: string
  after?: string
  limit?: number
}

export interface CheckedWrite {
  /** Null where no changes are given: then the revision stays. An empty list of changes moves it. */
  entries: Entry[] | null
  /** Where the store must be; undefined: anywhere. */
  expected: Revision | undefined
  cells: CellEntry[]
  guards: CellEntry[]
}

const MEMBERS = ['changes', 'expected', 'cells', 'guards']
const MAX_KEY = 1024
const PRINTABLE = /^[\x20-\x7e]+$/

export function checkedWrite(write: Write): CheckedWrite {
  if (!isPlainObject(write)) throw invalid('write', 'is not an object')
  for (const name of Object.keys(write))
    // Misspelt guards must not pass as none.
    if (!MEMBERS.includes(name)) throw invalid(`write${member(name)}`, `is not one of ${MEMBERS.join(', ')}`)
  const { changes, expected } = write
  if (changes !== undefined && typeof expected !== 'string')
    throw invalid('write.expected', 'changes need the revision they were decided at')
  if (expected !== undefined && typeof expected !== 'string') throw invalid('write.expected', 'is not a revision')
  return {
    // The cast is safe: every change is checked.
    entries: changes === undefined ? null : entriesOfChanges(changes as Change[]),
    expected,
    cells: lastOfEach(checkCells(write.cells, 'write.cells')),
    guards: checkCells(write.guards, 'write.guards'),
  }
}

export function cellKey(key: unknown, path = 'key'): string {
  if (typeof key !== 'string' || key.length > MAX_KEY || !PRINTABLE.test(key))
    throw invalid(path, `is not the key of a cell: 1 to ${MAX_KEY} printable ASCII characters`)
  return key
}

export function cellRange(prefix: unknown, options: { after?: string; limit?: number } = {}): CellRange {
  const { after, limit } = options
  if (prefix !== '') cellKey(prefix, 'prefix')
  if (after !== undefined) cellKey(after, 'options.after')
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0))
    throw invalid('options.limit', `\`${String(limit)}\` is not a positive whole number`)
  return { prefix: String(prefix), ...(after !== undefined && { after }), ...(limit !== undefined && { limit }) }
}

/** Above every key that starts with the prefix: keys are ASCII, and this is not. */
export function cellEnd(prefix: string): string {
  return `${prefix}\uFFFF`
}

export function guardConflict({ key, text }: CellEntry): StoreError {
  const stands = text === null ? 'is there' : 'is not what it was'
  return new StoreError('conflict', `cell \`${key}\` ${stands}; nothing was written`)
}

export function revisionConflict(now: Revision, expected: Revision): StoreError {
  return new StoreError('conflict', `the store is at \`${now}\`, not at \`${expected}\`; nothing was written`)
}

function checkCells(cells: unknown, path: string): CellEntry[] {
  if (cells === undefined) return []
  if (!Array.isArray(cells)) throw invalid(path, 'is not a list')
  return cells.map((cell: unknown, i) => {
    if (!isPlainObject(cell)) throw invalid(`${path}[${i}]`, 'is not a cell')
    return { key: cellKey(cell.key, `${path}[${i}].key`), text: checkText(cell.text, `${path}[${i}].text`) }
  })
}

/** PostgreSQL has no NUL in texts, and half a surrogate pair has no UTF-8: what is read must be what was written. */
function checkText(text: unknown, path: string): string | null {
  if (text === null) return null
  if (typeof text !== 'string') throw invalid(path, 'is neither text nor null')
  if (/\0|\p{Surrogate}/u.test(text)) throw invalid(path, 'holds NUL, or half a character')
  if (exceeds(text, MAX_ENTITY_BYTES)) throw invalid(path, `is larger than ${MAX_ENTITY_BYTES} bytes`)
  return text
}

/** As with changes, a later line about one key replaces an earlier one. */
function lastOfEach(cells: CellEntry[]): CellEntry[] {
  return [...new Map(cells.map((cell) => [cell.key, cell])).values()]
}
