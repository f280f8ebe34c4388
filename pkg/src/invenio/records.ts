/** Records and drafts: REST's own JSON, with what other files say of them put where the preset looks for it. */

import { without } from '../policy-words.js'
import type { SyncEngine } from '../sync/engine.js'
import type { Json, JsonObject } from '../types.js'
import { toldBy } from './communities.js'
import type { Files } from './files.js'
import type { Made } from './made.js'
import type { Part } from './part.js'

/** What a request has to know of the record it is about. */
export interface Topic {
  owner: Json | undefined
  grants: Json[]
  communities: Json[]
}

/** What other files say of records: their secret links, and the communities they are offered to. */
export interface Beside {
  links: Map<string, JsonObject>
  inclusions: Map<string, JsonObject[]>
}

export async function records(
  files: Files,
  engine: SyncEngine,
  made: Made,
  beside: Beside,
): Promise<Map<string, Topic>> {
  const topics = new Map<string, Topic>()
  const [published, drafts] = [await files.entries('records.json'), await files.some('drafts.json')]
  const together = versionsOf(published, drafts)
  for (const part of published) {
    const id = part.at('id').id()
    if (id === undefined) continue
    const deleted = part.at('deletion_status', 'status')
    const status = deleted.isThere ? deleted.word(['P', 'D', 'X']) : 'P'
    put(part, id, status === 'P' ? 'published' : status, { engine, made, beside, topics, together })
    part.log.take('records')
  }
  for (const part of drafts) {
    const own = ownId(part, true)
    if (own === undefined) continue
    const status = part.at('is_published').flag() === true ? 'draft_of_published' : statusOf(part)
    put(part, own, status, { engine, made, beside, topics, together })
    part.log.take('drafts')
  }
  files.pass('records.anonymous-sample.json', 'records.anonymous-sample.json')
  return topics
}

/** What follows a record's id in its draft's, to the engine too. */
const DRAFT = '.draft'

/** The draft of a published record has that record's id, and two things cannot have one. */
function ownId(part: Part, draft: boolean): string | undefined {
  const id = part.at('id').id()
  return id !== undefined && draft && part.at('is_published').value === true ? `${id}${DRAFT}` : id
}

/** Ids of what has a parent in common, versions and drafts, by the parent. */
function versionsOf(published: Part[], drafts: Part[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const all = [...published.map((part) => [part, false] as const), ...drafts.map((part) => [part, true] as const)]
  for (const [part, draft] of all) {
    const id = ownId(part, draft)
    const { value: parent } = part.at('parent', 'id')
    if (id !== undefined && typeof parent === 'string') found.set(parent, [...(found.get(parent) ?? []), id])
  }
  return found
}

/** A first version is a draft whatever became of its review; that stands with the review. */
function statusOf(part: Part): string {
  const { value: index } = part.at('versions', 'index')
  return typeof index === 'number' && index > 1 ? 'new_version_draft' : 'draft'
}

const DERIVED = ['links', 'revision_id', 'stats', 'is_published', 'is_draft', '_invenio_explicit_acls']
/** What the preset looks at, and what upstream's records are known to hold beside it. */
const TAKEN = [
  ...['id', 'parent', 'access', 'status', 'deletion_status', 'tombstone', 'pids', 'metadata', 'custom_fields'],
  ...['created', 'updated', 'expires_at', 'versions', 'files', 'media_files', 'internal_notes'],
]

interface Work {
  engine: SyncEngine
  made: Made
  beside: Beside
  topics: Map<string, Topic>
  together: Map<string, string[]>
}

function put(part: Part, id: string, status: string | undefined, work: Work): void {
  if (status === undefined) return
  const { engine, made, beside, topics, together } = work
  const { value: parent } = part.at('parent', 'id')
  const records = together.get(String(parent)) ?? [id]
  const whole = part.object()
  // Where nothing is said the preset reads `public`, and an export that lost it must not open anything.
  for (const level of ['record', 'files']) part.at('access', level).text()
  const rest = Object.keys(whole).filter((key) => !TAKEN.includes(key) && !DERIVED.includes(key))
  part.rest('records', TAKEN, { derived: DERIVED, kept: rest })
  const kept = Object.fromEntries(Object.entries(whole).filter(([key]) => !DERIVED.includes(key)))
  const { value: provider } = part.at('pids', 'doi', 'provider')
  const value: JsonObject = {
    ...without(kept, engine.unsearched ?? []),
    status,
    parent: parentOf(part.at('parent'), beside, records),
    ...(provider === 'external' && { external_doi: true }),
  }
  try {
    engine.columns(value)
  } catch (error) {
    toldBy(error, part)
    return
  }
  made.put({ relation: 'record', id }, value, part)
  topics.set(id, {
    owner: part.at('parent', 'access', 'owned_by', 'user').value,
    grants: part
      .at('parent', 'access', 'grants')
      .listed()
      .map((grant) => grant.value as Json),
    communities: part
      .at('parent', 'communities', 'ids')
      .listed()
      .map((one) => one.value as Json),
  })
}

function parentOf(part: Part, { links, inclusions: offered }: Beside, records: string[]): JsonObject {
  const inclusions = records.flatMap((id) => offered.get(id) ?? [])
  const parent = part.object()
  const access = part.at('access').object()
  const { entries, ...communities } = part.at('communities').isThere ? part.at('communities').object() : {}
  if (entries !== undefined)
    part.log.note('records.parent.communities.entries', 'derived', part.at('communities', 'entries').path)
  const review = part.at('review')
  return {
    ...parent,
    access: { ...access, links: linksOf(part.at('access', 'links'), links) },
    communities,
    ...(review.isThere && { review: reviewOf(review) }),
    ...(inclusions.length > 0 && { inclusions }),
    ...(records.length > 1 && { records: records.toSorted() }),
  }
}

/** A record names its links by their ids; one of which nothing else is said opens nothing, and is left out. */
function linksOf(part: Part, links: Map<string, JsonObject>): Json[] {
  return part.listed().flatMap((link): Json[] => {
    const id = link.at('id').id()
    const found = id === undefined ? undefined : links.get(id)
    if (id !== undefined && found === undefined)
      link.log.note('secret links that links.json does not hold', 'unknown', link.path)
    return found ? [found] : []
  })
}

function reviewOf(part: Part): JsonObject {
  const { links: _, ...review } = part.object()
  return { ...review, ...reviewersOf(part.at('reviewers')) }
}

/** Upstream lists users and groups together. */
export function reviewersOf(part: Part): JsonObject {
  if (!part.isThere) return {}
  const users: string[] = []
  const groups: string[] = []
  for (const one of part.list()) {
    const [user, group] = [one.at('user'), one.at('group')]
    if (user.isThere) users.push(user.id() ?? '')
    else if (group.isThere) groups.push(group.id() ?? '')
    else one.fault('names neither a user nor a group')
  }
  return { reviewers: { users, groups } }
}

/** Secret links by their ids. Their tokens are signed elsewhere and stay there. */
export async function secretLinks(files: Files): Promise<Map<string, JsonObject>> {
  const links = new Map<string, JsonObject>()
  if (!files.has('links.json')) return links
  const file = await files.read('links.json')
  const byRecord = file.at('by_record')
  file.rest('links.json', ['by_record'], { derived: ['expired'] })
  for (const record of Object.keys(byRecord.object())) {
    for (const link of byRecord.at(record, 'hits', 'hits').list()) {
      const id = link.at('id').id()
      const permission = link.at('permission').word(['view', 'preview', 'edit'])
      link.rest('links', ['id', 'permission', 'expires_at', 'created_at', 'description', 'origin'], {
        no_place: ['token', 'links'],
      })
      if (id === undefined || permission === undefined) continue
      const { token: _token, links: _links, expires_at, ...rest } = link.object()
      // Versions share their links, so one may be listed under each of them.
      if (!links.has(id)) link.log.take('secret links')
      links.set(id, { ...rest, ...(expires_at !== null && expires_at !== undefined && { expires_at }) })
    }
  }
  return links
}
