/** Searches: who may, what may somebody do, to what may they do it. */

import type { AccessRow, Key, Resource, Subject } from '../../types.js'
import type { ServerContext } from '../context.js'
import { malformed } from '../problem.js'
import { communitiesNamed, typeIn } from '../../policy-words.js'
import { pageWhere } from '../routes/list.js'
import { evaluate, startOf } from './evaluate.js'
import { resourceOf, subjectOf, type Asker, type Entity } from './who-asks.js'

export interface Page {
  token?: string
  limit?: number
}

export interface Results {
  results: object[]
  page: { next_token: string; count: number }
  context?: object
}

export async function searchActions(
  { engine, settle, limits }: ServerContext,
  who: Asker,
  { subject, resource, page }: { subject: Entity; resource: Entity; page?: Page },
): Promise<Results> {
  const asked = { subject: subjectOf(who, subject), resource: resourceOf(who, resource) }
  const { value } = await settle((facts) => {
    const decisions = Object.entries(engine.actions(asked, facts))
    return { value: decisions, missing: decisions.flatMap(([, decision]) => decision?.missing ?? []) }
  }, startOf(asked))
  // Of records `create` is asked of their communities; see `resourceOf`.
  const isItself = resource.type === 'community' || who.unkept.includes(resource.type)
  const asks = value.filter(([name]) => isItself || name !== 'create')
  const allowed = asks.filter(([, answer]) => answer?.decision === 'allow').map(([name]) => ({ name }))
  return paged(allowed, page, limits.page)
}

/** Records come from the database by the rule's filter; communities are those the subject sees and may `create` in. */
export async function searchResources(
  context: ServerContext,
  who: Asker,
  { subject, action, resource, page = {} }: ResourceSearch,
): Promise<Results> {
  const by = subjectOf(who, subject)
  if (resource.type === 'community') return paged(await openTo(context, by, action.name), page, context.limits.page)
  const { type } = resource
  const where = await pageWhere(context, { subject: by, action: action.name, type, scope: 'everywhere' })
  const { hits, next = '' } = await context.store.list({
    where,
    type,
    order: 'id',
    limit: Math.min(page.limit ?? context.limits.page, context.limits.page),
    ...(page.token ? { after: page.token } : {}),
  })
  // A back end's filter may let more through than the rule where a deny row names a community; the engine says.
  const { value: decided } = await context.settle((facts) => {
    const answers = hits.map(({ id, value }) => {
      const of: Resource = { type, id, properties: value }
      return { id, ...context.engine.check({ subject: by, action: action.name, resource: of }, facts) }
    })
    return { value: answers, missing: answers.flatMap(({ missing }) => missing) }
  })
  const results = decided.filter(({ decision }) => decision === 'allow').map(({ id }) => ({ type, id }))
  return { results, page: { next_token: next, count: results.length } }
}

export interface ResourceSearch {
  subject: Entity
  action: { name: string }
  resource: { type: string }
  page?: Page
}

/**
 * Users who may. Whoever may not ask about others learns of themselves only. `context` says whether everybody may, or
 * everybody signed in: those cannot be listed.
 */
export async function searchSubjects(
  context: ServerContext,
  who: Asker,
  { action, resource, page }: { action: { name: string }; resource: Entity; page?: Page },
): Promise<Results> {
  const { caller, trusted } = who
  if (!trusted) {
    if (caller.type !== 'user') return paged([], page, context.limits.page)
    const self = { type: 'user', id: String(caller.id) }
    const { decision } = await evaluate(context, who, { subject: self, action, resource })
    return paged(decision ? [self] : [], page, context.limits.page)
  }
  const asked = { action: action.name, resource: resourceOf(who, resource, action.name) }
  const start = [...startOf(asked), ...(await peopleOf(context, asked.resource))]
  const { value } = await context.settle((facts) => {
    const found = context.engine.who(asked, facts)
    return { value: found, missing: found.missing }
  }, start)
  const users = value.users.filter(({ decision }) => decision === 'allow').map(({ id }) => ({ type: 'user', id }))
  const everybody = { anyone: value.anyone === 'allow', authenticated: value.authenticated === 'allow' }
  return { ...paged(users, page, context.limits.page), context: everybody }
}

/** The facts that name people: the members of the record's communities, access rows, and holders of roles in those. */
async function peopleOf({ engine, store }: ServerContext, resource: Resource): Promise<Key[]> {
  const { id = '' } = resource
  const { records = {}, access = [] } = await store.facts(startOf({ resource }))
  const communities = new Set<string>(resource.type === 'community' ? [id] : [])
  const record = resource.properties ?? (Object.hasOwn(records, id) ? records[id] : undefined)
  if (record) {
    const { primary, secondary, type } = engine.columns(record)
    const of = typeIn(engine, type)
    const others = of ? communitiesNamed(engine, of, record) : []
    for (const id of [primary, ...secondary, ...others]) if (id !== null) communities.add(id)
  }
  return [
    ...[...communities].map((community): Key => ({ relation: 'membership', where: { community } })),
    ...(await holdersOf(store, access)),
  ]
}

const SCAN = 500

/** Users who hold a global role that an access row speaks of. */
async function holdersOf(store: ServerContext['store'], rows: readonly AccessRow[]): Promise<Key[]> {
  const roles = new Set(rows.flatMap((row) => ('role' in row ? [row.role] : [])))
  const keys: Key[] = []
  let after: string | undefined
  while (roles.size > 0) {
    const page = await store.scan('user', { limit: SCAN, ...(after === undefined ? {} : { after }) })
    for (const { key, value } of page) {
      const held = (value as { roles?: string[] }).roles ?? []
      if (held.some((role) => roles.has(role)))
        keys.push({ relation: 'user', id: decodeURIComponent(key.slice('user/'.length)) })
    }
    if (page.length < SCAN) break
    after = page[page.length - 1]?.key
  }
  return keys
}

/** Communities a subject sees and may do something in. */
async function openTo(
  context: ServerContext,
  subject: Subject,
  action: string,
): Promise<{ type: string; id: string }[]> {
  const { value: listed } = await context.resolve({ do: 'list_communities', subject })
  const communities = (listed.communities ?? []).map(({ id }) => ({ type: 'community' as const, id }))
  const { value } = await context.settle((facts) => {
    const decided = communities.map((resource) => ({
      resource,
      ...context.engine.check({ subject, action, resource }, facts),
    }))
    return { value: decided, missing: decided.flatMap(({ missing }) => missing) }
  })
  return value.filter(({ decision }) => decision === 'allow').map(({ resource }) => resource)
}

/** A part of what was found; tokens count from the start. */
function paged(all: object[], { token, limit }: Page = {}, most: number): Results {
  if (token && !/^\d{1,9}$/.test(token)) throw malformed('body.page.token', 'is none this server gave; leave it out')
  const start = Number(token || 0)
  const results = all.slice(start, start + Math.min(limit ?? most, most))
  const end = start + results.length
  return { results, page: { next_token: end < all.length ? String(end) : '', count: results.length } }
}
