/** The store that `--store` names. The drivers are loaded only for the store that is opened. */

import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { HostStore } from '../store/host.js'
import type { SyncEngine } from '../sync/engine.js'
import { EXIT, Failure, isNamed, usage } from './failure.js'

/** Whether the store is known to be absent. A PostgreSQL database is there or cannot be reached. */
export function isMissing(place: string): boolean {
  return !isPostgres(place) && !existsSync(place)
}

/** Opens a store, and makes it where there is none. Without an engine it is not for lists. */
export async function openStore(place: string, engine?: SyncEngine): Promise<HostStore> {
  const options = engine ? { columns: engine } : {}
  try {
    if (isPostgres(place)) {
      const { openPostgresStore } = await import('../store/postgres.js')
      return await openPostgresStore(place, options)
    }
    mustFit(place)
    const { openSqliteStore } = await import('../store/sqlite.js')
    return await openSqliteStore(place, options)
  } catch (error) {
    if (error instanceof Failure) throw error
    const code = isNamed(error, 'StoreError') ? error.code : 'unavailable'
    const text = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.store, code, `the store \`${named(place)}\` cannot be opened: ${text}`, { cause: error })
  }
}

/** SQLite says of all of these that it cannot open the file. */
function mustFit(file: string): void {
  const folder = dirname(file)
  if (!existsSync(folder)) throw new Failure(EXIT.store, 'missing', `there is no folder \`${folder}\`; make it first`)
  if (existsSync(file) && !statSync(file).isFile())
    throw new Failure(EXIT.store, 'no_file', `\`${file}\` is not a file`)
}

/** Opens a store that must be there already: whoever reads, or misspelt the name, must not leave an empty file. */
export async function openExisting(place: string, engine?: SyncEngine): Promise<HostStore> {
  if (isMissing(place)) {
    throw new Failure(
      EXIT.store,
      'missing',
      `there is no store \`${place}\`; \`lictor communities create ID TITLE\` makes one, \`--store\` names another`,
    )
  }
  return openStore(place, engine)
}

function isPostgres(place: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(place)?.[1]?.toLowerCase()
  if (scheme === undefined) return false
  if (scheme === 'postgres' || scheme === 'postgresql') return true
  throw usage(`\`${named(place)}\` is no store: give a file, or a URL that starts with postgres://`)
}

/** Without the password: messages end up in logs. */
export function named(place: string): string {
  return place.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/]*):[^@]*@/i, '$1:***@')
}
