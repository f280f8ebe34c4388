/**
 * A host's store in PostgreSQL. Every writer first locks the row of the head, so writes happen one after another, in
 * whatever process; readers wait for nobody.
 */

import type { Cell, ColumnSource, HostStore, ListPage, ListQuery, Write } from '../../host.js'
import type { Entry } from '../../entities.js'
import type { Change, FactsInput, Json, Key, Relation, Revision } from '../../store.js'
import type { ScanOptions } from '../../scan.js'
import type { Names } from './names.js'
import type { Session, Sessions } from './session.js'
import { relationOf } from '../../entities.js'
import { answer, everything, wishesOf } from '../../facts.js'
import { checkQuery } from '../../list/match.js'
import type { Changed } from '../../journal.js'
import { keysOf, sinceIn, together } from '../../journal.js'
import { Listeners } from '../../listeners.js'
import { Queue } from '../../queue.js'
import { revisionParts } from '../../revision.js'
import { checkScan, scanned } from '../../scan.js'
import { StoreError } from '../../store.js'
import { EntityTable } from '../../table.js'
import { cellKey, cellRange, checkedWrite, revisionConflict } from '../../write.js'
import { checkLister, checkWriter, columnsMark, revisionOf } from '../head.js'
import { dropColumns, putColumns, shelfIn, shelvesSql } from './columns.js'
import { isUnsupported } from './failure.js'
import { listPage } from './list.js'
import { lockOf } from './names.js'
import {
  cell,
  cells,
  guard,
  headIn,
  headSql,
  markColumns,
  noted,
  page,
  putBatch,
  records,
  wholeStore,
  wished,
} from './tables.js'

export interface PgSurroundings {
  sessions: Sessions
  names: Names
  columns: ColumnSource | undefined
  now: () => number
  /** Whether the server has `pg_notify`. */
  notifies: boolean
  /** Calls back with the revisions of others; gives how to stop. */
  watch(tell: (revision: Revision) => void, look: () => Promise<void>): () => void
  end(): Promise<void>
}

/** Records whose columns are made in one transaction. */
const BATCH = 500
/** Entities written by one statement. */
const AT_ONCE = 5000

export class PgStore implements HostStore {
  private readonly sessions: Sessions
  private readonly names: Names
  private readonly listeners = new Listeners()
  private readonly queue = new Queue()
  private unwatch: (() => void) | null = null
  private told: Revision | null = null
  private closed: Promise<void> | null = null

  constructor(private readonly around: PgSurroundings) {
    this.sessions = around.sessions
    this.names = around.names
  }

  async revision(): Promise<Revision> {
    this.checkOpen()
    const [row] = await this.sessions.rows(headSql(this.names))
    const now = revisionOf(headIn(row))
    // Where nobody listens it was told to everybody: who comes later hears of what comes later.
    if (!this.unwatch) this.tell(now)
    return now
  }

  async facts(wanted: Key[]): Promise<FactsInput> {
    this.checkOpen()
    const { now, found } = await wished(this.sessions, this.names, wishesOf(wanted))
    return answer(tableOf(found), wanted, now, this.around.now)
  }

  async all(): Promise<FactsInput> {
    this.checkOpen()
    const { now, found } = await wholeStore(this.sessions, this.names)
    return everything(tableOf(found), now)
  }

  async scan(relation: Relation, options: ScanOptions = {}): Promise<{ key: string; value: Json }[]> {
    this.checkOpen()
    checkScan(relation, options)
    return (await page(this.sessions, this.names, relation, options)).map(({ key, text }) => scanned(key, text))
  }

  async commit(changes: Change[], expected: Revision): Promise<Revision> {
    return this.write({ changes, expected })
  }

  async write(write: Write): Promise<Revision> {
    this.checkOpen()
    const { entries, expected, cells, guards } = checkedWrite(write)
    const after = await this.sessions.write([`${headSql(this.names)} FOR UPDATE`], async (session, rows) => {
      const head = headIn(rows[0]?.[0])
      const now = revisionOf(head)
      if (expected !== undefined && expected !== now) throw revisionConflict(now, expected)
      await guard(session, this.names, guards)
      if (entries === null) {
        await putBatch(session, this.names, { entities: [], updated: 0, cells })
        return now
      }
      if (entries.some(({ key }) => relationOf(key) === 'record')) checkWriter(head, this.around.columns)
      const n = head.n + 1
      const next = revisionOf({ ...head, n })
      await this.put(session, entries)
      await putBatch(session, this.names, {
        entities: [],
        updated: 0,
        cells,
        n,
        keys: keysOf(entries),
        ...(this.around.notifies && { notify: next }),
      })
      return next
    })
    if (entries !== null) this.tell(after)
    return after
  }

  async cell(key: string): Promise<string | null> {
    this.checkOpen()
    return cell(this.sessions, this.names, cellKey(key))
  }

  async cells(prefix: string, options: { after?: string; limit?: number } = {}): Promise<Cell[]> {
    this.checkOpen()
    return cells(this.sessions, this.names, cellRange(prefix, options))
  }

  async changed(since: Revision, limit: number): Promise<Changed | null> {
    this.checkOpen()
    const epoch = revisionParts(since)?.epoch ?? ''
    const from = sinceIn(since, limit, epoch)
    if (from === null) return null
    const found = await noted(this.sessions, this.names, from)
    const keys = found.epoch === epoch ? together(found.commits, found.n - from, limit) : null
    return keys && { revision: revisionOf(found), keys }
  }

  async list(query: ListQuery): Promise<ListPage> {
    this.checkOpen()
    checkQuery(query)
    const first = [headSql(this.names), shelvesSql(this.names)]
    return this.sessions.read(first, async (session, [heads = [], shelves = []]) => {
      const head = headIn(heads[0])
      checkLister(head, this.around.columns)
      return listPage(session, this.names, query, shelves.map(shelfIn), revisionOf(head))
    })
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    this.checkOpen()
    // Here first: a process must not wait with all its connections at once.
    return this.queue.run(() =>
      this.sessions.use(async (session) => {
        const numbers = lockOf(this.names, 'exclusive')
        const locked = await lock(session, numbers)
        try {
          return await work()
        } finally {
          // A connection that was cut has let it go already.
          if (locked) await session.rows('SELECT pg_advisory_unlock($1, $2)', numbers).catch(() => {})
        }
      }),
    )
  }

  subscribe(listener: (revision: Revision) => void): () => void {
    const leave = this.listeners.add(listener)
    if (!this.closed)
      this.unwatch ??= this.around.watch(
        (revision) => this.tell(revision),
        () => this.look(),
      )
    return () => {
      leave()
      if (this.listeners.size === 0) this.stopWatching()
    }
  }

  async close(): Promise<void> {
    this.closed ??= (async () => {
      this.stopWatching()
      this.listeners.clear()
      await this.around.end()
    })()
    return this.closed
  }

  /** In the transaction that makes the tables. */
  async fill(session: Session, initial: readonly Entry[]): Promise<void> {
    if (this.around.columns) await markColumns(session, this.names, columnsMark(this.around.columns), null)
    await this.put(session, initial)
  }

  /** Makes the columns for this policy where they are of another, in batches, each of which says where the next begins. */
  async makeColumns(progress?: (done: number) => void): Promise<void> {
    const source = this.around.columns
    if (!source) return
    const mark = columnsMark(source)
    let done = 0
    for (;;) {
      const [row] = await this.sessions.rows(headSql(this.names))
      const head = headIn(row)
      if (head.columnsOf === mark && head.columnsAt === null) return
      done += await this.makeBatch(source)
      progress?.(done)
    }
  }

  private async makeBatch(source: ColumnSource): Promise<number> {
    const mark = columnsMark(source)
    return this.sessions.write([`${headSql(this.names)} FOR UPDATE`], async (session, rows) => {
      const head = headIn(rows[0]?.[0])
      // Another process may have begun it too, or be done.
      if (head.columnsOf === mark && head.columnsAt === null) return 0
      const from = (head.columnsOf === mark && head.columnsAt) || ''
      const batch = await records(session, this.names, from, BATCH)
      await putColumns(session, this.names, source, batch)
      await markColumns(session, this.names, mark, batch.length < BATCH ? null : (batch.at(-1)?.key ?? null))
      return batch.length
    })
  }

  private async put(session: Session, entries: readonly Entry[]): Promise<void> {
    const updated = Math.max(0, Math.trunc(this.around.now()))
    const entities = [...new Map(entries.map((entry) => [entry.key, entry])).values()]
    for (let from = 0; from < entities.length; from += AT_ONCE)
      await putBatch(session, this.names, { entities: entities.slice(from, from + AT_ONCE), updated, cells: [] })
    const changed = entities.filter(({ key }) => relationOf(key) === 'record')
    if (changed.length === 0) return
    const { columns } = this.around
    if (columns)
      await putColumns(
        session,
        this.names,
        columns,
        changed.map((entry) => ({ ...entry, updated })),
      )
    else
      await dropColumns(
        session,
        this.names,
        changed.map(({ key }) => key),
      )
  }

  private async look(): Promise<void> {
    this.tell(await this.revision())
  }

  /** Commits are heard here when they are made and again as a notification, perhaps late: only what is new is told. */
  private tell(revision: Revision): void {
    const last = this.told === null ? null : revisionParts(this.told)
    const next = revisionParts(revision)
    if (!next || (last?.epoch === next.epoch && next.n <= last.n)) return
    this.told = revision
    this.listeners.tell(revision)
  }

  private stopWatching(): void {
    this.unwatch?.()
    this.unwatch = null
  }

  private checkOpen(): void {
    if (this.closed) throw new StoreError('closed', 'the store was closed')
  }
}

async function lock(session: Session, numbers: [number, number]): Promise<boolean> {
  try {
    await session.rows('SELECT pg_advisory_lock($1, $2)', numbers)
    return true
  } catch (error) {
    // One of PostgreSQL's kin: the lock is a hint, `expected` and guards keep writes right.
    if (isUnsupported(error)) return false
    throw error
  }
}

function tableOf(entries: readonly Entry[]): EntityTable {
  const table = new EntityTable()
  table.apply(entries)
  return table
}
