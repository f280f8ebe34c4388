/**
 * Lists in SQLite. Every place of the plan is one short walk along an index, each bounded by what the walks before it
 * found, so all of them together read little more than a page. In the caller's transaction.
 */

import type { Hit, ListPage, ListQuery } from '../../host.js'
import type { JsonObject, Revision } from '../../store.js'
import type { Order, Place } from '../../list/cursor.js'
import type { Look } from '../plan.js'
import type { Shelf } from '../place.js'
import type { LiteDriver, Value } from './driver.js'
import type { Names } from './names.js'
import { keyOf } from '../../entities.js'
import { parseJson } from '../../json.js'
import { compare, decodeCursor, encodeCursor, orderOf } from '../../list/cursor.js'
import { MAX_TOTAL, totalOf } from '../../list/match.js'
import { wordsOfQuery } from '../../list/words.js'
import { Parameters, sqlOf } from '../condition.js'
import { MAX_SIZE, choicesFor, chosen, conditionOf } from '../plan.js'
import { LITE } from './dialect.js'
import { numberIn, textIn } from './driver.js'

/** Words with no more records than this are looked up first, and the condition asked of those records. */
const RARE = 5000

const LOW: Place = { key: '', updated: -1 }
const HIGH: Place = { key: '\uFFFF', updated: Number.MAX_SAFE_INTEGER }

interface Asked {
  query: ListQuery
  order: Order
  words: string[]
  shelves: Shelf[]
  looks: Look[]
}

export class LiteList {
  constructor(
    private readonly driver: LiteDriver,
    private readonly names: Names,
  ) {}

  page(query: ListQuery, revision: Revision): ListPage {
    const shelves = this.shelves()
    const words = query.q === undefined ? [] : wordsOfQuery(query.q)
    const asked: Asked = { query, order: orderOf(query), words, shelves, looks: this.looksFor(query, shelves) }
    const rare = words.length > 0 && this.isRare(words)
    const places = rare ? this.amongRare(asked) : this.alongPlaces(asked)
    const shown = places.slice(0, query.limit)
    const last = shown.at(-1)
    return {
      revision,
      hits: this.hits(shown),
      ...(places.length > shown.length && last && { next: encodeCursor(asked.order, last) }),
      ...(query.total && { total: totalOf(rare ? this.countRare(asked) : this.countPlaces(asked)) }),
    }
  }

  private shelves(): Shelf[] {
    const rows = this.driver.all(`SELECT n, type, state FROM ${this.names.shelf} ORDER BY n`)
    return rows.map((row) => ({
      n: numberIn(row, 'n'),
      type: textIn(row, 'type') ?? '',
      state: textIn(row, 'state') ?? '',
    }))
  }

  private looksFor(query: ListQuery, shelves: Shelf[]): Look[] {
    const choices = choicesFor(query, shelves)
    return chosen(
      choices,
      choices.map((choice) => (choice.length < 2 ? [] : choice.map((look) => this.sizeOf(look)))),
    )
  }

  private sizeOf({ shelf, terms }: Look): number {
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${this.names.place}
      WHERE shelf = ?1 AND term IN (SELECT value FROM json_each(?2)) LIMIT ?3)`
    return numberIn(this.driver.all(sql, shelf.n, JSON.stringify(terms), MAX_SIZE)[0], 'n')
  }

  /** One more than the page, so that it is known whether there is another. */
  private alongPlaces(asked: Asked): Place[] {
    const { query, order, looks } = asked
    const wanted = query.limit + 1
    const inOrder = compare(order)
    const after = query.after === undefined ? undefined : decodeCursor(query.after, order)
    let best: Place[] = []
    for (const look of looks) {
      const walk = this.walk(asked, look)
      for (const term of look.terms) {
        const found = walk(term, after, best[wanted - 1])
        if (found.length === 0) continue
        // A record may lie in several places.
        const known = new Set(best.map(({ key }) => key))
        best = [...best, ...found.filter(({ key }) => !known.has(key))].sort(inOrder).slice(0, wanted)
      }
    }
    return best
  }

  /** The walk through one place: behind `after`, before `bound`. */
  private walk(
    { query, order, words, shelves }: Asked,
    look: Look,
  ): (term: string, after?: Place, bound?: Place) => Place[] {
    const parameters = new Parameters(LITE)
    const shelf = parameters.add(look.shelf.n)
    const term = parameters.add(null)
    const range = rangeOf(order, 'p', parameters)
    const rest = this.restOf(look, words, shelves, parameters)
    const limit = parameters.add(query.limit + 1)
    const sql = `SELECT p.key, p.updated FROM ${this.names.place} p ${rest.join}
      WHERE p.shelf = ${shelf} AND p.term = ${term} AND ${range.sql} ${rest.and} ORDER BY ${range.by} LIMIT ${limit}`
    const values = parameters.values as Value[]
    return (name, after, bound) => {
      values[1] = name
      range.set(values, after, bound)
      return this.places(sql, values)
    }
  }

  /** What is asked of each record of a place, if anything is. The outer loop stays the place's (`CROSS JOIN`). */
  private restOf(look: Look, words: string[], shelves: Shelf[], parameters: Parameters): { join: string; and: string } {
    const conditions = words.map((word) => `instr(r.words, ${parameters.add(` ${word} `)}) > 0`)
    if (look.rest.op !== 'always') conditions.unshift(sqlOf(look.rest, shelves, parameters, LITE))
    if (conditions.length === 0) return { join: '', and: '' }
    return { join: `CROSS JOIN ${this.names.record} r ON r.key = p.key`, and: `AND ${conditions.join(' AND ')}` }
  }

  private isRare(words: string[]): boolean {
    const { words: table } = this.names
    const sql = `SELECT count(*) AS n FROM (SELECT rowid FROM ${table} WHERE ${table} MATCH ?1 LIMIT ?2)`
    return numberIn(this.driver.all(sql, phrase(words), RARE + 1)[0], 'n') <= RARE
  }

  private amongRare(asked: Asked): Place[] {
    const { query, order } = asked
    const parameters = new Parameters(LITE)
    const condition = this.rareOf(asked, parameters)
    const range = rangeOf(order, 'r', parameters)
    const limit = parameters.add(query.limit + 1)
    const sql = `SELECT r.key, r.updated FROM ${condition} AND ${range.sql} ORDER BY ${range.by} LIMIT ${limit}`
    const values = parameters.values as Value[]
    range.set(values, query.after === undefined ? undefined : decodeCursor(query.after, order))
    return this.places(sql, values)
  }

  private countRare(asked: Asked): number {
    const parameters = new Parameters(LITE)
    const sql = `SELECT count(*) AS n FROM ${this.rareOf(asked, parameters)}`
    return numberIn(this.driver.all(sql, ...(parameters.values as Value[]))[0], 'n')
  }

  private rareOf({ query, words, shelves, looks }: Asked, parameters: Parameters): string {
    const { record, words: table } = this.names
    const match = `SELECT rowid FROM ${table} WHERE ${table} MATCH ${parameters.add(phrase(words))}`
    const on = LITE.onShelves(parameters.list(looks.map(({ shelf }) => shelf.n)))
    return `${record} r WHERE r.n IN (${match}) AND ${on} AND ${sqlOf(conditionOf(query), shelves, parameters, LITE)}`
  }

  private countPlaces({ words, shelves, looks }: Asked): number {
    let count = 0
    for (const look of looks) {
      const parameters = new Parameters(LITE)
      const shelf = parameters.add(look.shelf.n)
      const terms = parameters.list(look.terms)
      const rest = this.restOf(look, words, shelves, parameters)
      const limit = parameters.add(MAX_TOTAL + 1 - count)
      // A record lies on one shelf, but there perhaps in several places.
      const what = look.terms.length > 1 ? 'DISTINCT p.key' : 'p.key'
      const sql = `SELECT count(*) AS n FROM (SELECT ${what} FROM ${this.names.place} p ${rest.join}
        WHERE p.shelf = ${shelf} AND p.term IN (SELECT value FROM json_each(${terms})) ${rest.and} LIMIT ${limit})`
      count += numberIn(this.driver.all(sql, ...(parameters.values as Value[]))[0], 'n')
      if (count > MAX_TOTAL) break
    }
    return count
  }

  private places(sql: string, values: Value[]): Place[] {
    const rows = this.driver.all(sql, ...values)
    return rows.map((row) => ({ key: textIn(row, 'key') ?? '', updated: numberIn(row, 'updated') }))
  }

  private hits(places: Place[]): Hit[] {
    const { record, shelf, entity } = this.names
    const rows = this.driver.all(
      `SELECT r.key, s.type, r.updated, e.value FROM json_each(?1) j CROSS JOIN ${record} r ON r.key = j.value
       CROSS JOIN ${shelf} s ON s.n = r.shelf CROSS JOIN ${entity} e ON e.key = r.key ORDER BY j.key`,
      JSON.stringify(places.map(({ key }) => key)),
    )
    return rows.map((row) => {
      const key = textIn(row, 'key') ?? ''
      const entity = keyOf(key)
      return {
        id: 'id' in entity ? entity.id : '',
        type: textIn(row, 'type') ?? '',
        value: parseJson(textIn(row, 'value') ?? '', key) as JsonObject,
        updated: numberIn(row, 'updated'),
      }
    })
  }
}

interface Range {
  sql: string
  by: string
  set(values: Value[], after?: Place, bound?: Place): void
}

/** Behind one place and before another, in the order wanted. */
function rangeOf(order: Order, table: 'p' | 'r', parameters: Parameters): Range {
  const down = order.startsWith('-')
  const timed = order.endsWith('updated')
  const first = parameters.values.length
  const slots = timed ? [0, 1, 2, 3] : [0, 1]
  const [a = '', b = '', c = '', d = ''] = slots.map(() => parameters.add(null))
  const [behind, before] = down ? ['<', '>'] : ['>', '<']
  const direction = down ? ' DESC' : ''
  const key = `${table}.key`
  const at = `(${table}.updated, ${key})`
  const [start, end] = down ? [HIGH, LOW] : [LOW, HIGH]
  return {
    sql: timed
      ? `${at} ${behind} (${a}, ${b}) AND ${at} ${before} (${c}, ${d})`
      : `${key} ${behind} ${a} AND ${key} ${before} ${b}`,
    by: timed ? `${table}.updated${direction}, ${key}${direction}` : `${key}${direction}`,
    set(values, after = start, bound = end) {
      const set = timed ? [after.updated, after.key, bound.updated, bound.key] : [after.key, bound.key]
      values.splice(first, set.length, ...set)
    },
  }
}

/** All of the words; they hold letters and digits only. */
function phrase(words: string[]): string {
  return words.map((word) => `"${word}"`).join(' ')
}
