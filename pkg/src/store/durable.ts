/** A host's store in the SQLite of a Durable Object. The object is its only user, and its output gate makes it durable. */

import type { HostStore } from './host.js'
import type { LiteDriver, Row, Value } from './sql/lite/driver.js'
import type { LiteStoreOptions } from './sql/lite/store.js'
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
  return openLite(driverOf(storage), namesWith(options.prefix ?? 'lictor_'), options)
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
