/** Head, entities and cells in PostgreSQL: each function is one statement. */

import type { Cell } from '../../host.js'
import type { Entry } from '../../entities.js'
import type { Wish } from '../../facts.js'
import type { Relation, Revision } from '../../store.js'
import type { ScanOptions } from '../../scan.js'
import type { CellEntry, CellRange } from '../../write.js'
import type { Head } from '../head.js'
import type { Names } from './names.js'
import type { Row, Session, Sessions } from './session.js'
import { KEPT } from '../../journal.js'
import { StoreError } from '../../store.js'
import { cellEnd, guardConflict } from '../../write.js'
import { GROUP } from '../../entities.js'
import { actionSide, endOf, sideOf, userSide } from '../entity.js'

export type Stored = Entry & { text: string }
type Asker = Pick<Session | Sessions, 'rows'>

export function headSql(names: Names): string {
  return `SELECT epoch, n, columns_of, columns_at FROM ${names.head}`
}

export function headIn(row: Row | undefined): Head {
  if (!row) throw new StoreError('cleared', 'the store was emptied by somebody else; open it again')
  return {
    epoch: String(row.epoch),
    n: Number(row.n),
    columnsOf: row.columns_of === null ? null : String(row.columns_of),
    columnsAt: row.columns_at === null ? null : String(row.columns_at),
  }
}

/** The entities wished for (some perhaps twice) and the revision, in one statement: it sees one state of the data. */
export async function wished(
  asker: Asker,
  names: Names,
  wishes: readonly Wish[],
): Promise<{ now: Revision; found: Stored[] }> {
  const keys: string[] = []
  const sides: string[] = []
  const prefixes = new Set<string>()
  for (const wish of wishes) {
    if ('key' in wish) keys.push(wish.key)
    else if (wish.relation === 'access' && wish.action !== undefined) sides.push(actionSide(wish.action))
    else if (wish.relation !== 'membership') prefixes.add(`${wish.relation}/`)
    else if (wish.community !== undefined && wish.user !== undefined) {
      keys.push(`membership/${wish.community}/${wish.user}`)
      prefixes.add(`membership/${wish.community}/${GROUP}`)
    } else if (wish.community !== undefined) prefixes.add(`membership/${wish.community}/`)
    else if (wish.user !== undefined) sides.push(userSide(wish.user), userSide(GROUP))
    else prefixes.add('membership/')
  }
  const values: unknown[] = []
  const conditions: string[] = []
  if (keys.length > 0) conditions.push(`key = ANY($${values.push(keys)}::text[])`)
  if (sides.length > 0) conditions.push(`side = ANY($${values.push(sides)}::text[])`)
  for (const prefix of prefixes)
    conditions.push(`key > $${values.push(prefix)} AND key < $${values.push(endOf(prefix))}`)
  return found(asker, names, conditions, values)
}

export async function wholeStore(asker: Asker, names: Names): Promise<{ now: Revision; found: Stored[] }> {
  return found(asker, names, ['true'], [])
}

/** Branches of one statement, not one condition with OR: each has its own index. */
async function found(
  asker: Asker,
  names: Names,
  conditions: string[],
  values: unknown[],
): Promise<{ now: Revision; found: Stored[] }> {
  const head = `SELECT NULL AS key, epoch || '.' || n AS value FROM ${names.head}`
  const branches = conditions.map((condition) => `SELECT key, value FROM ${names.entity} WHERE ${condition}`)
  const rows = await asker.rows([head, ...branches].join(' UNION ALL '), values)
  const at = rows.findIndex(({ key }) => key === null)
  if (at < 0) throw new StoreError('cleared', 'the store was emptied by somebody else; open it again')
  const [now] = rows.splice(at, 1)
  return { now: String(now?.value), found: rows.map(stored) }
}

export async function page(asker: Asker, names: Names, relation: Relation, options: ScanOptions): Promise<Stored[]> {
  const { after = '', limit } = options
  const prefix = `${relation}/`
  const sql = `SELECT key, value FROM ${names.entity} WHERE key > $1 AND key < $2 ORDER BY key LIMIT $3::bigint`
  return (await asker.rows(sql, [after > prefix ? after : prefix, endOf(prefix), limit ?? null])).map(stored)
}

/** Records with when they were written, in key order. */
export async function records(
  asker: Asker,
  names: Names,
  after: string,
  limit: number,
): Promise<(Stored & { updated: number })[]> {
  const sql = `SELECT key, value, updated FROM ${names.entity} WHERE key > $1 AND key < $2 ORDER BY key LIMIT $3`
  const rows = await asker.rows(sql, [after || 'record/', endOf('record/'), limit])
  return rows.map((row) => ({ ...stored(row), updated: Number(row.updated) }))
}

export async function cell(asker: Asker, names: Names, key: string): Promise<string | null> {
  const [row] = await asker.rows(`SELECT text FROM ${names.cell} WHERE key = $1`, [key])
  return row ? String(row.text) : null
}

export async function cells(asker: Asker, names: Names, { prefix, after, limit }: CellRange): Promise<Cell[]> {
  const sql = `SELECT key, text FROM ${names.cell} WHERE key >= $1 AND key > $2 AND key < $3 ORDER BY key LIMIT $4::bigint`
  const rows = await asker.rows(sql, [prefix, after ?? '', cellEnd(prefix), limit ?? null])
  return rows.map((row) => ({ key: String(row.key), text: String(row.text) }))
}

export async function guard(asker: Asker, names: Names, guards: readonly CellEntry[]): Promise<void> {
  if (guards.length === 0) return
  const keys = guards.map(({ key }) => key)
  const rows = await asker.rows(`SELECT key, text FROM ${names.cell} WHERE key = ANY($1::text[])`, [keys])
  const stand = new Map(rows.map((row) => [String(row.key), String(row.text)]))
  for (const one of guards) if ((stand.get(one.key) ?? null) !== one.text) throw guardConflict(one)
}

/** What a write changes but for columns, in one statement. Each key is named once. */
export interface Batch {
  entities: readonly Entry[]
  updated: number
  cells: readonly CellEntry[]
  /** Where the revision goes, if it moves. */
  n?: number
  /** What that commit wrote, if it is to be noted. */
  keys?: string[] | null
  /** Told to other processes on commit. */
  notify?: Revision
}

export async function putBatch(session: Session, names: Names, batch: Batch): Promise<void> {
  const values: unknown[] = []
  const add = (value: unknown): string => `$${values.push(value)}`
  const parts: string[] = []
  const put = batch.entities.filter((entry): entry is Stored => entry.text !== null)
  if (put.length > 0) {
    const columns = [
      put.map(({ key }) => key),
      put.map(({ key, text }) => sideOf(key, text)),
      put.map(({ text }) => text),
    ]
    const lists = columns.map((column) => `${add(column)}::text[]`).join(', ')
    parts.push(`INSERT INTO ${names.entity} (key, side, value, updated)
      SELECT key, side, value, ${add(batch.updated)}::bigint FROM unnest(${lists}) AS x (key, side, value)
      ON CONFLICT (key) DO UPDATE SET side = excluded.side, value = excluded.value, updated = excluded.updated`)
  }
  const gone = batch.entities.filter(({ text }) => text === null).map(({ key }) => key)
  if (gone.length > 0) parts.push(`DELETE FROM ${names.entity} WHERE key = ANY(${add(gone)}::text[])`)
  const kept = batch.cells.filter(({ text }) => text !== null)
  if (kept.length > 0) {
    const lists = `${add(kept.map(({ key }) => key))}::text[], ${add(kept.map(({ text }) => text))}::text[]`
    parts.push(`INSERT INTO ${names.cell} (key, text) SELECT key, text FROM unnest(${lists}) AS x (key, text)
      ON CONFLICT (key) DO UPDATE SET text = excluded.text`)
  }
  const dropped = batch.cells.filter(({ text }) => text === null).map(({ key }) => key)
  if (dropped.length > 0) parts.push(`DELETE FROM ${names.cell} WHERE key = ANY(${add(dropped)}::text[])`)
  if (batch.n !== undefined) parts.push(`UPDATE ${names.head} SET n = ${add(batch.n)}::bigint`)
  if (batch.n !== undefined) {
    if (batch.keys) {
      const row = `${add(batch.n)}::bigint, ${add(JSON.stringify(batch.keys))}`
      parts.push(`INSERT INTO ${names.change} (n, keys) VALUES (${row})`)
    }
    parts.push(`DELETE FROM ${names.change} WHERE n <= ${add(batch.n - KEPT)}::bigint`)
  }
  if (parts.length === 0) return
  const last = batch.notify === undefined ? 'SELECT 1' : `SELECT pg_notify(${add(names.channel)}, ${add(batch.notify)})`
  await session.rows(`WITH ${parts.map((part, i) => `p${i} AS (${part})`).join(', ')} ${last}`, values)
}

/** Where the store stands and what the commits after `n` wrote, in one statement: it sees one state of the data. */
export async function noted(
  asker: Asker,
  names: Names,
  n: number,
): Promise<{ epoch: string; n: number; commits: string[][] }> {
  const sql = `SELECT NULL AS keys, epoch, n FROM ${names.head}
    UNION ALL (SELECT keys, NULL, n FROM ${names.change} WHERE n > $1::bigint ORDER BY n LIMIT ${KEPT})`
  const rows = await asker.rows(sql, [n])
  const head = rows.find(({ keys }) => keys === null)
  if (!head) throw new StoreError('cleared', 'the store was emptied by somebody else; open it again')
  const commits = rows.flatMap(({ keys }) => (keys === null ? [] : [JSON.parse(String(keys)) as string[]]))
  return { epoch: String(head.epoch), n: Number(head.n), commits }
}

export async function markColumns(session: Session, names: Names, of: string, at: string | null): Promise<void> {
  await session.rows(`UPDATE ${names.head} SET columns_of = $1, columns_at = $2`, [of, at])
}

function stored(row: Row): Stored {
  return { key: String(row.key), text: String(row.value) }
}
