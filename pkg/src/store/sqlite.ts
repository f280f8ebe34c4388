/**
 * A host's store in a SQLite file: the default on one machine. Several processes may have it open. The driver is
 * `libsql`, which is installed with this package where its platform is supported, and loaded only here.
 */

import type { HostStore } from './host.js'
import type { LiteStoreOptions } from './sql/lite/store.js'
import { invalid } from './json.js'
import { openFile } from './sql/lite/file.js'
import { namesWith } from './sql/lite/names.js'
import { openLite } from './sql/lite/store.js'

export interface SqliteStoreOptions extends LiteStoreOptions {
  /** What the names of the tables start with. */
  prefix?: string
  /** Milliseconds to wait for another process that writes, before `unavailable`. */
  patience?: number
  /** How often, in milliseconds, to look for commits of other processes while somebody listens. */
  poll?: number
}

/** Opens the store at `path`, making it if there is none. `:memory:` keeps it in memory. */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<HostStore> {
  if (typeof path !== 'string' || path === '') throw invalid('path', 'is not the path of a file, nor `:memory:`')
  const names = namesWith(options.prefix ?? 'lictor_')
  const { driver, surroundings } = await openFile(path, options)
  try {
    return await openLite(driver, names, options, surroundings)
  } catch (error) {
    driver.close()
    throw error
  }
}

export type { HostStore } from './host.js'
export { StoreError } from './store.js'
