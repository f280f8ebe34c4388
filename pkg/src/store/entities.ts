/**
 * One stored entity: its key as text (`record/r1`, `membership/cesnet/4`) and its value as JSON text. Both stores speak
 * only in these, so they cannot differ. Not for turning facts into entities and back: that is `facts.ts`.
 */

import type { Change, EntityKey, Relation } from './store.js'
import { StoreError } from './store.js'
import { invalid, isPlainObject, jsonText } from './json.js'

/** What is written: the value's JSON text, or null where the entity is deleted. */
export interface Entry {
  key: string
  text: string | null
  /** Records only: when it was written, in milliseconds since 1970. Stores of older formats did not keep it. */
  updated?: number
}

export const RELATIONS: readonly Relation[] = ['record', 'community', 'user', 'membership', 'access', 'acl']

/** IndexedDB, SQLite and PostgreSQL all index keys of this length; an id is a name, not a document. */
const MAX_ID = 512

export function isRelation(word: unknown): word is Relation {
  return RELATIONS.some((relation) => relation === word)
}

/**
 * The key as text. Ids are percent-encoded, so `/` and `%` in them are safe, the text is ASCII, and its order is the
 * same in JavaScript, SQLite and PostgreSQL (which disagree on how to order other characters).
 */
export function keyText(key: unknown, path = 'key'): string {
  if (!isPlainObject(key)) throw invalid(path, 'is not an entity key')
  const { relation } = key
  if (!isRelation(relation))
    throw invalid(`${path}.relation`, `\`${String(relation)}\` is not one of ${RELATIONS.join(', ')}`)
  if (relation === 'membership') {
    return `membership/${idText(key.community, `${path}.community`)}/${holderText(key, path)}`
  }
  return `${relation}/${relation === 'user' ? userText(key.id, `${path}.id`) : idText(key.id, `${path}.id`)}`
}

/** The key that `text` was made from. */
export function keyOf(text: string): EntityKey {
  const [relation, first, second, ...rest] = text.split('/')
  if (!isRelation(relation) || !first || rest.length > 0 || (relation === 'membership') !== (second !== undefined)) {
    throw new StoreError('corrupt', `\`${text}\` is not the key of an entity; it was left as it is`)
  }
  if (relation === 'membership') {
    const community = decodeURIComponent(first)
    return isGroup(second)
      ? { relation, community, group: decodeURIComponent(second.slice(1)) }
      : { relation, community, user: decodeURIComponent(second ?? '') }
  }
  return { relation, id: decodeURIComponent(first) }
}

/** The relation of a key as text; cheaper than `keyOf` where nothing else is asked. */
export function relationOf(text: string): Relation {
  const relation = text.slice(0, Math.max(0, text.indexOf('/')))
  if (!isRelation(relation))
    throw new StoreError('corrupt', `\`${text}\` is not the key of an entity; it was left as it is`)
  return relation
}

/** An id as it stands in a key. */
export function idText(id: unknown, path: string): string {
  if (typeof id !== 'string') throw invalid(path, 'an id must be a string')
  if (id === '') throw invalid(path, 'an id must not be empty')
  if (id.length > MAX_ID) throw invalid(path, `an id must not be longer than ${MAX_ID} characters`)
  try {
    return encodeURIComponent(id)
  } catch {
    // Half a surrogate pair has no UTF-8, so the engine could not be handed it.
    throw invalid(path, 'an id must be well-formed Unicode')
  }
}

/** As `idText`; `7` and `"7"` name the same user. */
export function userText(id: unknown, path: string): string {
  return idText(typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id, path)
}

/** Stands before a group in the key of its membership; in ids it is encoded. */
export const GROUP = '@'

const isGroup = (holder: string | undefined): holder is string => holder?.startsWith(GROUP) ?? false

/** Who holds a membership, as it stands in its key. */
function holderText(key: { user?: unknown; group?: unknown }, path: string): string {
  if (key.group === undefined) return userText(key.user, `${path}.user`)
  if (key.user !== undefined) throw invalid(path, 'names a `user` and a `group`; a membership is held by one')
  return GROUP + idText(key.group, `${path}.group`)
}

/** The part of a membership's key by which it is found: its user, or that it is a group's. */
export function holderOf(key: string): string {
  const holder = key.split('/')[2] ?? ''
  return isGroup(holder) ? GROUP : holder
}

/** Checks all changes before anything is written. The paths start with `changes[i]`. */
export function entriesOfChanges(changes: Change[]): Entry[] {
  if (!Array.isArray(changes)) throw invalid('changes', 'is not a list')
  return changes.map((change: unknown, i) => {
    const path = `changes[${i}]`
    if (!isPlainObject(change)) throw invalid(path, 'is not a change')
    const key = keyText(change.key, `${path}.key`)
    if (change.op === 'del') return { key, text: null }
    if (change.op !== 'put') throw invalid(`${path}.op`, `\`${String(change.op)}\` is neither put nor del`)
    return { key, text: valueText(key, change.value, `${path}.value`) }
  })
}

/** Notes on records that they are written now. */
export function stamp(entries: Entry[], now: number): Entry[] {
  for (const entry of entries) if (entry.text !== null && relationOf(entry.key) === 'record') entry.updated = now
  return entries
}

/** The JSON text of an entity's value, whose shape must fit its relation (types.ts). */
export function valueText(key: string, value: unknown, path: string): string {
  if (!isPlainObject(value)) throw invalid(path, 'is not an object')
  const relation = relationOf(key)
  if (relation === 'membership') return jsonText(membershipValue(key, value, path), path)
  if (relation === 'access') checkAccess(value, path)
  return jsonText(value, path)
}

/** Community and holder are stored once, in the key; told twice they must agree. */
function membershipValue(key: string, value: { [key: string]: unknown }, path: string): { [key: string]: unknown } {
  const { community, user, group, ...rest } = value
  const [, inCommunity, holder] = key.split('/')
  if (community !== undefined && idText(community, `${path}.community`) !== inCommunity) {
    throw invalid(`${path}.community`, 'is not the community of the key')
  }
  if (user !== undefined && userText(user, `${path}.user`) !== holder)
    throw invalid(`${path}.user`, 'is not the user of the key')
  if (group !== undefined && GROUP + idText(group, `${path}.group`) !== holder)
    throw invalid(`${path}.group`, 'is not the group of the key')
  const roles: unknown[] = Array.isArray(rest.role) ? rest.role : [rest.role]
  if (!roles.every((role) => typeof role === 'string' && role !== '')) {
    throw invalid(`${path}.role`, 'is neither a role nor a list of roles')
  }
  return rest
}

function checkAccess(value: { [key: string]: unknown }, path: string): void {
  if (typeof value.action !== 'string' || value.action === '')
    throw invalid(`${path}.action`, 'is not the name of an action')
  const given = ['user', 'role', 'system_role'].filter((who) => value[who] !== undefined)
  if (given.length !== 1) throw invalid(path, 'must name exactly one of user, role, system_role')
}
