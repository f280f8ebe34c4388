/** The tables, and how those of older formats become those of this one. A step is never changed once it was released. */

import type { LiteDriver } from './driver.js'
import type { Names } from './names.js'
import { StoreError } from '../../store.js'
import { newEpoch } from '../../revision.js'
import { numberIn } from './driver.js'

/** Step `i` takes the tables from format `i` to `i + 1`; nothing at all is format 0. */
const STEPS: ((names: Names) => string[])[] = [createTables, createChanges, addTerms]

export const FORMAT = STEPS.length

/** Brings the tables to this format; true if there were none. Other processes wait, and find it done. */
export function upgrade(driver: LiteDriver, names: Names, fill: () => void): void {
  if (driver.read(() => formatOf(driver, names)) === FORMAT) return
  driver.write(() => {
    const format = formatOf(driver, names)
    for (const step of STEPS.slice(format)) for (const sql of step(names)) driver.run(sql)
    if (format === 0) {
      driver.run(`INSERT INTO ${names.head} (one, format, epoch, n) VALUES (1, ?1, ?2, 0)`, FORMAT, newEpoch())
      fill()
    } else driver.run(`UPDATE ${names.head} SET format = ?1`, FORMAT)
  })
}

function formatOf(driver: LiteDriver, names: Names): number {
  const tables = driver.all(`SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?1`, names.head)
  if (tables.length === 0) return 0
  const format = numberIn(driver.all(`SELECT format FROM ${names.head}`)[0], 'format')
  if (format > FORMAT)
    throw new StoreError('version', `the store has format ${format}, this version knows ${FORMAT}; install a newer one`)
  return format
}

/** What each of the latest commits wrote: a list of keys in JSON. */
function createChanges({ change }: Names): string[] {
  return [`CREATE TABLE ${change} (n INTEGER PRIMARY KEY, keys TEXT NOT NULL)`]
}

/** Policies that name fields are newer than this, and with another policy columns are made anew. */
function addTerms({ record }: Names): string[] {
  return [`ALTER TABLE ${record} ADD COLUMN terms TEXT NOT NULL DEFAULT '[]'`]
}

function createTables(names: Names): string[] {
  const { head, entity, cell, shelf, record, place, words } = names
  return [
    `CREATE TABLE ${head} (
      one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL, epoch TEXT NOT NULL, n INTEGER NOT NULL,
      columns_of TEXT, columns_at TEXT)`,
    `CREATE TABLE ${entity} (
      key TEXT NOT NULL PRIMARY KEY, side TEXT, value TEXT NOT NULL, updated INTEGER NOT NULL)`,
    `CREATE INDEX ${entity}_side ON ${entity} (side, key) WHERE side IS NOT NULL`,
    `CREATE TABLE ${cell} (key TEXT NOT NULL PRIMARY KEY, text TEXT NOT NULL)`,
    `CREATE TABLE ${shelf} (n INTEGER PRIMARY KEY, type TEXT NOT NULL, state TEXT NOT NULL, UNIQUE (type, state))`,
    `CREATE TABLE ${record} (
      n INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, shelf INTEGER NOT NULL, home TEXT, communities TEXT NOT NULL,
      owners TEXT NOT NULL, words TEXT NOT NULL, updated INTEGER NOT NULL)`,
    `CREATE TABLE ${place} (
      shelf INTEGER NOT NULL, term TEXT NOT NULL, key TEXT NOT NULL, updated INTEGER NOT NULL,
      PRIMARY KEY (shelf, term, key)) WITHOUT ROWID`,
    `CREATE INDEX ${place}_updated ON ${place} (shelf, term, updated, key)`,
    // Words are compared as they come (`list/words.ts`): to this tokenizer everything beyond ASCII is a letter.
    `CREATE VIRTUAL TABLE ${words} USING fts5 (words, content = '', detail = none, tokenize = 'ascii')`,
  ]
}
