/**
 * The browser's store: one IndexedDB database holding a snapshot in chunks and a log of commits, read into memory on
 * opening and answered from there. A commit is one strict transaction; memory follows only when it is complete.
 * Not for data that must become unreadable on revocation: nothing is encrypted, and deleting is not erasing.
 */

import type { Change, FactsInput, Json, Key, Relation, Revision } from './store.js'
import type { Cell, ColumnSource, HostStore, ListPage, ListQuery, Write } from './host.js'
import type { Database, Transaction } from './database.js'
import type { Entry } from './entities.js'
import type { Commit, Head, Loaded } from './head.js'
import { pack, packCommit } from './blocks.js'
import { checkGuards, readCell, readCells, writeCells } from './bookkeeping.js'
import { Connection } from './connection.js'
import { deleteDatabase, transact } from './database.js'
import { stamp } from './entities.js'
import { answer, entriesOfFacts, everything } from './facts.js'
import { appendCommit, checkEpoch, load, readHead, readSince, replaceSnapshot, writeNewStore } from './head.js'
import { invalid } from './json.js'
import { Listeners } from './listeners.js'
import { Lock } from './lock.js'
import { newEpoch, revisionParts, revisionText } from './revision.js'
import { RecordRows } from './rows.js'
import { pageOf } from './scan.js'
import { StoreError } from './store.js'
import { Tabs } from './tabs.js'
import type { Changed } from './journal.js'
import { JournalLog, sinceIn } from './journal.js'
import { cellKey, cellRange, checkedWrite, revisionConflict } from './write.js'

export interface IndexedDBStoreOptions {
  /** Name of the database; one per tenant and user. */
  name: string
  /** What a store that does not exist yet starts with. Ignored where one exists. */
  initial?: FactsInput
  /** The last revision the host saw. If the store is another one, or older, opening fails with `cleared`. */
  seen?: Revision
  /** When the log is folded into the snapshot: after so many commits, or bytes (and half the snapshot's bytes). */
  compactAfter?: { commits?: number; bytes?: number }
  /** Milliseconds to wait for tabs that hold the database, before `blocked`. */
  patience?: number
  /** What lists look at in a record: the engine. Without it `list` is refused. */
  columns?: ColumnSource
}

const PATIENCE = 5000
const COMPACT_AFTER = { commits: 1000, bytes: 1024 * 1024 }

/** Opens the store, making it if there is none. Everything is in memory when this resolves. */
export async function openIndexedDBStore(options: IndexedDBStoreOptions): Promise<HostStore> {
  if (typeof options.name !== 'string' || options.name === '') throw invalid('name', 'is not the name of a database')
  const { initial = {}, patience = PATIENCE } = options
  const chunks = pack(stamp(entriesOfFacts(initial), Date.now()))
  const box: { store?: IndexedDBStore } = {}
  const connection = await Connection.open(
    options.name,
    patience,
    (tx) => writeNewStore(tx, newEpoch(), chunks),
    async (database) => box.store?.catchUpOn(database),
  )
  try {
    const loaded = await connection.run('readonly', 'load the store', load)
    checkSeen(loaded.head, options)
    box.store = new IndexedDBStore(options, connection, loaded)
    // A commit in another tab between the loading and the first listening would be missed until the next one.
    await box.store.revision()
    return box.store
  } catch (error) {
    await box.store?.close()
    connection.finish(new StoreError('closed', 'the store could not be opened'))
    throw error
  }
}

/** Deletes the store with all its commits. Tabs that have it open are told, and their stores are `closed`. */
export async function deleteIndexedDBStore({
  name,
  patience = PATIENCE,
}: {
  name: string
  patience?: number
}): Promise<void> {
  await deleteDatabase(name, patience)
}

class IndexedDBStore implements HostStore {
  private readonly name: string
  private readonly epoch: string
  private readonly listeners = new Listeners()
  private readonly tabs: Tabs
  private readonly lock: Lock
  private readonly rows: RecordRows
  private readonly journal = new JournalLog()
  private readonly bounds: { commits: number; bytes: number }
  private table: Loaded['table']
  private n: number
  private compaction: Promise<void> | null = null

  constructor(
    options: IndexedDBStoreOptions,
    private readonly connection: Connection,
    { head, table }: Loaded,
  ) {
    this.name = options.name
    this.epoch = head.epoch
    this.table = table
    this.n = head.n
    this.lock = new Lock(`lictor store ${this.name}`)
    this.rows = new RecordRows(options.columns)
    this.bounds = { ...COMPACT_AFTER, ...options.compactAfter }
    this.tabs = new Tabs(this.name, ({ epoch, n }) => {
      // A failure is remembered by the connection and told to whoever asks next.
      if (epoch !== this.epoch || n > this.n) this.catchUp().catch(() => {})
    })
  }

  /** Asks the disk, so it is also how a host finds out that the storage was cleared. */
  async revision(): Promise<Revision> {
    await this.catchUp()
    return this.now()
  }

  async facts(wanted: Key[]): Promise<FactsInput> {
    await this.connection.ready()
    return answer(this.table, wanted, this.now())
  }

  async all(): Promise<FactsInput> {
    await this.connection.ready()
    return everything(this.table, this.now())
  }

  async scan(
    relation: Relation,
    options: { after?: string; limit?: number } = {},
  ): Promise<{ key: string; value: Json }[]> {
    await this.connection.ready()
    return pageOf(this.table, relation, options)
  }

  async commit(changes: Change[], expected: Revision): Promise<Revision> {
    return this.write({ changes, expected })
  }

  async write(write: Write): Promise<Revision> {
    const { entries, expected, cells, guards } = checkedWrite(write)
    const blocks = entries && packCommit(stamp(entries, Date.now()))
    const head = await this.connection
      .run('readwrite', 'commit', async (tx) => {
        const stored = await readHead(tx)
        checkEpoch(stored, this.epoch, this.name)
        this.checkExpected(stored, expected, entries !== null)
        await checkGuards(tx, guards)
        const [next] = await Promise.all([blocks ? appendCommit(tx, stored, blocks) : stored, writeCells(tx, cells)])
        return next
      })
      .catch(async (error: unknown) => {
        // Catch up before telling, so that deciding again starts from what is true now.
        if (error instanceof StoreError && error.code === 'conflict') await this.catchUp()
        throw error
      })
    if (entries) this.follow(head, entries)
    return revisionText(head.epoch, head.n)
  }

  async cell(key: string): Promise<string | null> {
    cellKey(key)
    return this.readCells('read a cell', (tx) => readCell(tx, key))
  }

  async cells(prefix: string, options: { after?: string; limit?: number } = {}): Promise<Cell[]> {
    const range = cellRange(prefix, options)
    return this.readCells('read cells', (tx) => readCells(tx, range))
  }

  /** Only what was written since this store was opened: the log on the disk is folded when it is due. */
  async changed(since: Revision, limit: number): Promise<Changed | null> {
    const from = sinceIn(since, limit, this.epoch)
    await this.catchUp()
    const keys = from === null ? null : this.journal.between(from, this.n, limit)
    return keys && { revision: this.now(), keys }
  }

  async list(query: ListQuery): Promise<ListPage> {
    await this.connection.ready()
    return this.rows.list(this.table, query, this.now())
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    await this.connection.ready()
    return this.lock.run(work)
  }

  subscribe(listener: (revision: Revision) => void): () => void {
    return this.listeners.add(listener)
  }

  async close(): Promise<void> {
    this.listeners.clear()
    this.tabs.close()
    await this.compaction
    this.connection.finish(new StoreError('closed', 'the store was closed'))
  }

  /** On a connection just opened again: what happened meanwhile, or that this is no longer the same store. */
  async catchUpOn(database: Database): Promise<void> {
    const { epoch, n } = this
    this.take(await transact(database, 'readonly', 'read the log', (tx) => readSince(tx, epoch, n)))
  }

  private async catchUp(): Promise<void> {
    const { epoch, n } = this
    this.take(await this.connection.run('readonly', 'read the log', (tx) => readSince(tx, epoch, n)))
  }

  private take(read: { head: Head; commits: Commit[] } | Loaded): void {
    if ('commits' in read) return this.advance(read.commits)
    // While it was read, a commit of ours may have gone further.
    if (read.head.n <= this.n) return
    this.table = read.table
    this.rows.forget()
    this.journal.forget()
    this.n = read.head.n
    this.listeners.tell(this.now())
  }

  /** Applies what is new. A commit may come twice: from its own transaction and from catching up. */
  private advance(commits: readonly Commit[]): void {
    const before = this.n
    for (const { n, entries } of commits) {
      if (n !== this.n + 1) continue
      this.table.apply(entries)
      this.rows.follow(entries)
      this.journal.add(n, entries)
      this.n = n
    }
    if (this.n > before) this.listeners.tell(this.now())
  }

  private isDue(head: Head): boolean {
    return (
      head.n - head.snapshot > this.bounds.commits ||
      head.logBytes > Math.max(this.bounds.bytes, head.snapshotBytes / 2)
    )
  }

  /** Writes what memory holds as the snapshot and empties the log, in one transaction. The revision stays. */
  private async compact(): Promise<void> {
    // After the answer to the commit that made it due: packing a large store takes longer than a frame.
    await new Promise((resolve) => setTimeout(resolve))
    const { n } = this
    try {
      const chunks = pack(this.table.entries())
      await this.connection.run('readwrite', 'compact the log', async (tx) => {
        const head = await readHead(tx)
        checkEpoch(head, this.epoch, this.name)
        // Somebody wrote, or compacted, since: theirs to do, or done.
        if (head.n === n && head.snapshot < n) await replaceSnapshot(tx, head, chunks)
      })
    } catch {
      // The log still holds everything, so nothing is lost; a full disk should not be asked again at every commit.
      this.bounds.commits *= 2
      this.bounds.bytes *= 2
    }
  }

  /** A write may only follow what was seen here: a decision rests on what memory holds. */
  private checkExpected(stored: Head, expected: Revision | undefined, changes: boolean): void {
    if (expected === undefined) return
    const at = revisionText(stored.epoch, stored.n)
    if (at !== expected) throw revisionConflict(at, expected)
    if (changes && stored.n !== this.n)
      throw new StoreError('conflict', `the store is at \`${at}\`, not seen here until now; nothing was written`)
  }

  /** After a commit of our own. */
  private follow(head: Head, entries: Entry[]): void {
    this.advance([{ n: head.n, entries }])
    this.tabs.tell({ epoch: this.epoch, n: head.n })
    if (this.isDue(head)) this.compaction ??= this.compact().finally(() => (this.compaction = null))
  }

  private readCells<T>(doing: string, body: (tx: Transaction<'readonly'>) => Promise<T>): Promise<T> {
    return this.connection.run('readonly', doing, async (tx) => {
      checkEpoch(await readHead(tx), this.epoch, this.name)
      return body(tx)
    })
  }

  private now(): Revision {
    return revisionText(this.epoch, this.n)
  }
}

function checkSeen(head: Head, { name, seen }: IndexedDBStoreOptions): void {
  if (seen === undefined) return
  const last = revisionParts(seen)
  if (last?.epoch === head.epoch && last.n <= head.n) return
  const what = last?.epoch === head.epoch ? 'is older than' : 'is not the store that was at'
  throw new StoreError(
    'cleared',
    `database \`${name}\` ${what} \`${seen}\`: its storage was cleared or replaced; open it without \`seen\` to go on`,
  )
}
