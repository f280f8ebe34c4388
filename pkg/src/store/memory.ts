/**
 * A store in memory: for tests, for the edge with facts given by the host, and as the plainest statement of the contract.
 * Nothing outlives the process. Who wants data kept uses `indexeddb.ts` (browser) or a server store.
 */

import type { Change, FactsInput, Json, Key, Relation, Revision } from './store.js'
import type { Cell, ColumnSource, HostStore, ListPage, ListQuery, Write } from './host.js'
import { StoreError } from './store.js'
import { CellTable } from './cells.js'
import { stamp } from './entities.js'
import { answer, entriesOfFacts, everything } from './facts.js'
import { Listeners } from './listeners.js'
import { Queue } from './queue.js'
import { newEpoch, revisionText } from './revision.js'
import { RecordRows } from './rows.js'
import { pageOf } from './scan.js'
import { EntityTable } from './table.js'
import type { Changed } from './journal.js'
import { JournalLog, sinceIn } from './journal.js'
import { cellKey, cellRange, checkedWrite, revisionConflict } from './write.js'

export interface MemoryStoreOptions {
  /** What lists look at in a record: the engine. Without it `list` is refused. */
  columns?: ColumnSource
  /** The clock, in milliseconds since 1970. */
  now?: () => number
}

/** A store that holds `initial` and nothing else; what is not in it does not exist. */
export async function openMemoryStore(initial: FactsInput = {}, options: MemoryStoreOptions = {}): Promise<HostStore> {
  return new MemoryStore(initial, options)
}

class MemoryStore implements HostStore {
  private readonly epoch = newEpoch()
  private readonly table = new EntityTable()
  private readonly stored = new CellTable()
  private readonly listeners = new Listeners()
  private readonly queue = new Queue()
  private readonly journal = new JournalLog()
  private readonly rows: RecordRows
  private readonly clock: () => number
  private n = 0
  private closed = false

  constructor(initial: FactsInput, { columns, now = Date.now }: MemoryStoreOptions) {
    this.rows = new RecordRows(columns)
    this.clock = now
    this.table.apply(stamp(entriesOfFacts(initial), now()))
  }

  async revision(): Promise<Revision> {
    return this.now()
  }

  async facts(wanted: Key[]): Promise<FactsInput> {
    return answer(this.table, wanted, this.now(), this.clock)
  }

  async all(): Promise<FactsInput> {
    return everything(this.table, this.now())
  }

  async scan(
    relation: Relation,
    options: { after?: string; limit?: number } = {},
  ): Promise<{ key: string; value: Json }[]> {
    this.checkOpen()
    return pageOf(this.table, relation, options)
  }

  async commit(changes: Change[], expected: Revision): Promise<Revision> {
    return this.write({ changes, expected })
  }

  async write(write: Write): Promise<Revision> {
    // From here to the end nothing is awaited, so no other write can come between.
    const before = this.now()
    const { entries, expected, cells, guards } = checkedWrite(write)
    if (expected !== undefined && expected !== before) throw revisionConflict(before, expected)
    this.stored.check(guards)
    this.stored.apply(cells)
    if (entries === null) return before
    this.table.apply(stamp(entries, this.clock()))
    this.rows.follow(entries)
    this.n += 1
    this.journal.add(this.n, entries)
    const next = this.now()
    this.listeners.tell(next)
    return next
  }

  async cell(key: string): Promise<string | null> {
    this.checkOpen()
    return this.stored.get(cellKey(key))
  }

  async cells(prefix: string, options: { after?: string; limit?: number } = {}): Promise<Cell[]> {
    this.checkOpen()
    return this.stored.page(cellRange(prefix, options))
  }

  async changed(since: Revision, limit: number): Promise<Changed | null> {
    const revision = this.now()
    const from = sinceIn(since, limit, this.epoch)
    const keys = from === null ? null : this.journal.between(from, this.n, limit)
    return keys && { revision, keys }
  }

  async list(query: ListQuery): Promise<ListPage> {
    return this.rows.list(this.table, query, this.now())
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    this.checkOpen()
    return this.queue.run(work)
  }

  subscribe(listener: (revision: Revision) => void): () => void {
    return this.listeners.add(listener)
  }

  async close(): Promise<void> {
    this.closed = true
    this.listeners.clear()
  }

  private now(): Revision {
    this.checkOpen()
    return revisionText(this.epoch, this.n)
  }

  private checkOpen(): void {
    if (this.closed) throw new StoreError('closed', 'the store was closed')
  }
}
