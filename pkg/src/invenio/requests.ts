/** Requests: REST's own JSON as records of the preset's machines. */

import type { SyncEngine } from '../sync/engine.js'
import type { Json, JsonObject } from '../types.js'
import { toldBy, type Offers } from './communities.js'
import type { Made } from './made.js'
import type { Part } from './part.js'
import { reviewersOf, type Topic } from './records.js'

/** Types under which whoever previews the record reads the request too. */
const READ_WITH_TOPIC = [
  'community-submission',
  'community-inclusion',
  'record-deletion',
  'file-modification',
  'quota-increase',
]
/** Levels of a grant that let somebody preview a record. */
const PREVIEWS = ['preview', 'edit', 'manage']
const DERIVED = ['links', 'revision_id', 'is_closed', 'is_open', 'is_expired', 'last_activity_at']
const TAKEN = [
  ...['id', 'type', 'status', 'created_by', 'receiver', 'topic', 'reviewers', 'is_locked', 'expires_at'],
  ...['title', 'description', 'number', 'created', 'updated', 'payload'],
]

/** Communities that records are offered to and that have not answered, by the record. */
export function inclusionsIn(requests: Part[]): Map<string, JsonObject[]> {
  const found = new Map<string, JsonObject[]>()
  for (const part of requests) {
    const { value: status } = part.at('status')
    if (part.at('type').value !== 'community-inclusion' || (status !== 'created' && status !== 'submitted')) continue
    const record = part.at('topic', 'record').id()
    const community = part.at('receiver', 'community').id()
    const request = part.at('id').id()
    if (record === undefined || community === undefined || request === undefined) continue
    found.set(record, [...(found.get(record) ?? []), { community, request }])
  }
  return found
}

export interface Around {
  engine: SyncEngine
  made: Made
  topics: Map<string, Topic>
  offers: Offers
}

export function requests(parts: Part[], around: Around): void {
  const { machines } = around.engine.policy
  const known = machines.flatMap(({ types }) => types.map(({ key }) => key))
  for (const part of parts) {
    const id = part.at('id').id()
    const type = part.at('type').text()
    if (id === undefined || type === undefined) continue
    if (known.includes(type)) request(part, id, type, around)
    else part.log.note(`requests of type ${type.slice(0, 64)}`, 'unknown', part.path)
  }
}

function request(part: Part, id: string, type: string, { engine, made, topics, offers }: Around): void {
  const whole = part.object()
  const rest = Object.keys(whole).filter((key) => !TAKEN.includes(key) && !DERIVED.includes(key))
  part.rest('requests', TAKEN, { derived: DERIVED, kept: rest })
  const gone = [...DERIVED, 'type', 'id', 'reviewers']
  const kept = Object.fromEntries(Object.entries(whole).filter(([key, value]) => !gone.includes(key) && value !== null))
  const role = offers.get(id)
  const value: JsonObject = {
    $type: type,
    ...kept,
    ...reviewersOf(part.at('reviewers')),
    ...expiryOf(part.at('expires_at')),
    ...(role !== undefined && { role }),
    ...readers(part, type, topics),
  }
  try {
    engine.columns(value)
  } catch (error) {
    toldBy(error, part)
    return
  }
  made.put({ relation: 'record', id }, value, part)
  part.log.take('requests')
}

/** The moment at which scheduled work lets it expire. */
function expiryOf(part: Part): JsonObject {
  if (!part.isThere) return {}
  const expires = Date.parse(part.text() ?? '')
  if (!Number.isNaN(expires)) return { expires }
  part.fault('is not a moment')
  return {}
}

function readers(part: Part, type: string, topics: Map<string, Topic>): JsonObject {
  const record = part.at('topic', 'record')
  if (!READ_WITH_TOPIC.includes(type) || !record.isThere) return {}
  const topic = topics.get(record.id() ?? '')
  if (topic === undefined) {
    part.log.note('requests about records that are not there', 'unknown', record.path)
    return {}
  }
  const owner: Json[] =
    topic.owner === undefined || topic.owner === null
      ? []
      : [{ subject: { type: 'user', id: topic.owner }, permission: 'manage' }]
  const granted = topic.grants.filter((grant) => PREVIEWS.includes(String((grant as JsonObject).permission)))
  return { topic_readers: [...owner, ...granted], topic_communities: topic.communities }
}
