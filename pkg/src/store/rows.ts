/**
 * Lists of a store that keeps its records in memory: a row a record with what lists look at, made once a write. A list
 * walks the rows in order; a database has indexes for that. What a hit is, is said in `list/match.ts`.
 */

import type { JsonObject, Revision } from './store.js'
import type { ColumnSource, Hit, ListPage, ListQuery, RecordColumns } from './host.js'
import type { Entry } from './entities.js'
import type { Order, Place } from './list/cursor.js'
import type { EntityTable } from './table.js'
import { keyOf, relationOf } from './entities.js'
import { invalid, parseJson } from './json.js'
import { compare, decodeCursor, encodeCursor, orderOf } from './list/cursor.js'
import { MAX_TOTAL, checkQuery, isHit, totalOf } from './list/match.js'
import { readable } from './sql/readable.js'
import { searchedWords } from './list/searched.js'
import { wordsOfQuery } from './list/words.js'

/** Above this many changes at once, sorting anew is cheaper than keeping the order. */
const RESORT_ABOVE = 256

interface Row extends Place {
  columns: RecordColumns
  /** Made when words are first asked for. */
  words: ReadonlySet<string> | null
}

export class RecordRows {
  private readonly rows = new Map<string, Row>()
  /** Rows in the order last asked for. */
  private sorted: { order: Order; rows: Row[] } | null = null
  /** Records that have changed since their row was made. */
  private stale: Set<string> | 'all' = 'all'

  constructor(private readonly source: ColumnSource | undefined) {}

  /** Follows `table.apply(entries)`. */
  follow(entries: readonly Entry[]): void {
    for (const { key } of entries) if (this.stale !== 'all' && relationOf(key) === 'record') this.stale.add(key)
  }

  /** After the whole table was replaced. */
  forget(): void {
    this.stale = 'all'
  }

  list(table: EntityTable, query: ListQuery, revision: Revision): ListPage {
    checkQuery(query)
    this.refresh(table)
    const order = orderOf(query)
    const words = query.q === undefined ? [] : wordsOfQuery(query.q)
    const rows = this.inOrder(order)
    const start = query.after === undefined ? 0 : firstBehind(rows, decodeCursor(query.after, order), compare(order))
    const fits = (row: Row): boolean =>
      isHit(query, row.columns) && words.every((word) => this.wordsIn(row, table).has(word))
    const found = take(rows, start, query.limit + 1, fits)
    const hits = found.slice(0, query.limit)
    const last = hits.at(-1)
    return {
      revision,
      hits: hits.map((row) => hitOf(row, table)),
      ...(found.length > hits.length && last && { next: encodeCursor(order, last) }),
      ...(query.total && { total: totalOf(take(rows, 0, MAX_TOTAL + 1, fits).length) }),
    }
  }

  private refresh(table: EntityTable): void {
    const keys = this.stale === 'all' ? table.page('record') : [...this.stale]
    if (this.stale === 'all') this.rows.clear()
    if (this.stale === 'all' || keys.length > RESORT_ABOVE) this.sorted = null
    for (const key of keys) {
      const before = this.rows.get(key)
      const text = table.get(key)
      const row = text === undefined ? null : this.rowOf(key, text, table.updated(key))
      if (row) this.rows.set(key, row)
      else this.rows.delete(key)
      this.move(before, row)
    }
    this.stale = new Set()
  }

  /** Keeps the order that was last asked for. */
  private move(before: Row | undefined, row: Row | null): void {
    if (!this.sorted) return
    const { order, rows } = this.sorted
    if (before) rows.splice(firstBehind(rows, before, compare(order)) - 1, 1)
    if (row) rows.splice(firstBehind(rows, row, compare(order)), 0, row)
  }

  private rowOf(key: string, text: string, updated: number): Row | null {
    if (!this.source) throw invalid('columns', 'lists need an engine; open the store with `columns`')
    const columns = readable(this.source, parseJson(text, key) as JsonObject)
    return columns && { key, updated, columns, words: null }
  }

  private wordsIn(row: Row, table: EntityTable): ReadonlySet<string> {
    const record = (): JsonObject => parseJson(table.get(row.key) ?? '', row.key) as JsonObject
    return (row.words ??= new Set(searchedWords(this.source, record(), row.columns.type)))
  }

  private inOrder(order: Order): readonly Row[] {
    if (this.sorted?.order !== order) this.sorted = { order, rows: [...this.rows.values()].sort(compare(order)) }
    return this.sorted.rows
  }
}

function take(rows: readonly Row[], start: number, count: number, fits: (row: Row) => boolean): Row[] {
  const found: Row[] = []
  for (let i = start; i < rows.length && found.length < count; i++) {
    const row = rows[i]
    if (row && fits(row)) found.push(row)
  }
  return found
}

function firstBehind(rows: readonly Row[], place: Place, order: (a: Place, b: Place) => number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = rows[middle]
    if (row && order(row, place) > 0) high = middle
    else low = middle + 1
  }
  return low
}

function hitOf({ key, columns, updated }: Row, table: EntityTable): Hit {
  const entity = keyOf(key)
  const value = parseJson(table.get(key) ?? '', key) as JsonObject
  return { id: 'id' in entity ? entity.id : '', type: columns.type, value, updated }
}
