/**
 * Lists in PostgreSQL. The places of the plan are one list in one statement: for each, a short walk along an index, so
 * a page is the same few statements for every subject and any number of records. In the caller's transaction.
 */

import type { Hit, ListPage, ListQuery } from '../../host.js'
import type { JsonObject, Revision } from '../../store.js'
import type { Order, Place } from '../../list/cursor.js'
import type { Where } from '../../../types.js'
import type { Shelf } from '../place.js'
import type { Look } from '../plan.js'
import type { Names } from './names.js'
import type { Row, Session } from './session.js'
import { keyOf } from '../../entities.js'
import { parseJson } from '../../json.js'
import { decodeCursor, encodeCursor, orderOf } from '../../list/cursor.js'
import { MAX_TOTAL, totalOf } from '../../list/match.js'
import { wordsOfQuery } from '../../list/words.js'
import { Parameters, sqlOf } from '../condition.js'
import { MAX_SIZE, choicesFor, chosen, conditionOf } from '../plan.js'
import { PG } from './dialect.js'

/** Words with no more records than this are looked up first, and the condition asked of those records. */
const RARE = 5000
/** Places read for a total before it is worth knowing how often records were met twice. */
const ROOM = 4 * (MAX_TOTAL + 1)

interface Asked {
  names: Names
  query: ListQuery
  order: Order
  words: string[]
  shelves: readonly Shelf[]
  looks: Look[]
}

export async function listPage(
  session: Session,
  names: Names,
  query: ListQuery,
  shelves: readonly Shelf[],
  revision: Revision,
): Promise<ListPage> {
  const words = query.q === undefined ? [] : wordsOfQuery(query.q)
  const looks = await looksFor(session, names, query, shelves)
  const asked: Asked = { names, query, order: orderOf(query), words, shelves, looks }
  if (asked.looks.length === 0) return { revision, hits: [], ...(query.total && { total: totalOf(0) }) }
  const rare = words.length > 0 && (await isRare(session, names, words))
  const parameters = new Parameters(PG)
  const found = rare ? amongRare(asked, parameters) : alongPlaces(asked, parameters)
  const rows = await session.rows(withValues(asked, found), parameters.values)
  const hits = rows.slice(0, query.limit)
  const last = hits.at(-1)
  return {
    revision,
    hits: hits.map((row) => hitIn(row, shelves)),
    ...(rows.length > hits.length && last && { next: encodeCursor(asked.order, placeIn(last)) }),
    ...(query.total && { total: totalOf(await (rare ? countRare(session, asked) : countPlaces(session, asked))) }),
  }
}

async function looksFor(session: Session, names: Names, query: ListQuery, shelves: readonly Shelf[]): Promise<Look[]> {
  const choices = choicesFor(query, shelves)
  const open = choices.flatMap((choice, i) => (choice.length < 2 ? [] : choice.map((look, j) => ({ look, i, j }))))
  const sizes: number[][] = choices.map(() => [])
  if (open.length === 0) return chosen(choices, sizes)
  const parameters = new Parameters(PG)
  const limit = `LIMIT ${parameters.add(MAX_SIZE)}::bigint`
  const counts = open.map(
    ({ look: { shelf, terms } }, at) => `SELECT ${at} AS at, count(*) AS n FROM (
      SELECT 1 FROM unnest(${parameters.list(terms)}::text[]) AS b (term) CROSS JOIN LATERAL (
        SELECT 1 FROM ${names.place} p WHERE p.shelf = ${parameters.add(shelf.n)} AND p.term = b.term ${limit}) x
      ${limit}) y`,
  )
  for (const { at, n } of await session.rows(counts.join(' UNION ALL '), parameters.values)) {
    const one = open[Number(at)]
    const row = one && sizes[one.i]
    if (one && row) row[one.j] = Number(n)
  }
  return chosen(choices, sizes)
}

/** One more than the page, so that it is known whether there is another. */
function alongPlaces(asked: Asked, parameters: Parameters): string {
  const { order, query } = asked
  const range = rangeOf(query, order, 'p', parameters)
  const limit = `${parameters.add(query.limit + 1)}::bigint`
  const walks = walksOf(
    asked,
    parameters,
    `p.key, p.updated`,
    `AND ${range} ORDER BY ${orderBy(order, 'p')} LIMIT ${limit}`,
  )
  // A record may lie in several places.
  return `SELECT DISTINCT key, updated FROM (${walks}) y ORDER BY ${orderBy(order)} LIMIT ${limit}`
}

/** The walks through all places; `tail` ends each of them. Places of which the same is asked go together. */
function walksOf({ names, words, looks, shelves }: Asked, parameters: Parameters, what: string, tail: string): string {
  const alike = new Map<string, { rest: Where; on: number[]; terms: string[] }>()
  for (const { shelf, terms, rest } of looks) {
    const name = JSON.stringify(rest)
    const group = alike.get(name) ?? { rest, on: [], terms: [] }
    alike.set(name, group)
    for (const term of terms) {
      group.on.push(shelf.n)
      group.terms.push(term)
    }
  }
  const branches = [...alike.values()].map(({ rest, on, terms }) => {
    const conditions = rest.op === 'always' ? [] : [sqlOf(rest, shelves, parameters, PG)]
    if (words.length > 0) conditions.push(`r.words @> ${parameters.list(words)}::text[]`)
    const join = conditions.length > 0 ? `JOIN ${names.record} r ON r.key = p.key` : ''
    const and = conditions.map((condition) => `AND ${condition}`).join(' ')
    return `SELECT x.* FROM unnest(${parameters.add(on)}::int[], ${parameters.add(terms)}::text[]) AS b (shelf, term)
      CROSS JOIN LATERAL (SELECT ${what} FROM ${names.place} p ${join}
        WHERE p.shelf = b.shelf AND p.term = b.term ${and} ${tail}) x`
  })
  return branches.join(' UNION ALL ')
}

async function isRare(session: Session, { record }: Names, words: string[]): Promise<boolean> {
  const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${record} WHERE words @> $1::text[] LIMIT $2) x`
  return Number((await session.rows(sql, [words, RARE + 1]))[0]?.n) <= RARE
}

function amongRare(asked: Asked, parameters: Parameters): string {
  const { query, order } = asked
  const from = rareOf(asked, parameters)
  const range = rangeOf(query, order, 'r', parameters)
  const limit = `${parameters.add(query.limit + 1)}::bigint`
  return `SELECT r.key, r.updated FROM ${from} AND ${range} ORDER BY ${orderBy(order, 'r')} LIMIT ${limit}`
}

/** The records with the words, found by these alone (`OFFSET 0` keeps the planner from other ideas), then asked. */
function rareOf({ names, query, words, shelves, looks }: Asked, parameters: Parameters): string {
  const found = `SELECT * FROM ${names.record} WHERE words @> ${parameters.list(words)}::text[] OFFSET 0`
  const on = PG.onShelves(parameters.list(looks.map(({ shelf }) => shelf.n)))
  return `(${found}) r WHERE ${on} AND ${sqlOf(conditionOf(query), shelves, parameters, PG)}`
}

async function countRare(session: Session, asked: Asked): Promise<number> {
  const parameters = new Parameters(PG)
  const sql = `SELECT count(*) AS n FROM ${rareOf(asked, parameters)}`
  return Number((await session.rows(sql, parameters.values))[0]?.n)
}

async function countPlaces(session: Session, asked: Asked): Promise<number> {
  const count = async (room: number | null): Promise<{ places: number; found: number }> => {
    const parameters = new Parameters(PG)
    const walks = walksOf(asked, parameters, 'p.key', `LIMIT ${parameters.add(MAX_TOTAL + 1)}::bigint`)
    const limited = `SELECT key FROM (${walks}) y LIMIT ${parameters.add(room)}::bigint`
    const sql = `SELECT count(*) AS places, count(DISTINCT key) AS found FROM (${limited}) z`
    const [row] = await session.rows(sql, parameters.values)
    return { places: Number(row?.places), found: Number(row?.found) }
  }
  const { places, found } = await count(ROOM)
  return places < ROOM || found > MAX_TOTAL ? found : (await count(null)).found
}

/** The records of a page, in its order. */
function withValues({ names, order }: Asked, found: string): string {
  return `SELECT h.key, h.updated, r.shelf, e.value FROM (${found}) h
    JOIN ${names.record} r ON r.key = h.key JOIN ${names.entity} e ON e.key = h.key ORDER BY ${orderBy(order, 'h')}`
}

/** Behind the page before, in the order wanted. */
function rangeOf({ after }: ListQuery, order: Order, table: string, parameters: Parameters): string {
  if (after === undefined) return 'true'
  const { key, updated } = decodeCursor(after, order)
  const behind = order.startsWith('-') ? '<' : '>'
  return order.endsWith('updated')
    ? `(${table}.updated, ${table}.key) ${behind} (${parameters.add(updated)}::bigint, ${parameters.add(key)})`
    : `${table}.key ${behind} ${parameters.add(key)}`
}

function orderBy(order: Order, table?: string): string {
  const of = table ? `${table}.` : ''
  const down = order.startsWith('-') ? ' DESC' : ''
  return order.endsWith('updated') ? `${of}updated${down}, ${of}key${down}` : `${of}key${down}`
}

function placeIn(row: Row): Place {
  return { key: String(row.key), updated: Number(row.updated) }
}

function hitIn(row: Row, shelves: readonly Shelf[]): Hit {
  const { key, updated } = placeIn(row)
  const entity = keyOf(key)
  return {
    id: 'id' in entity ? entity.id : '',
    type: shelves.find(({ n }) => n === Number(row.shelf))?.type ?? '',
    value: parseJson(String(row.value), key) as JsonObject,
    updated,
  }
}
