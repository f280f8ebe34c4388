/**
 * Lists in PostgreSQL. The places of the plan are one list in one statement: for each, a short walk along an index, so
 * a page is the same few statements for every subject and any number of records. In the caller's transaction.
 */

import type { Hit, ListPage, ListQuery } from '../../host.js'
import type { JsonObject, Revision } from '../../store.js'
import type { Order, Place } from '../../list/cursor.js'
import type { Where } from '../../../types.js'
import type { Shelf } from '../place.js'
import type { Chosen, Look } from '../plan.js'
import type { Names } from './names.js'
import type { Row, Session } from './session.js'
import { keyOf } from '../../entities.js'
import { parseJson } from '../../json.js'
import { decodeCursor, encodeCursor, orderOf } from '../../list/cursor.js'
import { MAX_TOTAL, type Total, totalOf } from '../../list/match.js'
import { wordsOfQuery } from '../../list/words.js'
import { Parameters, sqlOf } from '../condition.js'
import { MAX_SIZE, PROBE, RARE, SPARSE, choicesFor, chosen, foundBy, isOpen } from '../plan.js'
import { PG } from './dialect.js'

/** Places read for a total, where nothing else is asked of their records. */
const ROOM = 4 * (MAX_TOTAL + 1)
/** Records that are asked for a total. */
const ASKED = MAX_TOTAL + 1

interface Asked {
  names: Names
  query: ListQuery
  order: Order
  words: string[]
  shelves: readonly Shelf[]
  /** Walked in the wanted order. */
  walked: Look[]
  /** Hold little: found by words and terms, then put in order. */
  rare: Look[]
  /** Whether so much lies in a look that its records are not asked one by one for a total. */
  isLarge(look: Look): boolean
}

export async function listPage(
  session: Session,
  names: Names,
  query: ListQuery,
  shelves: readonly Shelf[],
  revision: Revision,
): Promise<ListPage> {
  const words = query.q === undefined ? [] : wordsOfQuery(query.q)
  const { looks, doubtful } = await looksFor(session, names, query, shelves, words)
  const scattered = await sparse(session, names, shelves, words, doubtful)
  const rare = await rareOf(session, names, words, scattered)
  const walked = looks.filter((look) => !rare.includes(look))
  const isLarge = (look: Look): boolean => words.length > 0 && doubtful.includes(look)
  const asked: Asked = { names, query, order: orderOf(query), words, shelves, walked, rare, isLarge }
  if (looks.length === 0) return { revision, hits: [], ...(query.total && { total: totalOf(0) }) }
  const parameters = new Parameters(PG)
  const rows = await session.rows(withValues(asked, pageOf(asked, parameters)), parameters.values)
  const hits = rows.slice(0, query.limit)
  const last = hits.at(-1)
  return {
    revision,
    hits: hits.map((row) => hitIn(row, shelves)),
    ...(rows.length > hits.length && last && { next: encodeCursor(asked.order, placeIn(last)) }),
    ...(query.total && { total: await countOf(session, asked) }),
  }
}

async function looksFor(
  session: Session,
  names: Names,
  query: ListQuery,
  shelves: readonly Shelf[],
  words: string[],
): Promise<Chosen> {
  const choices = choicesFor(query, shelves)
  const open = choices.flatMap((choice, i) => (isOpen(choice, words) ? choice.map((look, j) => ({ look, i, j })) : []))
  const sizes: number[][] = choices.map(() => [])
  if (open.length === 0) return chosen(choices, sizes, words)
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
  return chosen(choices, sizes, words)
}

/** Those of the looks of whose first records few are hits. */
async function sparse(
  session: Session,
  names: Names,
  shelves: readonly Shelf[],
  words: string[],
  looks: Look[],
): Promise<Look[]> {
  if (looks.length === 0) return []
  const parameters = new Parameters(PG)
  const limit = parameters.add(PROBE)
  const counts = looks.map(({ shelf, terms, rest }, at) => {
    const on = terms.map(() => shelf.n)
    const places = `SELECT p.key FROM ${listed(on, terms, parameters)}
      JOIN ${names.place} p ON p.shelf = b.shelf AND p.term = b.term LIMIT ${limit}::bigint`
    const conditions = conditionsOf(rest, words, shelves, parameters)
    return `SELECT ${at} AS at, count(*) AS n FROM (${places}) p
      JOIN ${names.record} r ON r.key = p.key WHERE ${conditions.join(' AND ')}`
  })
  const rows = await session.rows(counts.join(' UNION ALL '), parameters.values)
  const hits = new Map(rows.map(({ at, n }) => [Number(at), Number(n)]))
  return looks.filter((_, at) => (hits.get(at) ?? 0) * SPARSE < PROBE)
}

/** Those of the looks that hold few records with the words and terms asked for. */
async function rareOf(session: Session, names: Names, words: string[], looks: Look[]): Promise<Look[]> {
  if (looks.length === 0) return []
  const parameters = new Parameters(PG)
  const limit = `LIMIT ${parameters.add(RARE + 1)}::bigint`
  const counts = looks.map(
    (look, at) => `SELECT ${at} AS at, count(*) AS n FROM (
      SELECT 1 FROM ${names.record} WHERE ${holding(words, look, parameters)} ${limit}) x`,
  )
  const rows = await session.rows(counts.join(' UNION ALL '), parameters.values)
  const sizes = new Map(rows.map(({ at, n }) => [Number(at), Number(n)]))
  return looks.filter((_, at) => (sizes.get(at) ?? 0) <= RARE)
}

/** What the index of words and terms can say of a look's hits. */
function holding(words: string[], look: Look, parameters: Parameters): string {
  const lists = foundBy(look)
  const all = [...words, ...lists.flatMap((list) => (list.length === 1 ? list : []))]
  const conditions = [`words @> ${parameters.list(all)}::text[]`]
  for (const list of lists) if (list.length > 1) conditions.push(`words && ${parameters.list(list)}::text[]`)
  return conditions.join(' AND ')
}

/** One more than the page, so that it is known whether there is another. */
function pageOf(asked: Asked, parameters: Parameters): string {
  const { order, query, walked, rare, words, shelves } = asked
  const limit = `${parameters.add(query.limit + 1)}::bigint`
  const behind = (table: string): string => rangeOf(query, order, table, parameters)
  const walks = alike(walked).map(({ rest, on, terms }) => {
    const conditions = conditionsOf(rest, words, shelves, parameters)
    const join = conditions.length > 0 ? `JOIN ${asked.names.record} r ON r.key = p.key` : ''
    const and = conditions.map((condition) => `AND ${condition}`).join(' ')
    return `SELECT x.* FROM ${listed(on, terms, parameters)} CROSS JOIN LATERAL (
      SELECT p.key, p.updated FROM ${asked.names.place} p ${join}
      WHERE p.shelf = b.shelf AND p.term = b.term ${and} AND ${behind('p')}
      ORDER BY ${orderBy(order, 'p')} LIMIT ${limit}) x`
  })
  const found = rare.map((look) => {
    const whole = sqlOf(look.whole, shelves, parameters, PG)
    return `SELECT r.key, r.updated FROM ${among(asked, look, parameters)} r WHERE ${whole} AND ${behind('r')}`
  })
  // A record may lie in several places.
  const all = [...walks, ...found].join(' UNION ALL ')
  return `SELECT DISTINCT key, updated FROM (${all}) y ORDER BY ${orderBy(order)} LIMIT ${limit}`
}

/** The records that a look finds by words and terms alone (`OFFSET 0` keeps the planner from other ideas). */
function among({ names, words }: Asked, look: Look, parameters: Parameters, limit = 'OFFSET 0'): string {
  return `(SELECT * FROM ${names.record} WHERE ${holding(words, look, parameters)} ${limit})`
}

interface Walk {
  rest: Where
  on: number[]
  terms: string[]
}

/** Places of which the same is asked go together. A shelf has one look, so no record is met in two walks. */
function alike(looks: readonly Look[]): Walk[] {
  const walks = new Map<string, Walk>()
  for (const { shelf, terms, rest } of looks) {
    const name = JSON.stringify(rest)
    const walk = walks.get(name) ?? { rest, on: [], terms: [] }
    walks.set(name, walk)
    for (const term of terms) {
      walk.on.push(shelf.n)
      walk.terms.push(term)
    }
  }
  return [...walks.values()]
}

function listed(on: number[], terms: string[], parameters: Parameters): string {
  return `unnest(${parameters.add(on)}::int[], ${parameters.add(terms)}::text[]) AS b (shelf, term)`
}

/** What is asked of each record of a place, if anything is. */
function conditionsOf(rest: Where, words: string[], shelves: readonly Shelf[], parameters: Parameters): string[] {
  const conditions = rest.op === 'always' ? [] : [sqlOf(rest, shelves, parameters, PG)]
  if (words.length > 0) conditions.push(`r.words @> ${parameters.list(words)}::text[]`)
  return conditions
}

/** First what costs little to count. What is asked of each record is asked of so many, and then there are at least so many. */
async function countOf(session: Session, asked: Asked): Promise<Total> {
  const { words, walked, rare, isLarge } = asked
  const whole = walked.filter(({ rest }) => rest.op === 'always' && words.length === 0)
  const first = await countAmong(session, asked, whole, rare)
  if (first.relation === 'gte' || whole.length === walked.length) return first
  const others = walked.filter((look) => !whole.includes(look))
  const large = others.filter(isLarge)
  const then = await countAmong(
    session,
    asked,
    others.filter((look) => !isLarge(look)),
    large,
  )
  return totalOf(first.value + then.value, then.relation)
}

async function countAmong(session: Session, asked: Asked, walked: Look[], found: Look[]): Promise<Total> {
  const { names, words, shelves } = asked
  const parameters = new Parameters(PG)
  const branches: { sql: string; room: number }[] = []
  for (const { rest, on, terms } of alike(walked)) {
    const conditions = conditionsOf(rest, words, shelves, parameters)
    const room = conditions.length === 0 ? ROOM : ASKED
    const places = `SELECT p.key FROM ${listed(on, terms, parameters)}
      JOIN ${names.place} p ON p.shelf = b.shelf AND p.term = b.term LIMIT ${parameters.add(room)}::bigint`
    const join = conditions.length === 0 ? '' : `JOIN ${names.record} r ON r.key = p.key`
    const hit = conditions.join(' AND ') || 'true'
    branches.push({ room, sql: `SELECT p.key, ${hit} AS hit FROM (${places}) p ${join}` })
  }
  for (const look of found) {
    const limit = `LIMIT ${parameters.add(ASKED)}::bigint`
    const hit = sqlOf(look.whole, shelves, parameters, PG)
    branches.push({ room: ASKED, sql: `SELECT r.key, ${hit} AS hit FROM ${among(asked, look, parameters, limit)} r` })
  }
  if (branches.length === 0) return totalOf(0)
  const counts = branches.map(
    ({ sql }, at) => `SELECT ${at} AS at, count(*) AS met, count(DISTINCT key) FILTER (WHERE hit) AS n FROM (${sql}) x`,
  )
  let count = 0
  let relation: Total['relation'] = 'eq'
  for (const { at, met, n } of await session.rows(counts.join(' UNION ALL '), parameters.values)) {
    count += Number(n)
    if (Number(met) === branches[Number(at)]?.room) relation = 'gte'
  }
  return totalOf(count, relation)
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
