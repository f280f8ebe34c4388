/** Lists of records: the rule as a filter, run by the database; each hit as its reader sees it. */

import { listsSpeakOf } from '../../acl/words.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { FactsInput, Filter, Key, Scope, Subject, Where } from '../../types.js'
import type { Hit, ListPage, ListQuery } from '../../store/host.js'
import { keyText } from '../../store/entities.js'
import { compare, encodeCursor, type Order, type Place } from '../../store/list/cursor.js'
import { firstWith, type Page } from '../../store/list/first.js'
import { missingIn } from '../../sync/where.js'
import { askStep } from '../context/make.js'
import type { Asked, ServerContext } from '../context.js'
import { malformed, notFound } from '../problem.js'
import type { Input, Query } from '../openapi/route.js'
import type { Schema } from '../openapi/schema.js'
import type { RecordType } from '../types.js'
import { firstIn } from '../../policy-words.js'
import { communityStart } from './communities.js'
import { linksOf } from './item.js'
import { SEARCHER, searcher } from './searcher.js'
import { answer, recordBody } from './shape.js'

const ORDERS = { newest: '-updated', oldest: 'updated', id: 'id', '-id': '-id' } as const

const listQuery = (states: string[]): { [name: string]: Schema } => ({
  q: { type: 'string', maxLength: 255, description: 'Words that all occur in the record.' },
  state: {
    type: 'array',
    items: { type: 'string', enum: states },
    maxItems: 32,
    description: 'Only records in one of these states.',
  },
  owner: { type: 'string', minLength: 1, maxLength: 255, description: 'Only records this user owns; `me` is you.' },
  sort: { type: 'string', enum: Object.keys(ORDERS), description: 'Newest first if not said.' },
  size: { type: 'integer', minimum: 1, maximum: 1000, description: 'Hits a page; 25 if not said.' },
  after: { type: 'string', maxLength: 1024, pattern: '^[!-~]+$', description: 'From `links.next` of the page before.' },
  total: {
    type: 'boolean',
    description:
      'Whether to count the hits; on the first page they are if not said. Never for whoever holds a secret link that is good for some of them: how many those are is not known.',
  },
  scope: {
    type: 'string',
    enum: ['mine', 'everywhere'],
    description: 'Without a community in the path: only communities you hold a role in, or all.',
  },
})

/** What may be asked of records that access lists may speak of. */
const OF_LISTS: { [name: string]: Schema } = {
  operations: {
    type: 'boolean',
    description: 'Whether to say of each hit which operations of access lists you may do to it.',
  },
  ...SEARCHER,
}

/** Where several types share an address, one may ask for some of them. */
export function collectionQuery(engine: SyncEngine, types: RecordType[]): { [name: string]: Schema } {
  const states = [...new Set(types.flatMap((type) => type.states))]
  const words = [...new Set(types.flatMap(({ key }) => firstIn(engine, key)))]
  const first: Schema = { type: 'string', enum: words, description: 'Those with this in a field come first.' }
  const query = {
    ...listQuery(states),
    ...(words.length > 0 && { first }),
    ...(types.every(({ key }) => listsSpeakOf(engine, key)) && OF_LISTS),
  }
  if (types.length === 1) return query
  const keys = types.map(({ key }) => key)
  const description = 'Only those of one of these types.'
  const type: Schema = { type: 'array', items: { type: 'string', enum: keys }, minItems: 1, maxItems: 32, description }
  return { ...query, type }
}

/** Of the types that share an address, those that are asked for. */
export function typesAsked(types: RecordType[], query: Query): RecordType[] {
  const asked = types.length === 1 ? undefined : query.list('type')
  return asked === undefined ? types : types.filter(({ key }) => asked.includes(key))
}

/** A page of records of one type, or of several in one order. `community`: only those in it. */
export async function listRecords(
  context: ServerContext,
  types: RecordType[],
  input: Input,
  origin: string,
  community?: string,
): Promise<Response> {
  const { c, query } = input
  const subject = await searcher(context, input)
  if (community !== undefined) {
    const { value } = await context.resolve({ do: 'read_community', subject, id: community }, communityStart(community))
    if (value.error) throw notFound()
    if (query.text('scope') !== undefined)
      throw malformed('query.scope', 'is for lists without a community in the path')
  }
  const page = await pageOf(context, types, subject, community, query)
  const byKey = new Map(types.map((type) => [type.key, type]))
  const say = { origin, operations: query.flag('operations') === true }
  const hits = await shown(context, byKey, subject, page.hits, say)
  const self = new URL(c.req.url)
  const at = (params: URLSearchParams): string => {
    const search = params.toString()
    return `${origin}${self.pathname}${search === '' ? '' : `?${search}`}`
  }
  const next = new URLSearchParams(self.searchParams)
  if (page.next !== undefined) next.set('after', page.next)
  return answer(
    {
      hits: { hits, ...(page.total ? { total: page.total.value, relation: page.total.relation } : {}) },
      links: { self: at(self.searchParams), ...(page.next === undefined ? {} : { next: at(next) }) },
    },
    { etag: true, request: c.req.raw },
  )
}

async function pageOf(
  context: ServerContext,
  types: RecordType[],
  subject: Subject,
  community: string | undefined,
  query: Query,
): Promise<Page> {
  const { store, limits } = context
  const scope: Scope = community === undefined ? scopeOf(query) : { community }
  const order = ORDERS[(query.text('sort') ?? 'newest') as keyof typeof ORDERS]
  const limit = Math.min(query.number('size') ?? 25, limits.page)
  const asked: Omit<ListQuery, 'where' | 'limit'> = { order }
  const states = query.list('state')
  const owner = query.text('owner')
  const q = query.text('q')
  const after = query.text('after')
  if (community !== undefined) asked.community = community
  if (states !== undefined) asked.states = states
  if (owner !== undefined) asked.owner = owner === 'me' && subject.type === 'user' ? String(subject.id) : owner
  if (q !== undefined && q.trim() !== '') asked.q = q
  const counted = query.flag('total') ?? after === undefined
  const lists = await Promise.all(
    types.map(async ({ key: type }) => ({
      type,
      where: await pageWhere(context, { subject, action: 'read', type, scope }),
    })),
  )
  const total = counted && !lists.some(({ where }) => isOver(where))
  const page = async (
    part: (where: Where) => Where,
    from: Pick<ListQuery, 'limit' | 'after' | 'total'>,
  ): Promise<Page> => {
    const some = lists.map(({ type, where }) => store.list({ ...asked, ...from, type, where: part(where) }))
    return merged(await Promise.all(some), order, from.limit)
  }
  const whole = (where: Where): Where => where
  const go = after === undefined ? {} : { after }
  const first = query.text('first')
  if (first === undefined) return page(whole, { limit, total, ...go })
  const found = await firstWith(first, limit, after, (part, limit, after) =>
    page(part, { limit, total: false, ...(after !== undefined && { after }) }),
  )
  const { total: all } = total ? await page(whole, { limit: 1, total }) : {}
  return { ...found, ...(all && { total: all }) }
}

/** Pages of several lists as one page of all: each begins where all of the page before ended. */
function merged(pages: ListPage[], order: Order, limit: number): Page {
  const [only] = pages
  if (only !== undefined && pages.length === 1) return only
  const inOrder = compare(order)
  const placeOf = ({ id, updated }: Hit): Place => ({ key: keyText({ relation: 'record', id }), updated })
  const all = pages.flatMap(({ hits }) => hits).sort((one, other) => inOrder(placeOf(one), placeOf(other)))
  const hits = all.slice(0, limit)
  const last = hits.at(-1)
  const isMore = all.length > limit || pages.some(({ next }) => next !== undefined)
  const totals = pages.flatMap(({ total }) => total ?? [])
  const sum = totals.reduce((all, { value }) => all + value, 0)
  const isExact = totals.every(({ relation }) => relation === 'eq')
  return {
    hits,
    ...(isMore && last && { next: encodeCursor(order, placeOf(last)) }),
    ...(totals.length === pages.length && { total: { value: sum, relation: isExact ? 'eq' : 'gte' } }),
  }
}

interface Ruled {
  subject: Subject
  action: string
  type: string
  scope: Scope
}

/** What is left of the rule for a subject, with nothing unknown in it. */
export async function pageWhere(context: ServerContext, query: Ruled): Promise<Where> {
  const filter = await filterFor(context, query)
  filter.free()
  return filter.where
}

/** The same, to be asked of records one by one too. Whoever asked for it frees it. */
export async function filterFor({ engine, settle }: ServerContext, query: Ruled): Promise<Filter> {
  let found: Filter | undefined
  const { value } = await settle((facts) => {
    found?.free()
    found = engine.filter(query, facts)
    return { value: found, missing: missingIn(found.where) }
  }, factsAbout(query.subject))
  return value
}

/** Any community may grant to everybody, so all of them matter; how many records there are does not. */
export function factsAbout(subject: Subject): Key[] {
  const start: Key[] = [{ relation: 'community' }, { relation: 'access', where: {} }]
  if (subject.type !== 'user') return start
  const user = String(subject.id)
  return [...start, { relation: 'user', id: user }, { relation: 'membership', where: { user } }]
}

/**
 * Whether more records are meant than the rule allows, because only the engine knows which links have ended. A page then
 * shows fewer than the store found, and where the next one starts is right all the same; a count would tell of records
 * that are not shown.
 */
function isOver(where: Where): boolean {
  if (where.op === 'any' || where.op === 'all') return where.of.some(isOver)
  return where.op === 'not' ? isOver(where.of) : where.op === 'open' || (where.op === 'term' && where.over)
}

function scopeOf(query: Query): Scope {
  return query.text('scope') === 'mine' ? 'mine' : 'everywhere'
}

/**
 * The hits as the subject sees them, with one look-up of facts for all. Who lost the right to one between the page and
 * that look-up does not get it.
 */
async function shown(
  context: ServerContext,
  types: ReadonlyMap<string, RecordType>,
  subject: Subject,
  hits: Hit[],
  say: { origin: string; operations: boolean },
): Promise<{ [key: string]: unknown }[]> {
  const { engine, settle } = context
  if (hits.length === 0) return []
  const ask = (given: FactsInput): Asked<{ [key: string]: unknown }[]> => {
    const facts = engine.facts(given)
    const missing: Key[] = []
    const value = hits.flatMap((hit) => {
      const resource = { type: hit.type, id: hit.id, properties: hit.value }
      const links = linksOf(context, say.origin, types.get(hit.type))
      const asked = askStep(engine, { do: 'read', subject, resource, links }, facts)
      missing.push(...asked.missing)
      const { view } = asked.value ?? {}
      if (view === undefined) return []
      const operations = say.operations ? engine.operations({ subject, resource }, facts) : undefined
      // What is not certain is not said to be possible; these facts hold all that concerns the subject.
      const may = operations && { operations: operations.allowed }
      return [{ ...recordBody(view), ...may, updated: new Date(hit.updated).toISOString() }]
    })
    facts.free()
    return { value, missing }
  }
  return (await settle(ask, say.operations ? [...factsAbout(subject), { relation: 'acl' }] : [])).value
}
