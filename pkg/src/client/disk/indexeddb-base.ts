/**
 * One IndexedDB database as a base: a connection that is opened again once when the browser takes it away, and
 * transactions that end with a DiskError or not at all. Knows nothing of outbox or view.
 */

import type { IDBPDatabase, IDBPTransaction, OpenDBCallbacks } from 'idb'
import { deleteDB, openDB, unwrap } from 'idb'
import type { Base, Reader, RowKey, Seed, Writer } from './base.js'
import { DiskError } from './disk.js'
import { NotBegun, runIn } from '../../store/ending.js'

export interface IndexedDBBaseOptions {
  name: string
  tables: readonly string[]
  durability: 'strict' | 'relaxed'
  /** Left out, the database is opened at whatever version it has: for formats that only gain. */
  version?: number
  seed?: Seed
}

type Database = IDBPDatabase<unknown>
type Transaction = IDBPTransaction<unknown, string[], 'readwrite'>

/** How often an opening that the browser itself ends is tried again, and how long to wait before (milliseconds). */
const RETRIES = [20, 50, 100, 200, 400]

/** How long another tab may hold a database that is to be deleted (milliseconds). */
const PATIENCE = 5000

/** Thrown where a database that must exist does not. */
class Missing extends Error {}

export class IndexedDBBase implements Base {
  private database: Database | null = null
  private reopening: Promise<Database> | null = null
  /** Why this base is over for good. */
  private end: DiskError | null = null
  /** Another tab asked for the database: to delete it, or to change its format. */
  private asked = false

  private constructor(private readonly options: IndexedDBBaseOptions) {}

  static async open(options: IndexedDBBaseOptions): Promise<IndexedDBBase> {
    const base = new IndexedDBBase(options)
    base.database = await base.connect(true).catch((error: unknown) => {
      // Some browsers let private windows open a database and end it at once, every time.
      const ended = error instanceof DiskError && error.code === 'closed'
      throw ended ? new DiskError('unavailable', error.message, { cause: error }) : error
    })
    return base
  }

  read<T>(body: (tx: Reader) => Promise<T>): Promise<T> {
    return this.run('readonly', body)
  }

  write<T>(body: (tx: Writer) => Promise<T>): Promise<T> {
    return this.run('readwrite', body)
  }

  close(): void {
    this.finish(new DiskError('closed', 'the disk was closed'))
  }

  async wipe(): Promise<void> {
    this.close()
    await deleteDatabase(this.options.name)
  }

  private finish(reason: DiskError): void {
    this.end ??= reason
    // Transactions under way are completed by the browser.
    this.database?.close()
    this.database = null
  }

  private async run<T>(mode: IDBTransactionMode, body: (tx: Writer) => Promise<T>): Promise<T> {
    const first = await this.ready()
    try {
      return await this.transact(first, mode, body)
    } catch (error) {
      // A write that the browser ended may have happened; only reading is safe to repeat.
      const ended = mode === 'readonly' && error instanceof DiskError && error.code === 'closed'
      if (!(error instanceof NotBegun) && !ended) throw error
      if (this.database === first) this.database = null
    }
    try {
      return await this.transact(await this.ready(), mode, body)
    } catch (error) {
      if (!(error instanceof NotBegun)) throw error
      throw new DiskError('closed', `database \`${this.options.name}\` was closed again`, { cause: error })
    }
  }

  private async ready(): Promise<Database> {
    if (this.end) throw this.end
    return this.database ?? (this.reopening ??= this.reopen().finally(() => (this.reopening = null)))
  }

  private async reopen(): Promise<Database> {
    const name = `database \`${this.options.name}\``
    try {
      const database = await this.connect(false)
      if (!this.end) return (this.database = database)
      database.close()
    } catch (cause) {
      const gone = cause instanceof Missing
      this.finish(
        gone && !this.asked
          ? new DiskError('cleared', `${name} is gone: the browser cleared it; open the disk again`)
          : new DiskError('closed', `${name} was ${gone ? 'deleted by another tab' : 'closed by the browser'}`, {
              cause,
            }),
      )
    }
    throw this.end ?? new DiskError('closed', `${name} was closed`)
  }

  private async connect(create: boolean): Promise<Database> {
    for (const pause of RETRIES) {
      try {
        return await this.connectOnce(create)
      } catch (error) {
        // While Chromium is still busy closing a database by force, opening it again is aborted too.
        if (!(error instanceof DiskError && error.code === 'closed')) throw error
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
    return this.connectOnce(create)
  }

  private async connectOnce(create: boolean): Promise<Database> {
    const { name, version, tables, seed } = this.options
    const made: { missing: boolean; error: DOMException | null } = { missing: false, error: null }
    const lost = (database: IDBDatabase): void => {
      if (this.database && unwrap(this.database) === database) this.database = null
    }
    const callbacks: OpenDBCallbacks<unknown> = {
      upgrade: (db, _before, _after, tx) => {
        tx.done.catch(() => {})
        const raw = unwrap(tx)
        // An aborted upgrade leaves no database behind. The request fails then, but says only "aborted".
        raw.addEventListener('abort', () => (made.error = raw.error))
        made.missing = !create
        if (!create) return tx.abort()
        for (const table of tables) db.createObjectStore(table)
        if (seed)
          tx.objectStore(seed.table)
            .put(seed.value, seed.key)
            .catch(() => {})
      },
      blocking: (_current, _wanted, event) => {
        this.asked = true
        if (!(event.target instanceof IDBDatabase)) return
        // At once, or the other tab waits for ever.
        event.target.close()
        lost(event.target)
      },
      // The browser closed it by force. The next call opens it again.
      terminated: () => (this.database = null),
    }
    let database: Database
    try {
      // Where it is forbidden, asking for it throws at once, and so may even naming it.
      if (typeof indexedDB === 'undefined') throw new DiskError('unavailable', 'this context has no IndexedDB')
      database = await openDB(name, version, callbacks)
    } catch (cause) {
      if (made.missing) throw new Missing(name, { cause })
      throw opening(made.error ?? cause, name)
    }
    if (tables.every((table) => database.objectStoreNames.contains(table))) return database
    database.close()
    throw new DiskError('corrupt', `database \`${name}\` is not one of lictor; nothing was changed`)
  }

  private transact<T>(database: Database, mode: IDBTransactionMode, body: (tx: Writer) => Promise<T>): Promise<T> {
    const { tables, durability } = this.options
    const begin = (): Transaction => database.transaction([...tables], mode as 'readwrite', { durability })
    return runIn(begin, unwrap, (tx) => body(writer(tx)), fromBrowser)
  }
}

/** Deletes a database. Tabs that have it open let go of it; where one does not, this ends with `unavailable`. */
export async function deleteDatabase(name: string): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  await new Promise<void>((resolve, reject) => {
    const held = new DiskError('unavailable', `database \`${name}\` is held by another tab; close it and try again`)
    deleteDB(name, { blocked: () => (timer ??= setTimeout(() => reject(held), PATIENCE)) }).then(resolve, reject)
  })
    .catch((error: unknown) => {
      throw fromBrowser(error)
    })
    .finally(() => clearTimeout(timer))
}

function writer(tx: Transaction): Writer {
  // Whoever waits for the transaction hears of a failure; the request itself only must not go unhandled.
  const forget = (request: Promise<unknown>): void => void request.catch(() => {})
  return {
    get: (table: string, key: RowKey) => tx.objectStore(table).get(key),
    getAll: (table: string) => tx.objectStore(table).getAll(),
    keys: (table: string) => tx.objectStore(table).getAllKeys() as Promise<RowKey[]>,
    put: (table, key, value) => forget(tx.objectStore(table).put(value, key)),
    delete: (table, key) => forget(tx.objectStore(table).delete(key)),
    clear: (table) => forget(tx.objectStore(table).clear()),
  }
}

/** What opening a database ends with. Whatever a browser says of private windows or damaged files: it is not there. */
function opening(error: unknown, name: string): unknown {
  const known = fromBrowser(error)
  if (!(known instanceof DiskError) || known.code !== 'corrupt') return known
  return new DiskError('unavailable', `database \`${name}\` could not be opened; nothing was deleted`, { cause: error })
}

function fromBrowser(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error
  const because = `(${error.name}${error.message ? `: ${error.message}` : ''})`
  const told = (code: 'quota' | 'version' | 'unavailable' | 'closed' | 'corrupt', text: string): DiskError =>
    new DiskError(code, `${text} ${because}`, { cause: error })
  switch (error.name) {
    case 'QuotaExceededError':
      return told('quota', 'this device has no room left for it; nothing was written')
    case 'VersionError':
      return told('version', 'a newer version of lictor wrote it; reload to get that version')
    case 'SecurityError':
    case 'InvalidAccessError':
      return told('unavailable', 'this context may not use IndexedDB')
    case 'DataCloneError':
      return error
    case 'AbortError':
    case 'InvalidStateError':
    case 'TransactionInactiveError':
      return told('closed', 'the browser ended it; load again to learn what was written')
    default:
      return told('corrupt', 'the browser could not read or write its files; nothing was deleted')
  }
}
