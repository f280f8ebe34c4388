/**
 * What the rows of the database mean: the head (one row that says which store this is and how far it has come), the
 * snapshot and the log. Reading and writing of these only; when to do so is decided in `indexeddb.ts`.
 * Every function here runs inside a transaction and awaits nothing else.
 */

import type { Entry } from './entities.js'
import type { Block } from './blocks.js'
import type { Making, Transaction } from './database.js'
import { corrupt, sizeOf, unpack } from './blocks.js'
import { StoreError } from './store.js'
import { EntityTable } from './table.js'

/**
 * Raised when the rows mean something new. Old code refuses them; new code must read all older formats. Format 1 did not
 * keep when records were written; its lines are read as they are, and new ones may stand beside them.
 */
const FORMAT = 2
const SENTINEL = 'lictor store'

export interface Head {
  /** A store that was emptied has no head, and so no sentinel: that is how a clearing is told from an empty store. */
  sentinel: typeof SENTINEL
  format: number
  /** The identity of this database; see `revision.ts`. */
  epoch: string
  /** Commits so far. */
  n: number
  /** The commit the snapshot stands at; the log holds `snapshot + 1` to `n`. */
  snapshot: number
  chunks: number
  snapshotBytes: number
  logBytes: number
}

/** Written with the database itself, so a database without a head is one that was cleared. */
export function writeNewStore(tx: Making, epoch: string, chunks: readonly Block[]): void {
  const counts = { n: 0, snapshot: 0, chunks: chunks.length, snapshotBytes: sizeOf(chunks), logBytes: 0 }
  const head: Head = { sentinel: SENTINEL, format: FORMAT, epoch, ...counts }
  const shelf = tx.objectStore('chunks')
  const requests = [tx.objectStore('meta').put(head, 'head'), ...chunks.map((chunk, i) => shelf.put(chunk, i))]
  // Whoever opens the database hears of a failure; here it only must not go unhandled.
  Promise.all(requests).catch(() => {})
}

export async function readHead(tx: Transaction<'readonly'> | Transaction<'readwrite'>): Promise<Head> {
  const stored: unknown = await tx.objectStore('meta').get('head')
  const name = `database \`${tx.db.name}\``
  if (stored === undefined) {
    throw new StoreError('cleared', `${name} was emptied by something else; delete it to start anew`)
  }
  if (typeof stored !== 'object' || stored === null) throw corrupt(`the head of ${name}`, 'it is not an object')
  const head = stored as Partial<Head>
  if (head.sentinel !== SENTINEL) throw corrupt(`the head of ${name}`, 'it is not one of lictor')
  if (typeof head.format === 'number' && head.format > FORMAT) {
    throw new StoreError(
      'version',
      `${name} has format ${head.format} and this version of lictor reads ${FORMAT}; reload to get the newer version`,
    )
  }
  if ((head.format !== 1 && head.format !== FORMAT) || typeof head.epoch !== 'string' || !hasCounts(head))
    throw corrupt(`the head of ${name}`, 'fields are missing')
  return head
}

export interface Loaded {
  head: Head
  table: EntityTable
}

/** Snapshot and log. All requests are made before the first answer is awaited, so the browser reads them in one go. */
export async function load(tx: Transaction<'readonly'>): Promise<Loaded> {
  const [head, chunks, log] = await Promise.all([readHead(tx), tx.objectStore('chunks').getAll(), readLog(tx, 0)])
  if (chunks.length !== head.chunks)
    throw corrupt('the snapshot', `${chunks.length} of ${head.chunks} chunks are there`)
  const table = new EntityTable()
  chunks.forEach((chunk, i) => table.apply(unpack(chunk, `chunk ${i} of the snapshot`)))
  checkLog(log, head.snapshot, head.n)
  for (const { entries } of log) table.apply(entries)
  return { head, table }
}

export interface Commit {
  n: number
  entries: Entry[]
}

/** The commits after `n`, or everything where the log no longer reaches back so far. */
export async function readSince(
  tx: Transaction<'readonly'>,
  epoch: string,
  n: number,
): Promise<{ head: Head; commits: Commit[] } | Loaded> {
  const head = await readHead(tx)
  checkEpoch(head, epoch, tx.db.name)
  if (head.snapshot > n) return load(tx)
  if (head.n <= n) return { head, commits: [] }
  const commits = await readLog(tx, n)
  checkLog(commits, n, head.n)
  return { head, commits }
}

export function checkEpoch(head: Head, epoch: string, name: string): void {
  if (head.epoch === epoch) return
  throw new StoreError('cleared', `database \`${name}\` was cleared and made anew by somebody else; open it again`)
}

export async function appendCommit(tx: Transaction<'readwrite'>, head: Head, blocks: readonly Block[]): Promise<Head> {
  const next = { ...head, format: FORMAT, n: head.n + 1, logBytes: head.logBytes + sizeOf(blocks) }
  const log = tx.objectStore('log')
  // `add`, not `put`: a row that is there already means that the head lies, and the transaction must fail.
  const rows = blocks.map((block, part) => log.add({ ...block, parts: blocks.length }, [next.n, part]))
  await Promise.all([...rows, tx.objectStore('meta').put(next, 'head')])
  return next
}

export async function replaceSnapshot(
  tx: Transaction<'readwrite'>,
  head: Head,
  chunks: readonly Block[],
): Promise<Head> {
  const counts = { snapshot: head.n, chunks: chunks.length, snapshotBytes: sizeOf(chunks), logBytes: 0 }
  const next = { ...head, format: FORMAT, ...counts }
  const shelf = tx.objectStore('chunks')
  await Promise.all([
    shelf.clear(),
    tx.objectStore('log').clear(),
    ...chunks.map((chunk, i) => shelf.put(chunk, i)),
    tx.objectStore('meta').put(next, 'head'),
  ])
  return next
}

async function readLog(tx: Transaction<'readonly'>, after: number): Promise<Commit[]> {
  const range = IDBKeyRange.lowerBound([after + 1])
  const [keys, rows] = await Promise.all([tx.objectStore('log').getAllKeys(range), tx.objectStore('log').getAll(range)])
  const commits: Commit[] = []
  let next = 0
  keys.forEach(([n, part], i) => {
    const row = rows[i]
    const what = `commit ${n} of the log`
    const begun = commits.at(-1)
    if (part !== next || (part > 0 && begun?.n !== n)) throw corrupt(what, 'parts are missing')
    const entries = unpack(row, what)
    if (part === 0 || !begun) commits.push({ n, entries })
    else for (const entry of entries) begun.entries.push(entry)
    next = part + 1 === row?.parts ? 0 : part + 1
  })
  if (next !== 0) throw corrupt(`commit ${commits.at(-1)?.n ?? after + 1} of the log`, 'parts are missing')
  return commits
}

function checkLog(log: readonly Commit[], from: number, to: number): void {
  const whole = log.length === to - from && log.every(({ n }, i) => n === from + 1 + i)
  if (!whole) throw corrupt('the log', `commits ${from + 1} to ${to} are not all there`)
}

function hasCounts(head: Partial<Head>): head is Head {
  const counts = [head.n, head.snapshot, head.chunks, head.snapshotBytes, head.logBytes]
  return counts.every((count) => typeof count === 'number' && Number.isSafeInteger(count) && count >= 0)
}
