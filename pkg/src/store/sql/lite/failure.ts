/** What a SQLite's errors mean to whoever asked. */

import type { StoreErrorCode } from '../../store.js'
import { StoreError } from '../../store.js'

const MEANINGS: [pattern: RegExp, code: StoreErrorCode, what: string][] = [
  [/SQLITE_FULL/, 'quota', 'the disk, or the room given to the database, is full'],
  [/SQLITE_(CORRUPT|NOTADB)/, 'corrupt', 'the file is damaged or no database; restore it from a copy'],
  [/SQLITE_(BUSY|LOCKED)/, 'unavailable', 'another process kept writing; ask again'],
]

export function failure(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error
  const text = `${'code' in error ? String(error.code) : ''} ${error.message}`
  const [, code, what] = MEANINGS.find(([pattern]) => pattern.test(text)) ?? ['', 'unavailable', 'the database failed']
  return new StoreError(code as StoreErrorCode, `${what} (${error.message})`, { cause: error })
}
