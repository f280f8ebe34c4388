/**
 * A host's store in PostgreSQL, through `pg`: several servers on one database. The driver is installed with this
 * package and loaded only here.
 */

import type pg from 'pg'
import type { ColumnSource, HostStore } from './host.js'
import type { FactsInput } from './store.js'
import { entriesOfFacts } from './facts.js'
import { invalid } from './json.js'
import { StoreError } from './store.js'
import { namesIn } from './sql/pg/names.js'
import { isUnsupported } from './sql/pg/failure.js'
import { upgrade } from './sql/pg/schema.js'
import { Sessions, TUNE } from './sql/pg/session.js'
import { PgStore } from './sql/pg/store.js'
import { watch } from './sql/pg/watch.js'

export interface PostgresStoreOptions {
  /** What a store that does not exist yet starts with. Ignored where one exists. */
  initial?: FactsInput
  /** What lists look at in a record: the engine. Without it `list` is refused. */
  columns?: ColumnSource
  /** The clock, in milliseconds since 1970. */
  now?: () => number
  /** Told how many records have been read when the lists are made anew for another policy. */
  progress?: (done: number) => void
  /** The schema that holds the tables; one a store. */
  schema?: string
  /** Connections at most, where an address is given. One more listens while somebody is subscribed. */
  connections?: number
  /** Milliseconds to wait for a connection, before `unavailable`. */
  patience?: number
  /** How often, in milliseconds, to look for commits of others where the server has no notifications. */
  poll?: number
}

const CONNECTIONS = 10
const PATIENCE = 5000
const POLL = 1000

/** Opens the store in the database, making its tables if there are none. A pool that is given stays the caller's. */
export async function openPostgresStore(
  urlOrPool: string | pg.Pool,
  options: PostgresStoreOptions = {},
): Promise<HostStore> {
  if (typeof urlOrPool !== 'string' && typeof (urlOrPool as Partial<pg.Pool> | null)?.connect !== 'function')
    throw invalid('urlOrPool', 'is neither the address of a database nor a pool of `pg`')
  const names = namesIn(options.schema ?? 'lictor')
  const initial = entriesOfFacts(options.initial === undefined ? {} : options.initial)
  const driver = await load()
  const pool = typeof urlOrPool === 'string' ? poolOf(driver, urlOrPool, options) : urlOrPool
  // A connection that breaks while it is idle is replaced when it is next needed; unheard, the event ends the process.
  const ignore = (): void => {}
  pool.on('error', ignore)
  const sessions = new Sessions(pool)
  const end = async (): Promise<void> => {
    await sessions.idle()
    if (typeof urlOrPool === 'string') await pool.end()
    else pool.off('error', ignore)
  }
  try {
    const notifies = await knows(sessions, [`SELECT pg_notify('lictor', '')`])
    sessions.tuned = await knows(sessions, TUNE)
    const { columns, now = Date.now, poll = POLL, progress } = options
    const store: PgStore = new PgStore({
      sessions,
      names,
      columns,
      now,
      notifies,
      watch: (tell, look) =>
        watch({ connect: () => new driver.Client(pool.options), names, notifies, poll, look, tell }),
      end,
    })
    await upgrade(sessions, names, (session) => store.fill(session, initial))
    await store.makeColumns(progress)
    await store.revision()
    return store
  } catch (error) {
    await end()
    throw error
  }
}

async function load(): Promise<typeof pg> {
  try {
    return (await import('pg')).default
  } catch (cause) {
    throw new StoreError('unavailable', 'PostgreSQL needs the package `pg`; install it, or use another store', {
      cause,
    })
  }
}

function poolOf(driver: typeof pg, url: string, options: PostgresStoreOptions): pg.Pool {
  const { connections = CONNECTIONS, patience = PATIENCE } = options
  return new driver.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: patience,
    keepAlive: true,
    application_name: 'lictor',
  })
}

/** Whether the server, perhaps one of PostgreSQL's kin, knows what a statement uses. */
async function knows(sessions: Sessions, statements: string[]): Promise<boolean> {
  try {
    await sessions.write(statements, async () => {})
    return true
  } catch (error) {
    if (isUnsupported(error)) return false
    throw error
  }
}

export type { HostStore } from './host.js'
export { StoreError } from './store.js'
