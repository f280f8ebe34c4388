/**
 * Facts in and out of a table: `FactsInput` to entities, and answers with certificates. Used by every store, so that
 * they cannot differ. Not for what facts mean: the engine reads them. Not for entity keys: `entities.ts`.
 */

import type { AccessRow, CommunityFact, FactsInput, JsonObject, Relation, Revision } from './store.js'
import type { Certificate, MembershipFact } from '../types.js'
import type { Entry } from './entities.js'
import type { EntityTable } from './table.js'
import { RELATIONS, idText, isRelation, keyOf, keyText, userText, valueText } from './entities.js'
import { invalid, isPlainObject, member, parseJson } from './json.js'

/**
 * The entities a store starts with. A store certifies all it holds, so facts that are themselves complete only in part
 * are refused: absence in them would be read as "no".
 */
export function entriesOfFacts(facts: FactsInput): Entry[] {
  const given: unknown = facts
  if (!isPlainObject(given)) throw invalid('initial', 'is not facts')
  if (given.complete !== undefined && given.complete !== true) {
    throw invalid('initial.complete', 'a store holds everything there is; these facts are certified only in part')
  }
  const entries: Entry[] = []
  const put = (key: unknown, value: unknown, path: string): void => {
    const text = keyText(key, path)
    entries.push({ key: text, text: valueText(text, value, path) })
  }
  for (const [relation, section] of [
    ['record', 'records'],
    ['community', 'communities'],
    ['user', 'users'],
    ['acl', 'acls'],
  ] as const) {
    const entities = given[section] ?? {}
    if (!isPlainObject(entities)) throw invalid(`initial.${section}`, 'is not an object')
    for (const [id, value] of Object.entries(entities)) put({ relation, id }, value, `initial.${section}${member(id)}`)
  }
  for (const [row, path] of rowsOf(given.memberships, 'initial.memberships')) {
    put({ relation: 'membership', community: row.community, user: row.user, group: row.group }, row, path)
  }
  for (const [row, path] of rowsOf(given.access, 'initial.access')) {
    put({ relation: 'access', id: accessId(row as AccessRow) }, row, path)
  }
  return entries
}

/** An id made of what the row says: the same row given twice is one row. */
export function accessId(row: AccessRow): string {
  const who =
    'user' in row ? ['user', String(row.user)] : 'role' in row ? ['role', row.role] : ['system_role', row.system_role]
  return JSON.stringify([row.exclude ? 'deny' : 'allow', row.action, row.argument ?? null, ...who])
}

/** What one key asks for: an entity, or those of a relation that fit. Ids are as they stand in keys (`idText`). */
export type Wish =
  | { key: string }
  | { relation: 'community' | 'acl' }
  | { relation: 'membership'; community?: string; user?: string }
  | { relation: 'access'; action?: string }

/** What the keys ask for, for stores that fetch it from elsewhere before they `answer`. */
export function wishesOf(wanted: readonly unknown[]): Wish[] {
  return asked(wanted).map(({ wish }) => wish)
}

/**
 * The facts named, and a certificate for each. `field` in a key is ignored: whole entities are given. The moment is that of
 * the store's clock; a host with a clock of its own puts that in its place.
 */
export function answer(
  table: EntityTable,
  wanted: readonly unknown[],
  revision: Revision,
  clock: () => number = Date.now,
): FactsInput {
  const keys = new Set<string>()
  const sections = new Set<Relation>()
  const certificates = new Map<string, Certificate>()
  for (const { wish, certificate } of asked(wanted)) {
    sections.add(certificate.relation)
    for (const one of keysFor(table, wish)) keys.add(one)
    certificates.set(JSON.stringify(certificate), certificate)
  }
  const time = wanted.some(isMoment) ? { time: Math.trunc(clock()) } : {}
  return { revision, ...time, ...gather(table, [...keys].sort(), sections), complete: [...certificates.values()] }
}

/** Everything, certified complete. */
export function everything(table: EntityTable, revision: Revision): FactsInput {
  const keys = RELATIONS.flatMap((relation) => table.page(relation))
  return { revision, ...gather(table, keys, new Set(RELATIONS)), complete: true }
}

function rowsOf(rows: unknown, path: string): [row: { [key: string]: unknown }, path: string][] {
  if (rows === undefined) return []
  if (!Array.isArray(rows)) throw invalid(path, 'is not a list')
  return rows.map((row: unknown, i) => {
    if (!isPlainObject(row)) throw invalid(`${path}[${i}]`, 'is not an object')
    return [row, `${path}[${i}]`]
  })
}

interface Asked {
  wish: Wish
  certificate: Certificate
}

function asked(wanted: readonly unknown[]): Asked[] {
  if (!Array.isArray(wanted)) throw invalid('wanted', 'is not a list')
  return wanted.flatMap((key: unknown, i) => (isMoment(key) ? [] : [askedBy(key, `wanted[${i}]`)]))
}

/** The one key that names no facts of a store. */
function isMoment(key: unknown): boolean {
  return isPlainObject(key) && key.relation === 'time'
}

function askedBy(key: unknown, path: string): Asked {
  if (!isPlainObject(key)) throw invalid(path, 'is not a key')
  const { relation } = key
  if (!isRelation(relation))
    throw invalid(`${path}.relation`, `\`${String(relation)}\` is not one of ${RELATIONS.join(', ')}`)
  if (relation === 'membership') return membershipsAsked(key.where, `${path}.where`)
  if (relation === 'access') return accessAsked(key.where, `${path}.where`)
  // Communities and access lists are few: they are asked for whole.
  if ((relation === 'community' || relation === 'acl') && key.id === undefined)
    return { wish: { relation }, certificate: { relation } }
  const text = keyText(key, path)
  const entity = keyOf(text)
  return { wish: { key: text }, certificate: { relation, where: 'id' in entity ? { id: entity.id } : {} } }
}

function membershipsAsked(given: unknown, path: string): Asked {
  const relation = 'membership'
  const { community, user } = conditions(given, ['community', 'user'], path)
  const wish: Wish = { relation }
  const where: Certificate['where'] = {}
  if (community !== undefined) {
    wish.community = idText(community, `${path}.community`)
    where.community = String(community)
  }
  if (user !== undefined) {
    wish.user = userText(user, `${path}.user`)
    where.user = String(user)
  }
  return { wish, certificate: { relation, where } }
}

function accessAsked(given: unknown, path: string): Asked {
  const relation = 'access'
  const { action } = conditions(given, ['action'], path)
  if (action === undefined) return { wish: { relation }, certificate: { relation, where: {} } }
  if (typeof action !== 'string') throw invalid(`${path}.action`, 'is not the name of an action')
  return { wish: { relation, action }, certificate: { relation, where: { action } } }
}

function keysFor(table: EntityTable, wish: Wish): string[] {
  if ('key' in wish) return table.get(wish.key) === undefined ? [] : [wish.key]
  if (wish.relation === 'membership') return table.memberships(wish.community, wish.user)
  return wish.relation === 'access' ? table.access(wish.action) : table.page(wish.relation)
}

/** A misspelt condition must not pass as no condition: it would look up, and certify, everything. */
function conditions(where: unknown, words: readonly string[], path: string): { [word: string]: unknown } {
  if (where === undefined) return {}
  if (!isPlainObject(where)) throw invalid(path, 'is not an object')
  for (const word of Object.keys(where))
    if (!words.includes(word)) throw invalid(path + member(word), `is not one of ${words.join(', ')}`)
  return where
}

/** Puts entities into their sections. Sections that were asked about and are empty are there, and empty. */
function gather(table: EntityTable, keys: readonly string[], sections: ReadonlySet<Relation>): FactsInput {
  const named = {
    record: [] as [string, JsonObject][],
    community: [] as [string, CommunityFact][],
    user: [] as [string, JsonObject][],
    acl: [] as [string, JsonObject][],
  }
  const memberships: MembershipFact[] = []
  const access: AccessRow[] = []
  for (const text of keys) {
    const key = keyOf(text)
    // The casts are safe: `valueText` checked the shape when the value came in, and blocks are checksummed.
    const value = parseJson(table.get(text) ?? '', text)
    if (key.relation === 'membership') {
      const { community } = key
      const holder = key.group === undefined ? { user: key.user } : { group: key.group }
      memberships.push({ community, ...holder, ...(value as Pick<MembershipFact, 'role' | 'visible'>) })
    } else if (key.relation === 'access') access.push(value as AccessRow)
    else if (key.relation === 'community') named.community.push([key.id, value as CommunityFact])
    else named[key.relation].push([key.id, value as JsonObject])
  }
  // `fromEntries` defines properties; assigning would trip over an entity whose id is `__proto__`.
  return {
    ...(sections.has('user') && { users: Object.fromEntries(named.user) }),
    ...(sections.has('community') && { communities: Object.fromEntries(named.community) }),
    ...(sections.has('membership') && { memberships }),
    ...(sections.has('access') && { access }),
    ...(sections.has('acl') && { acls: Object.fromEntries(named.acl) }),
    ...(sections.has('record') && { records: Object.fromEntries(named.record) }),
  }
}
