/**
 * A connection that may be lost and is opened again once: browsers close databases by force (disk trouble, storage
 * cleared), and ask for them when another tab deletes or upgrades. Knows nothing of what is stored.
 */

import type { ConnectOptions, Database, Transaction } from './database.js'
import { connect, transact } from './database.js'
import { NotBegun } from './ending.js'
import { StoreError } from './store.js'

export class Connection {
  private database: Database | null
  private reopening: Promise<Database> | null = null
  /** Why this connection is over for good. */
  private end: StoreError | null = null

  /** `onReopened` looks at what is there now; what it throws ends the connection. */
  private constructor(
    private readonly name: string,
    private readonly patience: number,
    private readonly onReopened: (database: Database) => Promise<void>,
  ) {
    this.database = null
  }

  static async open(
    name: string,
    patience: number,
    create: ConnectOptions['create'],
    onReopened: (database: Database) => Promise<void>,
  ): Promise<Connection> {
    const connection = new Connection(name, patience, onReopened)
    connection.database = await connection.connect(create)
    return connection
  }

  /** Resolves when there is a live connection, opening it again if need be. */
  async ready(): Promise<Database> {
    if (this.end) throw this.end
    if (this.database) return this.database
    return (this.reopening ??= this.reopen().finally(() => (this.reopening = null)))
  }

  async run<Mode extends 'readonly' | 'readwrite', T>(
    mode: Mode,
    doing: string,
    body: (tx: Transaction<Mode>) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.tryTwice(mode, doing, body)
    } catch (error) {
      // Every later question would meet the same; better the first cause than its echo.
      if (error instanceof StoreError && (error.code === 'cleared' || error.code === 'version')) this.finish(error)
      throw error
    }
  }

  /** No more transactions; those under way are completed by the browser. */
  finish(reason: StoreError): void {
    this.end ??= reason
    this.database?.close()
    this.database = null
  }

  private async tryTwice<Mode extends 'readonly' | 'readwrite', T>(
    mode: Mode,
    doing: string,
    body: (tx: Transaction<Mode>) => Promise<T>,
  ): Promise<T> {
    const first = await this.ready()
    try {
      return await transact(first, mode, doing, body)
    } catch (error) {
      // A commit that the browser ended may have happened; only reading is safe to repeat.
      const ended = mode === 'readonly' && error instanceof StoreError && error.code === 'closed'
      if (!(error instanceof NotBegun) && !ended) throw error
      if (this.database === first) this.database = null
    }
    return transact(await this.ready(), mode, doing, body)
  }

  private async reopen(): Promise<Database> {
    try {
      const database = await this.connect(null)
      await this.onReopened(database)
      if (this.end) database.close()
      else return (this.database = database)
    } catch (error) {
      this.finish(
        error instanceof StoreError
          ? error
          : new StoreError('closed', `database \`${this.name}\` was closed and could not be opened again`, {
              cause: error,
            }),
      )
    }
    throw this.end ?? new StoreError('closed', `database \`${this.name}\` was closed`)
  }

  private connect(create: ConnectOptions['create']): Promise<Database> {
    return connect({
      name: this.name,
      patience: this.patience,
      create,
      onLost: (why) => {
        this.database = null
        // Asked to let go, opening again would stand in the way, or bring back what was just deleted.
        if (why === 'asked')
          this.finish(
            new StoreError('closed', `another tab deletes or upgrades database \`${this.name}\`; reload this page`),
          )
      },
    })
  }
}
