/**
 * The IndexedDB database of one store: its object stores, how a connection is opened, and how a transaction is run.
 * Knows nothing of facts or revisions; `head.ts` knows what the rows mean, `indexeddb.ts` puts them to use.
 */

import type { DBSchema, IDBPDatabase, IDBPTransaction, OpenDBCallbacks } from 'idb'
import { deleteDB, openDB, unwrap } from 'idb'
import type { Block } from './blocks.js'
import { StoreError } from './store.js'
import { runIn } from './ending.js'

/**
 * Raised only for changes that older code could not open at all; other changes raise `FORMAT` (head.ts). Version 1 had no
 * `cells`.
 */
const DATABASE_VERSION = 2

export interface Schema extends DBSchema {
  meta: { key: 'head'; value: unknown }
  /** The snapshot, in order. */
  chunks: { key: number; value: Block }
  /** Commits since the snapshot: `[n, part]`. */
  log: { key: [n: number, part: number]; value: LogRow }
  /** Bookkeeping of the host. */
  cells: { key: string; value: string }
}
export type LogRow = Block & { parts: number }
export type Database = IDBPDatabase<Schema>
type StoreName = 'meta' | 'chunks' | 'log' | 'cells'
export type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<Schema, StoreName[], Mode>

/** The transaction in which a database is made. */
export type Making = IDBPTransaction<Schema, StoreName[], 'versionchange'>

const FIRST: StoreName[] = ['meta', 'chunks', 'log']
const EVERYTHING: StoreName[] = [...FIRST, 'cells']

export interface ConnectOptions {
  name: string
  /** How long to wait for connections that will not close, in milliseconds. */
  patience: number
  /** Fills a database that does not exist yet, in the transaction that makes it. Null: it must exist. */
  create: ((tx: Making) => void) | null
  /** The connection was closed by force (`terminated`), or given up because another tab asked for it (`asked`). */
  onLost(why: 'terminated' | 'asked'): void
}

/** How often an opening that the browser itself ends is tried again, and how long to wait before (milliseconds). */
const RETRIES = [20, 50, 100, 200, 400]

/** Opens the database, or ends with a StoreError. */
export async function connect(options: ConnectOptions): Promise<Database> {
  for (const pause of RETRIES) {
    try {
      return await connectOnce(options)
    } catch (error) {
      // While Chromium is still busy closing a database by force, opening it again is aborted too.
      if (!(error instanceof StoreError && error.code === 'closed')) throw error
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  return connectOnce(options)
}

async function connectOnce({ name, patience, create, onLost }: ConnectOptions): Promise<Database> {
  if (typeof indexedDB === 'undefined') throw new StoreError('blocked', 'this context has no IndexedDB')
  const made: { missing: boolean; foreign: boolean; error: DOMException | null } = {
    missing: false,
    foreign: false,
    error: null,
  }
  const callbacks: OpenDBCallbacks<Schema> = {
    upgrade(db, before, _after, tx) {
      // An aborted upgrade leaves no database behind. The open request fails then, but says only "aborted".
      tx.done.catch(() => {})
      const transaction = unwrap(tx)
      transaction.addEventListener('abort', () => (made.error = transaction.error))
      if (before > 0) {
        made.foreign = !hasAll(db, FIRST)
        if (made.foreign) return tx.abort()
        db.createObjectStore('cells')
        return
      }
      made.missing = create === null
      if (create === null) return tx.abort()
      for (const store of EVERYTHING) db.createObjectStore(store)
      create(tx)
    },
    blocking(_current, _wanted, event) {
      // Close at once, or the other tab's upgrade or deletion waits for us for ever.
      if (event.target instanceof IDBDatabase) event.target.close()
      onLost('asked')
    },
    terminated: () => onLost('terminated'),
  }
  const open = (blocked: () => void): Promise<Database> => openDB(name, DATABASE_VERSION, { ...callbacks, blocked })
  const database = await patiently(name, patience, open, (late) => late.close()).catch((error: unknown) => {
    if (made.missing) throw new StoreError('cleared', `database \`${name}\` is gone: its storage was cleared`)
    if (made.foreign) throw notOurs(name)
    throw fromBrowser(made.error ?? error, `open database \`${name}\``)
  })
  if (hasAll(database, EVERYTHING)) return database
  database.close()
  throw notOurs(name)
}

function hasAll(database: Database, stores: readonly StoreName[]): boolean {
  return stores.every((store) => database.objectStoreNames.contains(store))
}

function notOurs(name: string): StoreError {
  return new StoreError('invalid', `database \`${name}\` exists and is not a lictor store; choose another name`)
}

/** Deletes a store's database. Other tabs let go of it; one that does not makes this throw `blocked`. */
export async function deleteDatabase(name: string, patience: number): Promise<void> {
  if (typeof indexedDB === 'undefined') throw new StoreError('blocked', 'this context has no IndexedDB')
  await patiently(name, patience, (blocked) => deleteDB(name, { blocked })).catch((error: unknown) => {
    throw fromBrowser(error, `delete database \`${name}\``)
  })
}

/** Runs `body` in one transaction and resolves after it is complete (strict: on the disk); the rest is as `runIn` says. */
export function transact<Mode extends 'readonly' | 'readwrite', T>(
  database: Database,
  mode: Mode,
  doing: string,
  body: (tx: Transaction<Mode>) => Promise<T>,
): Promise<T> {
  const begin = (): Transaction<Mode> => database.transaction(EVERYTHING, mode, { durability: 'strict' })
  return runIn(begin, unwrap, body, (error) => fromBrowser(error, doing))
}

/** The browser's error in the words of a store. `doing` completes "could not ...". */
function fromBrowser(error: unknown, doing: string): unknown {
  if (error instanceof StoreError || !(error instanceof DOMException)) return error
  const because = `${error.name}${error.message ? `: ${error.message}` : ''}`
  const told = (code: 'quota' | 'version' | 'blocked' | 'closed' | 'corrupt', advice: string): StoreError =>
    new StoreError(code, `could not ${doing}: ${advice} (${because})`, { cause: error })
  switch (error.name) {
    case 'QuotaExceededError':
      return told('quota', 'this device has no room left for it; nothing was written')
    case 'VersionError':
      return told('version', 'a newer version of lictor wrote it; reload to get that version')
    case 'SecurityError':
    case 'InvalidAccessError':
      return told('blocked', 'this context may not use IndexedDB')
    case 'AbortError':
    case 'InvalidStateError':
    case 'TransactionInactiveError':
      return told('closed', 'the browser ended it; read the revision to learn what was written')
    default:
      return told('corrupt', 'the browser could not read or write its files; nothing was deleted')
  }
}

/** `ask` begins a request that another connection may block; after `patience` it counts as `blocked`. */
function patiently<T>(
  name: string,
  patience: number,
  ask: (blocked: () => void) => Promise<T>,
  late: (value: T) => void = () => {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let gaveUp = false
    const blocked = (): void => {
      // Most connections close within moments of being asked, so blocked now is not blocked for good.
      timer ??= setTimeout(() => {
        gaveUp = true
        reject(
          new StoreError(
            'blocked',
            `database \`${name}\` is held by another tab that does not let go; close it and try again`,
          ),
        )
      }, patience)
    }
    ask(blocked)
      .then((value) => (gaveUp ? late(value) : resolve(value)), reject)
      .finally(() => clearTimeout(timer))
  })
}
