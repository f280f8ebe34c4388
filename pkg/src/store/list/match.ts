/**
 * The condition of a list on one record's columns: what the databases are asked in their own words, said plainly. The
 * engine made the condition; here it is only carried out.
 */

import type { Where } from '../../types.js'
import type { ListPage, ListQuery, RecordColumns } from '../host.js'
import { invalid, isPlainObject } from '../json.js'
import { wordsOfQuery } from './words.js'
import { decodeCursor, orderOf } from './cursor.js'

/** Conditions nested deeper did not come from an engine. */
const MAX_DEPTH = 64
const MAX_LIMIT = 10_000
/** Hits are counted up to here; one more tells that there are more. */
export const MAX_TOTAL = 10_000

/** Whether a record with these columns is meant. The condition must have passed `checkWhere`. */
export function matches(where: Where, columns: RecordColumns): boolean {
  switch (where.op) {
    case 'always':
    case 'open':
      return true
    case 'never':
      return false
    case 'unknown':
      throw undecided('where')
    case 'any':
      return where.of.some((part) => matches(part, columns))
    case 'all':
      return where.of.every((part) => matches(part, columns))
    case 'not':
      return !matches(where.of, columns)
    case 'state':
      return where.in.includes(columns.state)
    case 'owner':
      return columns.owners.includes(where.user)
    case 'has_owner':
      return columns.owners.length > 0
    case 'has_community':
      return columns.primary !== null
    case 'term':
      return where.in.some((term) => columns.terms.includes(term))
    case 'community':
      return inCommunities(where, columns)
  }
}

/** Whether a record is a hit of the query, its place on the page and its words left aside. */
export function isHit(query: ListQuery, columns: RecordColumns): boolean {
  return (
    (query.type === undefined || columns.type === query.type) &&
    (query.states === undefined || query.states.includes(columns.state)) &&
    (query.community === undefined ||
      columns.primary === query.community ||
      columns.secondary.includes(query.community)) &&
    (query.owner === undefined || columns.owners.includes(query.owner)) &&
    matches(query.where, columns)
  )
}

export type Total = NonNullable<ListPage['total']>

/** `gte` where counting was given up. */
export function totalOf(count: number, relation: Total['relation'] = 'eq'): Total {
  return count > MAX_TOTAL ? { value: MAX_TOTAL, relation: 'gte' } : { value: count, relation }
}

/** Refuses a query that cannot be answered, before anything is read. */
export function checkQuery(query: ListQuery): void {
  if (!isPlainObject(query)) throw invalid('query', 'is not a query')
  checkWhere(query.where, 'query.where')
  for (const name of ['type', 'community', 'owner'] as const) {
    if (query[name] !== undefined && typeof query[name] !== 'string') throw invalid(`query.${name}`, 'is not text')
  }
  if (query.states !== undefined) checkTexts(query.states, 'query.states')
  if (query.q !== undefined) wordsOfQuery(query.q)
  const { limit } = query
  if (!(Number.isSafeInteger(limit) && limit > 0 && limit <= MAX_LIMIT))
    throw invalid('query.limit', `\`${String(limit)}\` is not a whole number from 1 to ${MAX_LIMIT}`)
  const order = orderOf(query)
  if (query.after !== undefined) decodeCursor(query.after, order)
}

/** Refuses what is no condition, and what is not decided: a list must not guess. */
export function checkWhere(where: unknown, path: string, depth = 0): asserts where is Where {
  if (!isPlainObject(where)) throw invalid(path, 'is not a condition')
  if (depth > MAX_DEPTH) throw invalid(path, `is nested deeper than ${MAX_DEPTH} levels`)
  switch (where.op) {
    case 'always':
    case 'open':
    case 'has_community':
    case 'never':
    case 'has_owner':
      return
    case 'unknown':
      throw undecided(path)
    case 'any':
    case 'all': {
      if (!Array.isArray(where.of)) throw invalid(`${path}.of`, 'is not a list of conditions')
      where.of.forEach((part: unknown, i) => checkWhere(part, `${path}.of[${i}]`, depth + 1))
      return
    }
    case 'not':
      return checkWhere(where.of, `${path}.of`, depth + 1)
    case 'state':
      return checkTexts(where.in, `${path}.in`)
    case 'owner':
      if (typeof where.user !== 'string') throw invalid(`${path}.user`, 'is not the id of a user')
      return
    case 'term':
      if (typeof where.over !== 'boolean') throw invalid(`${path}.over`, 'is neither true nor false')
      return checkTexts(where.in, `${path}.in`)
    case 'community':
      return checkCommunity(where, path)
    default:
      throw invalid(`${path}.op`, `\`${String(where.op)}\` is no condition`)
  }
}

/**
 * A record without a primary community stands for itself, in `any` and in `every`: there `rest` holds, as in every
 * community that is not named.
 */
function inCommunities(where: Where & { op: 'community' }, columns: RecordColumns): boolean {
  const holds = (id: string | null): boolean => (id !== null && where.in.includes(id)) || where.rest === 'allow'
  switch (where.of) {
    case 'primary':
      return holds(columns.primary)
    case 'any':
      return holds(columns.primary) || columns.secondary.some(holds)
    case 'every':
      return holds(columns.primary) && columns.secondary.every(holds)
  }
}

function checkCommunity(where: { [key: string]: unknown }, path: string): void {
  if (where.of !== 'primary' && where.of !== 'any' && where.of !== 'every')
    throw invalid(`${path}.of`, `\`${String(where.of)}\` is not one of primary, any, every`)
  checkTexts(where.in, `${path}.in`)
  checkTexts(where.unknown, `${path}.unknown`)
  if (where.rest === 'unknown' || (Array.isArray(where.unknown) && where.unknown.length > 0)) throw undecided(path)
  if (where.rest !== 'allow' && where.rest !== 'deny')
    throw invalid(`${path}.rest`, `\`${String(where.rest)}\` is neither allow nor deny`)
}

function checkTexts(list: unknown, path: string): void {
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string'))
    throw invalid(path, 'is no list of texts')
}

function undecided(path: string): Error {
  return invalid(path, 'leaves something unknown; look up the facts it names and ask the engine again')
}
