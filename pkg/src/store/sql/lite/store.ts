/**
 * A host's store in a SQLite, whichever. Everything between two awaits is synchronous, so an answer is of one revision
 * and a write is whole; other processes are kept out by SQLite's own locks.
 */

import type { Cell, ColumnSource, HostStore, ListPage, ListQuery, Write } from '../../host.js'
import type { Entry } from '../../entities.js'
import type { Change, FactsInput, Json, Key, Relation, Revision } from '../../store.js'
import type { ScanOptions } from '../../scan.js'
import type { LiteDriver } from './driver.js'
import type { Names } from './names.js'
import { relationOf } from '../../entities.js'
import { answer, entriesOfFacts, everything, wishesOf } from '../../facts.js'
import { checkQuery } from '../../list/match.js'
import type { Changed } from '../../journal.js'
import { KEPT, sinceIn, together } from '../../journal.js'
import { Listeners } from '../../listeners.js'
import { Queue } from '../../queue.js'
import { checkScan, scanned } from '../../scan.js'
import { StoreError } from '../../store.js'
import { EntityTable } from '../../table.js'
import { cellKey, cellRange, checkedWrite, revisionConflict } from '../../write.js'
import { checkLister, checkWriter, columnsMark, revisionOf } from '../head.js'
import { LiteColumns } from './columns.js'
import { LiteList } from './list.js'
import { upgrade } from './schema.js'
import { LiteTables } from './tables.js'

export interface LiteStoreOptions {
  /** What a store that does not exist yet starts with. Ignored where one exists. */
  initial?: FactsInput
  /** What lists look at in a record: the engine. Without it `list` is refused. */
  columns?: ColumnSource
  /** The clock, in milliseconds since 1970. */
  now?: () => number
  /** Told how many records have been read when the lists are made anew for another policy. */
  progress?: (done: number) => void
}

/** How the place of the data differs: who else is there. */
export interface LiteSurroundings {
  /** Keeps other processes out of `exclusive` work. */
  lock?(): Promise<() => void>
  /** Calls back when others may have written; gives how to stop. */
  watch?(changed: () => void): () => void
  /** Told of each commit of this store, where that is how others hear of it. */
  wrote?(): void
}

/** Records whose columns are made in one transaction. */
const BATCH = 500

export async function openLite(
  driver: LiteDriver,
  names: Names,
  options: LiteStoreOptions,
  surroundings: LiteSurroundings = {},
): Promise<HostStore> {
  const initial = entriesOfFacts(options.initial === undefined ? {} : options.initial)
  const store = new LiteStore(driver, names, options, surroundings)
  upgrade(driver, names, () => store.fill(initial))
  await store.makeColumns(options.progress)
  return store
}

class LiteStore implements HostStore {
  private readonly tables: LiteTables
  private readonly lists: LiteList
  private readonly columns: LiteColumns | undefined
  private readonly source: ColumnSource | undefined
  private readonly clock: () => number
  private readonly listeners = new Listeners()
  private readonly queue = new Queue()
  private unwatch: (() => void) | null = null
  private told: Revision | null = null
  private closed = false

  constructor(
    private readonly driver: LiteDriver,
    names: Names,
    { columns, now = Date.now }: LiteStoreOptions,
    private readonly surroundings: LiteSurroundings,
  ) {
    this.tables = new LiteTables(driver, names)
    this.lists = new LiteList(driver, names)
    this.source = columns
    if (columns) this.columns = new LiteColumns(driver, names, columns)
    this.clock = now
  }

  async revision(): Promise<Revision> {
    return this.read((now) => now)
  }

  async facts(wanted: Key[]): Promise<FactsInput> {
    const wishes = wishesOf(wanted)
    return this.read((now) => answer(tableOf(this.tables.wished(wishes)), wanted, now, this.clock))
  }

  async all(): Promise<FactsInput> {
    return this.read((now) => everything(tableOf(this.tables.everything()), now))
  }

  async scan(relation: Relation, options: ScanOptions = {}): Promise<{ key: string; value: Json }[]> {
    checkScan(relation, options)
    return this.read(() => this.tables.page(relation, options).map(({ key, text }) => scanned(key, text)))
  }

  async commit(changes: Change[], expected: Revision): Promise<Revision> {
    return this.write({ changes, expected })
  }

  async write(write: Write): Promise<Revision> {
    this.checkOpen()
    const { entries, expected, cells, guards } = checkedWrite(write)
    const after = this.driver.write(() => {
      const head = this.tables.head()
      const now = revisionOf(head)
      if (expected !== undefined && expected !== now) throw revisionConflict(now, expected)
      this.tables.guard(guards)
      this.tables.putCells(cells)
      if (entries === null) return now
      if (entries.some(({ key }) => relationOf(key) === 'record')) checkWriter(head, this.source)
      this.put(entries)
      this.tables.advance(head.n + 1)
      this.tables.note(head.n + 1, entries)
      return revisionOf({ ...head, n: head.n + 1 })
    })
    if (entries === null) return after
    this.tell(after)
    this.surroundings.wrote?.()
    return after
  }

  async cell(key: string): Promise<string | null> {
    const name = cellKey(key)
    return this.read(() => this.tables.cell(name))
  }

  async cells(prefix: string, options: { after?: string; limit?: number } = {}): Promise<Cell[]> {
    const range = cellRange(prefix, options)
    return this.read(() => this.tables.cells(range))
  }

  async changed(since: Revision, limit: number): Promise<Changed | null> {
    return this.read((revision) => {
      const { epoch, n } = this.tables.head()
      const from = sinceIn(since, limit, epoch)
      if (from === null) return null
      const keys = together(this.tables.noted(from, KEPT), n - from, limit)
      return keys && { revision, keys }
    })
  }

  async list(query: ListQuery): Promise<ListPage> {
    checkQuery(query)
    return this.read((now) => {
      checkLister(this.tables.head(), this.source)
      return this.lists.page(query, now)
    })
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    this.checkOpen()
    // Here first: of one process only one waits for the others.
    return this.queue.run(async () => {
      const unlock = await this.surroundings.lock?.()
      try {
        return await work()
      } finally {
        unlock?.()
      }
    })
  }

  subscribe(listener: (revision: Revision) => void): () => void {
    const leave = this.listeners.add(listener)
    if (!this.unwatch && !this.closed && this.surroundings.watch) {
      this.told = this.read((now) => now)
      this.unwatch = this.surroundings.watch(() => this.tell(this.read((now) => now)))
    }
    return () => {
      leave()
      if (this.listeners.size === 0) this.stopWatching()
    }
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    this.stopWatching()
    this.listeners.clear()
    this.driver.close()
  }

  /** In the transaction that makes the tables. */
  fill(initial: readonly Entry[]): void {
    if (this.source) this.tables.markColumns(columnsMark(this.source), null)
    this.put(initial)
  }

  /** Makes the columns for this policy where they are of another, in batches, each of which says where the next begins. */
  async makeColumns(progress?: (done: number) => void): Promise<void> {
    const { columns, source } = this
    if (!columns || !source) return
    let done = 0
    for (;;) {
      const head = this.tables.head()
      if (head.columnsOf === columnsMark(source) && head.columnsAt === null) return
      done += this.driver.write(() => this.makeBatch(columns, columnsMark(source)))
      progress?.(done)
      // Others in this process go on meanwhile.
      await new Promise((resolve) => setTimeout(resolve))
    }
  }

  private makeBatch(columns: LiteColumns, mark: string): number {
    const head = this.tables.head()
    // Another process may have begun it too, or be done.
    if (head.columnsOf === mark && head.columnsAt === null) return 0
    const records = this.tables.records((head.columnsOf === mark && head.columnsAt) || '', BATCH)
    for (const { key, text, updated } of records) columns.put(key, text, updated)
    const last = records.length < BATCH ? null : (records.at(-1)?.key ?? null)
    this.tables.markColumns(mark, last)
    return records.length
  }

  private put(entries: readonly Entry[]): void {
    const updated = Math.max(0, Math.trunc(this.clock()))
    for (const { key, text } of entries) {
      if (text === null) this.tables.del(key)
      else this.tables.put({ key, text }, updated)
      if (!this.columns || relationOf(key) !== 'record') continue
      if (text === null) this.columns.drop(key)
      else this.columns.put(key, text, updated)
    }
  }

  private read<T>(work: (now: Revision) => T): T {
    this.checkOpen()
    return this.driver.read(() => work(revisionOf(this.tables.head())))
  }

  /** Own commits come at once, and again with those of others; each is told once. */
  private tell(revision: Revision): void {
    if (revision === this.told) return
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

function tableOf(entries: readonly Entry[]): EntityTable {
  const table = new EntityTable()
  table.apply(entries)
  return table
}
