/** A host's store in the SQLite of a Durable Object. The object is its only user, and its output gate makes it durable. */

import type { HostStore } from './host.js'
import type { LiteDriver, Row, Value } from './sql/lite/driver.js'
import type { LiteStoreOptions } from './sql/lite/store.js'
import type { LiteSurroundings } from './sql/lite/store.js'
import { Queue } from './queue.js'
import { failure } from './sql/lite/failure.js'
import { namesWith } from './sql/lite/names.js'
import { openLite } from './sql/lite/store.js'

/** `ctx.storage` of an object whose class is declared in `new_sqlite_classes`. */
export interface DurableStorage {
  readonly sql: { exec(query: string, ...bindings: Value[]): { toArray(): Row[] } }
  transactionSync<T>(work: () => T): T
}

export interface DurableStoreOptions extends LiteStoreOptions {
  /** What the names of the tables start with; the object's own tables need other names. */
  prefix?: string
}

/** Opens the store in the object's storage, making it if there is none. */
export async function openDurableStore(storage: DurableStorage, options: DurableStoreOptions = {}): Promise<HostStore> {
  const { prefix = 'lictor_' } = options
  return openLite(driverOf(storage), namesWith(prefix), options, surroundingsOf(storage, prefix))
}

/** Stores on the same tables. There are no others: an object runs in one place. */
const opened = new WeakMap<DurableStorage, Map<string, LiteSurroundings>>()

function surroundingsOf(storage: DurableStorage, prefix: string): LiteSurroundings {
  const stores = opened.get(storage) ?? new Map<string, LiteSurroundings>()
  opened.set(storage, stores)
  const known = stores.get(prefix)
  if (known) return known
  const watchers = new Set<() => void>()
  const queue = new Queue()
  const made: LiteSurroundings = {
    watch: (changed) => {
      watchers.add(changed)
      return () => void watchers.delete(changed)
    },
    wrote: () => {
      for (const changed of watchers) changed()
    },
    lock: () => new Promise((locked) => void queue.run(() => new Promise<void>((unlock) => locked(unlock)))),
  }
  stores.set(prefix, made)
  return made
}

function driverOf(storage: DurableStorage): LiteDriver {
  const all = (sql: string, ...parameters: Value[]): Row[] => {
    try {
      return storage.sql.exec(sql, ...parameters).toArray()
    } catch (error) {
      throw failure(error)
    }
  }
  return {
    all,
    run: (sql, ...parameters) => void all(sql, ...parameters),
    write: (work) => storage.transactionSync(work),
    // Nothing else runs in the object while `work` does.
    read: (work) => work(),
    close: () => {},
  }
}

export type { HostStore } from './host.js'
export { StoreError } from './store.js'
