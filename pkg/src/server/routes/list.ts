/** Lists of records: the rule as a filter, run by the database; each hit as its reader sees it. */

import type { FactsInput, Key, LinkOptions, Scope, Subject, Where } from '../../types.js'
import type { Hit, ListPage, ListQuery } from '../../store/host.js'
import { askStep } from '../context/make.js'
import type { Asked, ServerContext } from '../context.js'
import { malformed, notFound } from '../problem.js'
import type { Input, Query } from '../openapi/route.js'
import type { Schema } from '../openapi/schema.js'
import type { RecordType } from '../types.js'
import { communityStart } from './communities.js'
import { answer, recordBody } from './shape.js'

const ORDERS = { newest: '-updated', oldest: 'updated', id: 'id', '-id': '-id' } as const

export const listQuery = (states: string[]): { [name: string]: Schema } => ({
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

export async function listRecords(
  context: ServerContext,
  type: RecordType,
  { c, param, query }: Input,
  links: LinkOptions,
): Promise<Response> {
  const subject = await context.subject(c)
  const { community } = param
  if (community !== undefined) {
    const { value } = await context.resolve({ do: 'read_community', subject, id: community }, communityStart(community))
    if (value.error) throw notFound()
    if (query.text('scope') !== undefined)
      throw malformed('query.scope', 'is for lists without a community in the path')
  }
  const page = await pageOf(context, type, subject, community, query)
  const hits = await shown(context, type, subject, page.hits, links)
  const self = new URL(c.req.url)
  const base = links.base ?? ''
  const at = (params: URLSearchParams): string => {
    const search = params.toString()
    return `${new URL(base || self.origin).origin}${self.pathname}${search === '' ? '' : `?${search}`}`
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
  type: RecordType,
  subject: Subject,
  community: string | undefined,
  query: Query,
): Promise<ListPage> {
  const { store, limits } = context
  const scope: Scope = community === undefined ? scopeOf(query) : { community }
  const states = query.list('state')
  const where = await pageWhere(context, { subject, action: 'read', type: type.key, scope })
  const asked: ListQuery = {
    where,
    type: type.key,
    order: ORDERS[(query.text('sort') ?? 'newest') as keyof typeof ORDERS],
    limit: Math.min(query.number('size') ?? 25, limits.page),
    total: !isOver(where) && (query.flag('total') ?? query.text('after') === undefined),
  }
  const owner = query.text('owner')
  const q = query.text('q')
  const after = query.text('after')
  if (community !== undefined) asked.community = community
  if (states !== undefined) asked.states = states
  if (owner !== undefined) asked.owner = owner === 'me' && subject.type === 'user' ? String(subject.id) : owner
  if (q !== undefined && q.trim() !== '') asked.q = q
  if (after !== undefined) asked.after = after
  return store.list(asked)
}

/** What is left of the rule for a subject, with nothing unknown in it. */
export async function pageWhere(
  { engine, settle }: ServerContext,
  query: { subject: Subject; action: string; type: string; scope: Scope },
): Promise<Where> {
  const { subject } = query
  // Any community may grant to everybody, so all of them matter; how many records there are does not.
  const start: Key[] = [{ relation: 'community' }, { relation: 'access', where: {} }]
  if (subject.type === 'user') {
    const user = String(subject.id)
    start.push({ relation: 'user', id: user }, { relation: 'membership', where: { user } })
  }
  const { value } = await settle((facts) => {
    const filter = engine.filter(query, facts)
    filter.free()
    return { value: filter.where, missing: missingOf(filter.where) }
  }, start)
  return value
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

/** The facts a condition still lacks. */
function missingOf(where: Where): Key[] {
  if (where.op === 'unknown') return where.missing
  if (where.op === 'any' || where.op === 'all') return where.of.flatMap(missingOf)
  return where.op === 'not' ? missingOf(where.of) : []
}

/**
 * The hits as the subject sees them, with one look-up of facts for all. Who lost the right to one between the page and
 * that look-up does not get it.
 */
async function shown(
  { engine, settle }: ServerContext,
  type: RecordType,
  subject: Subject,
  hits: Hit[],
  links: LinkOptions,
): Promise<{ [key: string]: unknown }[]> {
  if (hits.length === 0) return []
  const ask = (facts: FactsInput): Asked<{ [key: string]: unknown }[]> => {
    const missing: Key[] = []
    const value = hits.flatMap((hit) => {
      const resource = { type: type.key, id: hit.id, properties: hit.value }
      const asked = askStep(engine, { do: 'read', subject, resource, links }, facts)
      missing.push(...asked.missing)
      const { view } = asked.value ?? {}
      return view ? [{ ...recordBody(view), updated: new Date(hit.updated).toISOString() }] : []
    })
    return { value, missing }
  }
  return (await settle(ask)).value
}
