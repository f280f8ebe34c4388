/**
 * The least a disk must do: rows by key in named tables, and transactions. The outbox and the view are written once, on
 * this; `indexeddb-base.ts` and `memory-base.ts` are the two that exist. Knows nothing of what the rows mean.
 */

export type RowKey = number | string

export interface Reader {
  get(table: string, key: RowKey): Promise<unknown>
  /** In the order of their keys. */
  getAll(table: string): Promise<unknown[]>
  keys(table: string): Promise<RowKey[]>
}

export interface Writer extends Reader {
  /** Not awaited: what goes wrong ends the transaction. */
  put(table: string, key: RowKey, value: unknown): void
  delete(table: string, key: RowKey): void
  clear(table: string): void
}

export interface Base {
  /**
   * Runs `body` in one transaction and resolves when it is complete. `body` may await nothing but requests of this
   * transaction, because any other await ends it early. What it throws undoes everything.
   */
  read<T>(body: (tx: Reader) => Promise<T>): Promise<T>
  write<T>(body: (tx: Writer) => Promise<T>): Promise<T>
  close(): void
  /** Deletes all of it; other handles on it are closed. */
  wipe(): Promise<void>
}

/** What a base starts with when it is made: written together with it, so that its absence means a clearing. */
export interface Seed {
  table: string
  key: RowKey
  value: unknown
}

export const OUT_TABLES = ['meta', 'kept']
export const VIEW_TABLES = ['meta', 'blocks', 'bundles']

/** The name of something that must never be named again. Not `randomUUID`, which plain http pages lack. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null
}
