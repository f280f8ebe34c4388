/**
 * What a list looks at. On one shelf the state is known, so much of the condition falls away; of the rest, a *cover* is
 * taken: terms of which every hit has at least one. Not SQL: that is `condition.ts` and each database's `list.ts`.
 */

import type { Where } from '../../types.js'
import type { ListQuery } from '../host.js'
import type { Shelf } from './place.js'
import { EVERYTHING, communityTerm, encoded, fieldTerm, ownerTerm, primaryTerm, shelfTerm } from './place.js'

/** The places to look at on one shelf, and what is still to be asked of each record there. */
export interface Look {
  shelf: Shelf
  terms: string[]
  rest: Where
  /** All that is asked of a record on this shelf. */
  whole: Where
  /** Every hit has at least one term of each group. */
  groups: string[][]
}

/** Beyond so many places a shelf is walked instead, and each record on it asked for the condition. */
const MAX_PLACES = 1000

const ALWAYS: Where = { op: 'always' }
const NEVER: Where = { op: 'never' }

/** The ways to find every hit on a shelf. Each will do; the one with the fewest records is quickest. */
export type Choice = Look[]

/** Places are counted up to here where there is a choice: two that hold more are taken for alike. */
export const MAX_SIZE = 20_000

/** Looks with no more records than this are not walked in order: all they hold is found, and put in order. */
export const RARE = 5000

/** Of a look that is doubtful, so many records are asked: where fewer than one in `SPARSE` is a hit, a walk would be long. */
export const PROBE = 1000
export const SPARSE = 100

/** A group of more terms narrows little and costs much to ask for. */
const MAX_GROUP = 200

/** What there is to choose from. Words are not planned: they are asked of each record. */
export function choicesFor(query: ListQuery, shelves: readonly Shelf[]): Choice[] {
  const condition = conditionOf(query)
  const choices: Choice[] = []
  for (const shelf of shelves) {
    if (query.type !== undefined && shelf.type !== query.type) continue
    if (query.states !== undefined && !query.states.includes(shelf.state)) continue
    const rest = inState(condition, shelf.state)
    if (rest.op === 'never') continue
    const covers = coversOf(rest)
    const groups = covers.map(({ terms }) => terms).filter(([term]) => term !== EVERYTHING)
    choices.push(covers.map((cover) => ({ shelf, ...cover, whole: rest, groups })))
  }
  return choices
}

/** Whether the places of a choice are to be counted: to choose, or to know whether there is much to search. */
export function isOpen(choice: Choice, words: readonly string[]): boolean {
  return choice.length > 1 || words.length > 0
}

/** Looks, and those of them that perhaps hold much of which little is meant. */
export interface Chosen {
  looks: Look[]
  doubtful: Look[]
}

/** The looks with the fewest records, counted by `sizes`: of each look of each open choice. */
export function chosen(choices: readonly Choice[], sizes: readonly number[][], words: readonly string[]): Chosen {
  const best = choices.flatMap((choice, i) => {
    const bySize = choice.map((look, j) => ({ look, size: sizes[i]?.[j] ?? 0 }))
    bySize.sort((a, b) => a.size - b.size || a.look.terms.length - b.look.terms.length)
    return bySize.slice(0, 1)
  })
  const looks = bounded(best.map(({ look }) => look))
  const isAsked = ({ rest }: Look): boolean => rest.op !== 'always' || words.length > 0
  return { looks, doubtful: looks.filter((look, i) => isAsked(look) && (best[i]?.size ?? 0) > RARE) }
}

/** The condition with the query's own narrowings, but for those that a shelf settles. */
export function conditionOf({ where, community, owner }: ListQuery): Where {
  const of: Where[] = [where]
  if (community !== undefined) of.push({ op: 'community', of: 'any', in: [community], unknown: [], rest: 'deny' })
  if (owner !== undefined) of.push({ op: 'owner', user: owner })
  return { op: 'all', of }
}

/** The condition where the state is known. `always` and `never` stand only for the whole. */
export function inState(where: Where, state: string): Where {
  switch (where.op) {
    case 'state':
      return where.in.includes(state) ? ALWAYS : NEVER
    case 'community':
      if (where.rest === 'allow') return ALWAYS
      return where.in.length === 0 ? NEVER : where
    case 'term':
      return where.in.length === 0 ? NEVER : where
    case 'not': {
      const of = inState(where.of, state)
      if (of.op === 'always') return NEVER
      return of.op === 'never' ? ALWAYS : { op: 'not', of }
    }
    case 'any':
      return joined('any', where.of, state, NEVER, ALWAYS)
    case 'all':
      return joined('all', where.of, state, ALWAYS, NEVER)
    default:
      return where
  }
}

/**
 * What a record is found by on a shelf beside its words: each list holds terms of which it has one. Exact as far as it goes;
 * what it leaves open is in `whole`.
 */
export function foundBy({ shelf, groups }: Look): string[][] {
  return [[shelfTerm(shelf.n)], ...groups.filter(({ length }) => length <= MAX_GROUP)]
}

function joined(op: 'any' | 'all', of: Where[], state: string, neutral: Where, settled: Where): Where {
  const parts: Where[] = []
  for (const part of of.map((one) => inState(one, state))) {
    if (part.op === settled.op) return settled
    if (part.op === op) parts.push(...part.of)
    else if (part.op !== neutral.op) parts.push(part)
  }
  const [only] = parts
  if (!only) return neutral
  return parts.length === 1 ? only : { op, of: parts }
}

interface Cover {
  terms: string[]
  rest: Where
}

function coversOf(where: Where): Cover[] {
  const covers = where.op === 'all' ? narrowings(where.of) : [cover(where)].filter((one) => one !== null)
  if (covers.length === 0) return [{ terms: [EVERYTHING], rest: where }]
  // What one user owns is little: nothing needs to be counted.
  const own = covers.find(({ terms: [term, ...more] }) => term?.startsWith('o/') && more.length === 0)
  return own ? [own] : covers
}

/** Null where no term says anything. What the terms say completely need not be asked again. */
function cover(where: Where): Cover | null {
  switch (where.op) {
    case 'owner':
      return { terms: [ownerTerm(encoded(where.user))], rest: ALWAYS }
    case 'term':
      return { terms: [...new Set(where.in.map(encoded))].map(fieldTerm), rest: ALWAYS }
    case 'community': {
      const ids = [...new Set(where.in.map(encoded))]
      if (where.of === 'any') return { terms: ids.map(communityTerm), rest: ALWAYS }
      return { terms: ids.map(primaryTerm), rest: where.of === 'primary' ? ALWAYS : where }
    }
    case 'any': {
      const covers = where.of.map(cover)
      if (!covers.every((one) => one !== null)) return null
      const whole = covers.every((one) => one.rest.op === 'always')
      return { terms: [...new Set(covers.flatMap((one) => one.terms))], rest: whole ? ALWAYS : where }
    }
    case 'all':
      return narrowest(where.of)
    default:
      return null
  }
}

/** Of conditions that must all hold, the one with the fewest places. */
function narrowest(parts: Where[]): Cover | null {
  return narrowings(parts).sort((a, b) => a.terms.length - b.terms.length)[0] ?? null
}

/** Of conditions that must all hold, each that terms can say; the others are asked. */
function narrowings(parts: Where[]): Cover[] {
  return parts.flatMap((part, at) => {
    const found = cover(part)
    if (!found) return []
    const of = parts.filter((_, i) => i !== at)
    if (found.rest.op !== 'always') of.push(found.rest)
    const [only] = of
    const rest: Where = only && of.length === 1 ? only : { op: 'all', of }
    return [{ terms: found.terms, rest: of.length === 0 ? ALWAYS : rest }]
  })
}

function bounded(looks: Look[]): Look[] {
  const places = looks.reduce((sum, { terms }) => sum + terms.length, 0)
  if (places <= MAX_PLACES) return looks
  // The condition was cut to what the terms leave open, so it is made whole again by testing the terms as well.
  return looks.map((look) => (look.terms.length <= 1 ? look : { ...look, terms: [EVERYTHING], rest: ofTerms(look) }))
}

/** What the terms of a look say, as a condition again. */
function ofTerms({ terms, rest }: Look): Where {
  const ids = (kind: string): string[] =>
    terms.filter((term) => term.startsWith(kind)).map((term) => decodeURIComponent(term.slice(kind.length)))
  const of: Where[] = ids('o/').map((user) => ({ op: 'owner', user }))
  const named = ids('t/')
  if (named.length > 0) of.push({ op: 'term', in: named, over: false })
  for (const [kind, which] of [
    ['c/', 'any'],
    ['p/', 'primary'],
  ] as const) {
    const found = ids(kind)
    if (found.length > 0) of.push({ op: 'community', of: which, in: found, unknown: [], rest: 'deny' })
  }
  return { op: 'all', of: [{ op: 'any', of }, rest] }
}
