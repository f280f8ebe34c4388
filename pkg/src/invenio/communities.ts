/** Communities, who is in them, and who is about to be. */

import type { SyncEngine } from '../sync/engine.js'
import type { Json, JsonObject } from '../types.js'
import type { Files } from './files.js'
import type { Made } from './made.js'
import type { Part } from './part.js'

/** The words of an export's settings are upstream's, and are read as such. */
const VARIANT = 'invenio-communities-29'
const SYSTEM = { type: 'system' } as const

/** What waits for a request: the id of the request, and the role that is offered. */
export type Offers = Map<string, string>

export async function communities(files: Files, engine: SyncEngine, made: Made): Promise<Offers> {
  const offers: Offers = new Map()
  for (const part of await files.entries('communities.json')) {
    const id = part.at('id').id()
    const slug = part.at('slug').text()
    if (id === undefined || slug === undefined) continue
    community(part, id, engine, made)
    const name = `members/${slug}`
    for (const member of await files.entries(`${name}.json`)) active(member, id, made)
    for (const [kind, role] of PENDING)
      for (const member of await files.some(`${name}.${kind}.json`)) pending(member, id, role, kind, made, offers)
    files.pass(`${name}.public.json`, 'members/*.public.json')
  }
  return offers
}

const PENDING = [
  ['invitations', 'invitee'],
  ['membership-requests', 'applicant'],
] as const

/** Kept for people; no rule looks at them. */
const OWN = ['created', 'updated', 'custom_fields', 'is_verified', 'theme', 'tombstone'] as const

/** The engine makes the community, and so says whether its settings can be. */
function community(part: Part, id: string, engine: SyncEngine, made: Made): void {
  const { title, ...metadata } = part.at('metadata').object()
  const settings: { [address: string]: string } = {}
  for (const [key, word] of Object.entries(part.at('access').object())) settings[`access.${key}`] = word as string
  const type = part.at('metadata', 'type', 'id')
  part.rest('communities', ['id', 'slug', 'metadata', 'access', 'deletion_status'], {
    derived: ['links', 'revision_id', 'featured', 'files'],
    no_place: ['parent', 'children'],
    kept: OWN,
  })
  const own: JsonObject = { slug: part.at('slug').value as Json }
  for (const key of OWN) if (part.at(key).isThere) own[key] = part.at(key).value as Json
  const value = newCommunity(part, engine, {
    id,
    title: title as string,
    metadata,
    settings,
    ...(type.isThere && { type: type.value as string }),
  })
  if (value === undefined) return
  const status = part.at('deletion_status', 'status')
  const deletion = status.isThere ? status.word(['P', 'D', 'X']) : 'P'
  const gone = deletion !== undefined && deletion !== 'P' && { deletion: { status: deletion } }
  made.put({ relation: 'community', id }, { ...own, ...value, ...gone }, part)
  part.log.take('communities')
}

interface NewCommunity {
  id: string
  title: string
  type?: string
  metadata: JsonObject
  settings: { [address: string]: string }
}

function newCommunity(part: Part, engine: SyncEngine, asked: NewCommunity): JsonObject | undefined {
  try {
    const done = engine.step(
      { do: 'import_community', subject: SYSTEM, variant: VARIANT, ...asked },
      { complete: true },
    )
    if (done.t === 'done' && done.outcome === 'ok') {
      const change = done.changes.find(({ key }) => key.relation === 'community')
      return change?.op === 'put' ? (change.value as JsonObject) : undefined
    }
    const { error } = done as { error?: { code: string; message: string; path?: string } }
    const at = (error?.path ?? '').replace(/^call\.settings\["(.*)"\]$/, '$1').replace(/^call\./, '')
    part.log.fault(`${part.path}${at === '' ? '' : `.${at}`}`, error?.message ?? 'cannot be read', error?.code)
  } catch (error) {
    toldBy(error, part)
  }
  return undefined
}

/** Faults the engine found, where they stand in the export. */
export function toldBy(error: unknown, part: Part): void {
  if (!(error instanceof Error) || error.name !== 'LictorError' || !('faults' in error)) throw error
  for (const { path, message, code } of error.faults as { path: string; message: string; code: string }[])
    part.log.fault(`${part.path}${within(path)}`, message, code)
}

const DERIVED = ['id', 'permissions', 'is_current_user', 'links', 'revision_id']
const NO_PLACE = ['group_notification_enabled']
const KEPT = ['created', 'updated'] as const

function holder(part: Part): { user: string } | { group: string } | undefined {
  const { value: type } = part.at('member', 'type')
  const id = part.at('member', 'id').id()
  if (type !== 'user' && type !== 'group') {
    part.log.note(`members of type ${String(type).slice(0, 64)}`, 'unknown', part.at('member', 'type').path)
    return undefined
  }
  if (id === undefined) return undefined
  return type === 'user' ? { user: id } : { group: id }
}

function active(part: Part, community: string, made: Made): void {
  const taken = ['member', 'role', 'visible']
  part.rest('members', taken, { derived: DERIVED, no_place: NO_PLACE, kept: KEPT })
  const who = holder(part)
  const role = part.at('role').text()
  const visible = part.at('visible').isThere && part.at('visible').flag()
  if (who === undefined || role === undefined) return
  const value = { role, ...(visible === true && { visible }), ...dates(part) }
  made.put({ relation: 'membership', community, ...who }, value, part)
  part.log.take('group' in who ? 'groups in communities' : 'members')
}

/** Of requests that are closed nothing waits; what came of them stands among the members. */
function pending(part: Part, community: string, role: string, kind: string, made: Made, offers: Offers): void {
  part.rest(kind, ['member', 'role', 'visible', 'request'], { derived: DERIVED, no_place: NO_PLACE, kept: KEPT })
  const open = part.at('request', 'is_open').flag()
  const who = holder(part)
  const request = part.at('request', 'id').id()
  const offered = part.at('role').text()
  if (who === undefined || request === undefined || offered === undefined) return
  offers.set(request, offered)
  if (open !== true) {
    part.log.note(`${kind} that are closed`, 'derived', part.path)
    return
  }
  made.put({ relation: 'membership', community, ...who }, { role, as: offered, request, ...dates(part) }, part)
  part.log.take(kind)
}

function dates(part: Part): JsonObject {
  const found: JsonObject = {}
  for (const key of KEPT) if (part.at(key).isThere) found[key] = part.at(key).value as Json
  return found
}

/** A path of the engine's without its root; addresses of fields stand in it as one name. */
const within = (path: string): string => path.replace(/^(call|record)(?=[.[]|$)/, '').replace(/^\["([\w.]+)"\]/, '.$1')
