/** SQLite in a file, through `libsql`: durable commits, readers that wait for nobody, and the lock for `exclusive`. */

import type Database from 'libsql'
import type { LiteDriver, Row, Value } from './driver.js'
import type { LiteSurroundings } from './store.js'
import { StoreError } from '../../store.js'
import { numberIn } from './driver.js'
import { failure } from './failure.js'

export interface FileOptions {
  patience?: number
  poll?: number
}

const PATIENCE = 5000
const POLL = 100
/** Between two tries for the lock. */
const NAP = 10
/** Statements kept ready. Their texts are few: lists differ in shape only. */
const STATEMENTS = 200

export async function openFile(
  path: string,
  { patience = PATIENCE, poll = POLL }: FileOptions,
): Promise<{ driver: LiteDriver; surroundings: LiteSurroundings }> {
  const Driver = await load()
  const driver = new FileDriver(open(Driver, path, patience))
  if (path === ':memory:') return { driver, surroundings: {} }
  return { driver, surroundings: { watch: (changed) => watch(driver, poll, changed), lock: () => lock(Driver, path) } }
}

type Driver = typeof Database

async function load(): Promise<Driver> {
  try {
    return (await import('libsql')).default
  } catch (cause) {
    throw new StoreError('unavailable', 'SQLite needs the package `libsql`; install it, or use another store', {
      cause,
    })
  }
}

function open(Driver: Driver, path: string, patience: number): Database.Database {
  try {
    const database = new Driver(path, { timeout: patience })
    database.exec(`PRAGMA busy_timeout = ${Math.trunc(patience)}`)
    database.exec('PRAGMA journal_mode = WAL')
    // Every commit reaches the disk before it is acknowledged.
    database.exec('PRAGMA synchronous = FULL')
    // 64 MB of pages: with the 2 MB it takes by itself, a large store would read a page from the disk for every row.
    database.exec('PRAGMA cache_size = -65536')
    return database
  } catch (error) {
    throw failure(error)
  }
}

class FileDriver implements LiteDriver {
  private readonly statements = new Map<string, Database.Statement>()

  constructor(private readonly database: Database.Database) {}

  all(sql: string, ...parameters: Value[]): Row[] {
    return this.attempt(() => this.prepared(sql).all(...parameters) as Row[])
  }

  run(sql: string, ...parameters: Value[]): void {
    this.attempt(() => this.prepared(sql).run(...parameters))
  }

  write<T>(work: () => T): T {
    return this.transaction('BEGIN IMMEDIATE', work)
  }

  read<T>(work: () => T): T {
    return this.transaction('BEGIN', work)
  }

  close(): void {
    this.statements.clear()
    this.database.close()
  }

  private transaction<T>(begin: string, work: () => T): T {
    this.attempt(() => this.database.exec(begin))
    try {
      const result = work()
      this.attempt(() => this.database.exec('COMMIT'))
      return result
    } catch (error) {
      // Some failures end the transaction by themselves.
      if (this.database.inTransaction) this.attempt(() => this.database.exec('ROLLBACK'))
      throw error
    }
  }

  private prepared(sql: string): Database.Statement {
    let statement = this.statements.get(sql)
    if (!statement) {
      statement = this.database.prepare(sql)
      if (this.statements.size >= STATEMENTS) this.statements.clear()
      this.statements.set(sql, statement)
    }
    return statement
  }

  private attempt<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw failure(error)
    }
  }
}

/** SQLite tells nobody of commits, but a number changes with every one that another connection made. */
function watch(driver: LiteDriver, poll: number, changed: () => void): () => void {
  const version = (): number => numberIn(driver.all('PRAGMA data_version')[0], 'data_version')
  let last = version()
  const timer = setInterval(() => {
    try {
      const now = version()
      if (now === last) return
      changed()
      last = now
    } catch {
      // Busy, say: the next look finds the same.
    }
  }, poll)
  // Listening alone keeps no process alive.
  timer.unref()
  return () => clearInterval(timer)
}

/** A file of its own, held by an open transaction: the system lets it go when the process dies, however it does. */
async function lock(Driver: Driver, path: string): Promise<() => void> {
  const database = new Driver(`${path}.lock`, { timeout: 0 })
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE')
      return () => database.close()
    } catch (error) {
      const failed = failure(error)
      if (
        !(error instanceof Error) ||
        !/BUSY|LOCKED|locked/.test(`${String((error as { code?: unknown }).code)} ${error.message}`)
      ) {
        database.close()
        throw failed
      }
      await new Promise((resolve) => setTimeout(resolve, NAP))
    }
  }
}
