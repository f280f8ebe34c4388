/**
 * Lists in SQLite. Every place of the plan is one short walk along an index, each bounded by what the walks before it
 * found, so all of them together read little more than a page. In the caller's transaction.
 */

import type { Hit, ListPage, ListQuery } from '../../host.js'
import type { JsonObject, Revision } from '../../store.js'
import type { Order, Place } from '../../list/cursor.js'
import type { Where } from '../../../types.js'
import type { Chosen, Look } from '../plan.js'
import type { Shelf } from '../place.js'
import type { LiteDriver, Value } from './driver.js'
import type { Names } from './names.js'
import { keyOf } from '../../entities.js'
import { parseJson } from '../../json.js'
import { compare, decodeCursor, encodeCursor, orderOf } from '../../list/cursor.js'
import { MAX_TOTAL, type Total, totalOf } from '../../list/match.js'
import { wordsOfQuery } from '../../list/words.js'
import { Parameters, sqlOf } from '../condition.js'
import { MAX_SIZE, PROBE, RARE, SPARSE, choicesFor, chosen, foundBy, isOpen } from '../plan.js'
import { LITE } from './dialect.js'
import { numberIn, textIn } from './driver.js'
import { matching } from './word.js'

/** Records that are asked for a total. */
const ASKED = MAX_TOTAL + 1

const LOW: Place = { key: '', updated: -1 }
const HIGH: Place = { key: '\uFFFF', updated: Number.MAX_SAFE_INTEGER }

interface Asked {
  query: ListQuery
  order: Order
  words: string[]
  shelves: Shelf[]
  /** Walked in the wanted order. */
  walked: Look[]
  /** Hold little: found by words and terms, then put in order. */
  rare: Look[]
  /** Whether so much lies in a look that its records are not asked one by one for a total. */
  isLarge(look: Look): boolean
}

export class LiteList {
  constructor(
    private readonly driver: LiteDriver,
    private readonly names: Names,
  ) {}

  page(query: ListQuery, revision: Revision): ListPage {
    const shelves = this.shelves()
    const words = query.q === undefined ? [] : wordsOfQuery(query.q)
    const { looks, doubtful } = this.looksFor(query, shelves, words)
    const rare = doubtful.filter((look) => this.isSparse(words, look, shelves) && this.isRare(words, look))
    const isLarge = (look: Look): boolean => words.length > 0 && doubtful.includes(look)
    const walked = looks.filter((look) => !rare.includes(look))
    const asked: Asked = { query, order: orderOf(query), words, shelves, walked, rare, isLarge }
    const places = this.placesOf(asked)
    const shown = places.slice(0, query.limit)
    const last = shown.at(-1)
    return {
      revision,
      hits: this.hits(shown),
      ...(places.length > shown.length && last && { next: encodeCursor(asked.order, last) }),
      ...(query.total && { total: this.countOf(asked) }),
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

  private looksFor(query: ListQuery, shelves: Shelf[], words: string[]): Chosen {
    const choices = choicesFor(query, shelves)
    return chosen(
      choices,
      choices.map((choice) => (isOpen(choice, words) ? choice.map((look) => this.sizeOf(look)) : [])),
      words,
    )
  }

  private sizeOf({ shelf, terms }: Look): number {
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${this.names.place}
      WHERE shelf = ?1 AND term IN (SELECT value FROM json_each(?2)) LIMIT ?3)`
    return numberIn(this.driver.all(sql, shelf.n, JSON.stringify(terms), MAX_SIZE)[0], 'n')
  }

  /** One more than the page, so that it is known whether there is another. */
  private placesOf(asked: Asked): Place[] {
    const { query, order, walked, rare } = asked
    const wanted = query.limit + 1
    const inOrder = compare(order)
    const after = query.after === undefined ? undefined : decodeCursor(query.after, order)
    let best: Place[] = []
    const take = (find: (after?: Place, bound?: Place) => Place[]): void => {
      const found = find(after, best[wanted - 1])
      if (found.length === 0) return
      // A record may lie in several places.
      const known = new Set(best.map(({ key }) => key))
      best = [...best, ...found.filter(({ key }) => !known.has(key))].sort(inOrder).slice(0, wanted)
    }
    for (const look of walked) {
      const walk = this.walk(asked, look)
      for (const term of look.terms) take((start, bound) => walk(term, start, bound))
    }
    for (const look of rare) take(this.among(asked, look))
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
    const conditions = conditionsOf(look.rest, words, shelves, parameters)
    // The outer loop stays the place's.
    const join = conditions.length > 0 ? `CROSS JOIN ${this.names.record} r ON r.key = p.key` : ''
    const and = conditions.map((condition) => `AND ${condition}`).join(' ')
    const limit = parameters.add(query.limit + 1)
    const sql = `SELECT p.key, p.updated FROM ${this.names.place} p ${join}
      WHERE p.shelf = ${shelf} AND p.term = ${term} AND ${range.sql} ${and} ORDER BY ${range.by} LIMIT ${limit}`
    const values = parameters.values as Value[]
    return (name, after, bound) => {
      values[1] = name
      range.set(values, after, bound)
      return this.places(sql, values)
    }
  }

  /** Whether few of the first records of a look are hits. */
  private isSparse(words: string[], look: Look, shelves: Shelf[]): boolean {
    return this.countAlong(words, look, shelves, PROBE).found * SPARSE < PROBE
  }

  private isRare(words: string[], look: Look): boolean {
    const { words: table } = this.names
    const sql = `SELECT count(*) AS n FROM (SELECT rowid FROM ${table} WHERE ${table} MATCH ?1 LIMIT ?2)`
    return numberIn(this.driver.all(sql, matching(words, foundBy(look)), RARE + 1)[0], 'n') <= RARE
  }

  /** What a look finds by words and terms, behind one place and before another. */
  private among({ query, order, words, shelves }: Asked, look: Look): (after?: Place, bound?: Place) => Place[] {
    const parameters = new Parameters(LITE)
    const match = parameters.add(matching(words, foundBy(look)))
    const whole = sqlOf(look.whole, shelves, parameters, LITE)
    const range = rangeOf(order, 'r', parameters)
    const limit = parameters.add(query.limit + 1)
    const { record, words: table } = this.names
    const sql = `SELECT r.key, r.updated FROM ${record} r WHERE r.n IN (SELECT rowid FROM ${table} WHERE ${table} MATCH ${match})
      AND ${whole} AND ${range.sql} ORDER BY ${range.by} LIMIT ${limit}`
    const values = parameters.values as Value[]
    return (after, bound) => {
      range.set(values, after, bound)
      return this.places(sql, values)
    }
  }

  /** First what costs little to count. What is asked of each record is asked of so many, and then there are at least so many. */
  private countOf({ words, shelves, walked, rare, isLarge }: Asked): Total {
    const isWhole = ({ rest }: Look): boolean => words.length === 0 && rest.op === 'always'
    let count = 0
    let relation: Total['relation'] = 'eq'
    for (const look of walked.filter(isWhole)) if (count <= MAX_TOTAL) count += this.countPlaces(look, ASKED - count)
    for (const look of [...rare, ...walked.filter((look) => !isWhole(look))]) {
      if (count > MAX_TOTAL) break
      const { met, found } =
        rare.includes(look) || isLarge(look)
          ? this.countAmong(words, look, shelves)
          : this.countAlong(words, look, shelves)
      count += found
      if (met === ASKED) relation = 'gte'
    }
    return totalOf(count, relation)
  }

  /** A record lies on one shelf, but there perhaps in several places. */
  private countPlaces(look: Look, limit: number): number {
    const what = look.terms.length > 1 ? 'DISTINCT key' : 'key'
    const sql = `SELECT count(*) AS n FROM (SELECT ${what} FROM ${this.names.place}
      WHERE shelf = ?1 AND term IN (SELECT value FROM json_each(?2)) LIMIT ?3)`
    return numberIn(this.driver.all(sql, look.shelf.n, JSON.stringify(look.terms), limit)[0], 'n')
  }

  /** Of the first records in the places of a look, how many are hits. */
  private countAlong(words: string[], { shelf, terms, rest }: Look, shelves: Shelf[], limit = ASKED): Counted {
    const parameters = new Parameters(LITE)
    const { place, record } = this.names
    const places = `SELECT key FROM ${place} WHERE shelf = ${parameters.add(shelf.n)}
      AND term IN (SELECT value FROM json_each(${parameters.list(terms)})) LIMIT ${parameters.add(limit)}`
    const from = `(${places}) some CROSS JOIN ${record} r ON r.key = some.key`
    return this.counted(from, conditionsOf(rest, words, shelves, parameters).join(' AND '), parameters)
  }

  /** Of the first records that a look finds by words and terms, how many are hits. */
  private countAmong(words: string[], look: Look, shelves: Shelf[]): Counted {
    const parameters = new Parameters(LITE)
    const { record, words: table } = this.names
    const rows = `SELECT rowid FROM ${table} WHERE ${table} MATCH ${parameters.add(matching(words, foundBy(look)))}
      LIMIT ${parameters.add(ASKED)}`
    const from = `(${rows}) some CROSS JOIN ${record} r ON r.n = some.rowid`
    return this.counted(from, sqlOf(look.whole, shelves, parameters, LITE), parameters)
  }

  private counted(from: string, hit: string, parameters: Parameters): Counted {
    const sql = `SELECT count(*) AS met, count(DISTINCT CASE WHEN ${hit} THEN r.key END) AS found FROM ${from}`
    const [row] = this.driver.all(sql, ...(parameters.values as Value[]))
    return { met: numberIn(row, 'met'), found: numberIn(row, 'found') }
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

/** What is asked of each record of a place, if anything is. */
function conditionsOf(rest: Where, words: string[], shelves: Shelf[], parameters: Parameters): string[] {
  const asked = rest.op === 'always' ? [] : [sqlOf(rest, shelves, parameters, LITE)]
  return [...asked, ...words.map((word) => `instr(r.words, ${parameters.add(` ${word} `)}) > 0`)]
}

interface Counted {
  met: number
  found: number
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
