/** Where a record is asked for: under which type, by whom, in which community's path. */

import type { FactsInput, Key, LinkOptions, Resource, Subject } from '../../types.js'
import { askStep } from '../context/make.js'
import type { Asked, Done, ServerContext } from '../context.js'
import type { RecordType } from '../types.js'
import { demandMatch, recordBody } from './shape.js'

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
export function startOf({ id }: Place): Key[] {
  return [{ relation: 'record', id }]
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

/** An id for a new record: 120 random bits, in letters and digits that are read aloud without confusion. */
export function recordId(): string {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz'
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => letters.charAt(byte & 31)).join('')
}
