/** What the store asks of a SQLite: `libsql` in a file or memory, and the storage of a Durable Object. Synchronous. */

export type Value = string | number | null
export type Row = { [column: string]: unknown }

export interface LiteDriver {
  /** Rows of one statement; its parameters are `?1`, `?2`, … */
  all(sql: string, ...parameters: Value[]): Row[]
  /** One statement whose rows nobody wants. */
  run(sql: string, ...parameters: Value[]): void
  /** Runs `work` in a transaction that may write: all of it is durable on return, or nothing happened. */
  write<T>(work: () => T): T
  /** Runs `work` on one state of the data. */
  read<T>(work: () => T): T
  close(): void
}

export function textIn(row: Row | undefined, column: string): string | null {
  const value = row?.[column]
  return typeof value === 'string' ? value : null
}

export function numberIn(row: Row | undefined, column: string): number {
  return Number(row?.[column] ?? 0)
}
