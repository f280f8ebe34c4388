/** Keeps what lists look at beside the records: the row, its places, its words. All in the caller's transaction. */

import type { ColumnSource, RecordColumns } from '../../host.js'
import type { JsonObject } from '../../store.js'
import type { StoredColumns } from '../place.js'
import type { LiteDriver, Row } from './driver.js'
import type { Names } from './names.js'
import { parseJson } from '../../json.js'
import { searchedWords } from '../../list/searched.js'
import { marksOf, storedColumns, termsOf } from '../place.js'
import { readable } from '../readable.js'
import { numberIn, textIn } from './driver.js'
import { wordFor } from './word.js'

export class LiteColumns {
  constructor(
    private readonly driver: LiteDriver,
    private readonly names: Names,
    private readonly source: ColumnSource,
  ) {}

  put(key: string, text: string, updated: number): void {
    const { driver, names } = this
    const record = parseJson(text, key) as JsonObject
    const columns = readable(this.source, record)
    if (!columns) return this.drop(key)
    const stored = storedColumns(columns)
    const shelf = this.shelfOf(columns)
    const before = this.before(key)
    const words = ` ${[...searchedWords(this.source, record, columns.type), ...marksOf(stored, shelf).map(wordFor)].join(' ')} `
    if (before) this.dropPlaces(key, before)
    driver.run(
      `INSERT INTO ${names.record} (key, shelf, home, communities, owners, words, updated, terms)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key) DO UPDATE SET shelf = excluded.shelf,
         home = excluded.home, communities = excluded.communities, owners = excluded.owners, words = excluded.words,
         updated = excluded.updated, terms = excluded.terms`,
      key,
      shelf,
      stored.primary,
      JSON.stringify(stored.communities),
      JSON.stringify(stored.owners),
      words,
      updated,
      JSON.stringify(stored.terms),
    )
    driver.run(
      `INSERT INTO ${names.place} (shelf, term, key, updated) SELECT ?1, value, ?2, ?3 FROM json_each(?4)`,
      shelf,
      key,
      updated,
      JSON.stringify(termsOf(stored)),
    )
    if (textIn(before, 'words') === words) return
    if (before) this.dropWords(before)
    driver.run(`INSERT INTO ${names.words} (rowid, words) SELECT n, words FROM ${names.record} WHERE key = ?1`, key)
  }

  drop(key: string): void {
    const before = this.before(key)
    if (!before) return
    this.dropPlaces(key, before)
    this.dropWords(before)
    this.driver.run(`DELETE FROM ${this.names.record} WHERE key = ?1`, key)
  }

  private before(key: string): Row | undefined {
    return this.driver.all(
      `SELECT n, shelf, home, communities, owners, words, terms FROM ${this.names.record} WHERE key = ?1`,
      key,
    )[0]
  }

  private dropPlaces(key: string, row: Row): void {
    this.driver.run(
      `DELETE FROM ${this.names.place} WHERE shelf = ?1 AND key = ?2 AND term IN (SELECT value FROM json_each(?3))`,
      numberIn(row, 'shelf'),
      key,
      JSON.stringify(termsOf(columnsIn(row))),
    )
  }

  /** An index without content must be told what it held. */
  private dropWords(row: Row): void {
    const { words } = this.names
    this.driver.run(
      `INSERT INTO ${words} (${words}, rowid, words) VALUES ('delete', ?1, ?2)`,
      numberIn(row, 'n'),
      textIn(row, 'words'),
    )
  }

  private shelfOf({ type, state }: RecordColumns): number {
    const { driver, names } = this
    driver.run(
      `INSERT INTO ${names.shelf} (type, state) VALUES (?1, ?2) ON CONFLICT (type, state) DO NOTHING`,
      type,
      state,
    )
    return numberIn(driver.all(`SELECT n FROM ${names.shelf} WHERE type = ?1 AND state = ?2`, type, state)[0], 'n')
  }
}

function columnsIn(row: Row): StoredColumns {
  return {
    primary: textIn(row, 'home'),
    communities: JSON.parse(textIn(row, 'communities') ?? '[]') as string[],
    owners: JSON.parse(textIn(row, 'owners') ?? '[]') as string[],
    terms: JSON.parse(textIn(row, 'terms') ?? '[]') as string[],
  }
}
