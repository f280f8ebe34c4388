/** Where a record is asked for: under which type, by whom, in which community's path. */

import type { FactsInput, JsonObject, Key, LinkOptions, Resource, Subject } from '../../types.js'
import { askStep } from '../context/make.js'
import type { Asked, Done, ServerContext } from '../context.js'
import type { Collection, RecordType } from '../types.js'
import { demandMatch, recordBody } from './shape.js'

export { newId as recordId } from '../../ids.js'

export interface Place {
  type: RecordType
  subject: Subject
  community: string | undefined
  id: string
  links: LinkOptions
}

export function resourceOf({ type, id, community }: Place): Resource {
  const resource = { type: type.key, id }
  return community === undefined ? resource : { ...resource, community }
}

/** The fact every question about a record starts with. */
export function startOf({ id }: Pick<Place, 'id'>): Key[] {
  return [{ relation: 'record', id }]
}

/** What a transition is known to look at: the subject's roles, and what its parameters name. It saves rounds. */
export function startOfAct(at: Place, { request, community }: JsonObject): Key[] {
  const keys: Key[] = [...startOf(at), { relation: 'access', where: {} }]
  if (at.subject.type === 'user') {
    const user = String(at.subject.id)
    keys.push({ relation: 'user', id: user }, { relation: 'membership', where: { user } })
  }
  if (typeof request === 'string' && isId(request)) keys.push({ relation: 'record', id: request })
  if (typeof community === 'string' && isId(community)) keys.push({ relation: 'community', id: community })
  return keys
}

/** Whether a store could have it; what else a client writes is the engine's to refuse. */
function isId(text: string): boolean {
  return text !== '' && new TextEncoder().encode(text).length <= 255 && !/\p{Cc}/u.test(text)
}

/**
 * Of the types that share an address, that of a record. The stored record says; whoever may not see it learns nothing of that,
 * and of one that is not there any will do.
 */
export async function typeAt(context: ServerContext, types: Collection['types'], id: string): Promise<RecordType> {
  if (types.length === 1) return types[0]
  const { value: named } = await context.settle(
    ({ records = {} }) => ({ value: Object.hasOwn(records, id) ? records[id]?.$type : undefined, missing: [] }),
    startOf({ id }),
  )
  return types.find(({ key, first }) => named === key || (first && named === undefined)) ?? types[0]
}

/** Whether the stored record is of the type of the path; a record that is not there is left to the engine. */
export function sameType(facts: FactsInput, { type, id }: Place): boolean {
  const records = facts.records ?? {}
  if (!Object.hasOwn(records, id)) return true
  const named = records[id]?.$type
  return named === type.key || (type.first && named === undefined)
}

/** The record as the subject sees it at these facts. */
export function readAt({ engine }: ServerContext, at: Place, facts: FactsInput): Asked<Done | undefined> {
  return askStep(engine, { do: 'read', subject: at.subject, resource: resourceOf(at), links: at.links }, facts)
}

/** Holds a write to the `If-Match` of its request. Whoever cannot read the record has nothing that could match. */
export async function demandUnchanged(context: ServerContext, request: Request, at: Place): Promise<void> {
  if (!request.headers.has('if-match')) return
  const { value } = await context.settle((facts) => readAt(context, at, facts), startOf(at))
  await demandMatch(request, value?.view ? recordBody(value.view) : undefined)
}
