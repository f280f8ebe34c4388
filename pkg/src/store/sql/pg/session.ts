/** Connections and transactions. What is asked in them is in the other files. */

import type pg from 'pg'
import { failure, mayRunAgain } from './failure.js'

export type Row = { [column: string]: unknown }

/** A connection, alone for a while. */
export interface Session {
  rows(sql: string, values?: unknown[]): Promise<Row[]>
  /** Several statements without parameters in one message; the rows of each. */
  script(sql: string): Promise<Row[][]>
}

/** How often a transaction is run that was rolled back for another's sake. */
const TRIES = 4

/** A commit is acknowledged when it is on the disk, whatever the server's own setting. */
const BEGIN_WRITE = ['BEGIN ISOLATION LEVEL READ COMMITTED', 'SET LOCAL synchronous_commit TO on']
const BEGIN_READ = ['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY']
/**
 * Lists know their indexes, which give their rows in order; a planner that takes all terms for equally frequent, or has no
 * statistics yet, must not know better. What it then thinks of the cost would have it compile every statement.
 */
export const TUNE = [
  'SET LOCAL enable_seqscan TO off',
  'SET LOCAL enable_sort TO off',
  'SET LOCAL enable_hashjoin TO off',
  'SET LOCAL enable_mergejoin TO off',
  'SET LOCAL jit TO off',
]

export class Sessions {
  private readonly running = new Set<Promise<unknown>>()

  /** Whether the server knows PostgreSQL's settings for the planner. */
  tuned = true

  constructor(readonly pool: pg.Pool) {}

  /** One statement, which sees one state of the data. */
  async rows(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.use((session) => session.rows(sql, values))
  }

  /** Runs `work` in a transaction; `first` are statements without parameters, whose rows it gets. */
  async write<T>(first: string[], work: (session: Session, rows: Row[][]) => Promise<T>): Promise<T> {
    return this.transaction(BEGIN_WRITE, first, work)
  }

  async read<T>(first: string[], work: (session: Session, rows: Row[][]) => Promise<T>): Promise<T> {
    return this.transaction(this.tuned ? [...BEGIN_READ, ...TUNE] : BEGIN_READ, first, work)
  }

  /** A connection for `work`; one that failed is not used again. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const running = this.connected(work)
    this.running.add(running)
    return running.finally(() => this.running.delete(running))
  }

  /** When nothing runs any more: a pool that ends forgets who still waits for a connection. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running)
  }

  private async connected<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw failure(error)
    })
    const box: { broken?: Error } = {}
    // A connection cut while it is in use also fails the query; unheard, the event would end the process.
    const cut = (error: Error): void => void (box.broken = error)
    client.on('error', cut)
    try {
      return await work(sessionOn(client, cut))
    } finally {
      client.off('error', cut)
      client.release(box.broken)
    }
  }

  private async transaction<T>(
    begin: string[],
    first: string[],
    work: (session: Session, rows: Row[][]) => Promise<T>,
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.use((session) => once(session, begin, first, work))
      } catch (error) {
        const cause = error instanceof Error ? error.cause : undefined
        if (tries >= TRIES || !mayRunAgain(cause)) throw error
      }
    }
  }
}

async function once<T>(
  session: Session,
  begin: string[],
  first: string[],
  work: (session: Session, rows: Row[][]) => Promise<T>,
): Promise<T> {
  try {
    const result = await work(session, (await session.script([...begin, ...first].join('; '))).slice(begin.length))
    await session.rows('COMMIT')
    return result
  } catch (error) {
    // On a connection that was cut there is nothing to roll back any more.
    await session.rows('ROLLBACK').catch(() => {})
    throw error
  }
}

function sessionOn(client: pg.PoolClient, cut: (error: Error) => void): Session {
  const attempt = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked
    } catch (error) {
      // The server's own errors leave the connection good; everything else makes it doubtful.
      if (error instanceof Error && !('severity' in error && error.severity === 'ERROR')) cut(error)
      throw failure(error)
    }
  }
  return {
    rows: async (sql, values) => (await attempt(client.query<Row>(sql, values))).rows,
    script: async (sql) => {
      // Of several statements the driver gives a list of results, which its types do not say.
      const results = (await attempt(client.query<Row>(sql))) as pg.QueryResult<Row> | pg.QueryResult<Row>[]
      return (Array.isArray(results) ? results : [results]).map(({ rows }) => rows)
    },
  }
}
