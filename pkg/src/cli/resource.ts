/** What questions and commands are about, as it is written on a command line: `r1`, `community:cesnet`, `member:cesnet/4`. */

import { typeIn, typesIn, valueAt, type TypeOf } from '../policy-words.js'
import type { HostStore } from '../store/host.js'
import { whole } from '../sync/whole.js'
import type { SyncEngine } from '../sync/engine.js'
import type { FactsInput, Json, JsonObject, Key, MembershipFact, Resource } from '../types.js'
import { EXIT, Failure, usage } from './failure.js'
import { givenValues } from './given.js'

export interface QuestionOptions {
  /** `false`: in no community. */
  community?: string | false
  /** What the document of something that is not there yet says. */
  with?: string[]
}

export interface Asked {
  resource: Resource
  /** What people call it. */
  name: string
  /** Facts that are known to be needed; they also tell whether it is there. */
  keys: Key[]
}

const MEMBER = 'member'

/** A word, or `TYPE:ID` where TYPE is one of the policy's; anything else with a colon is an id. */
export async function resourceOf(
  engine: SyncEngine,
  store: Pick<HostStore, 'facts'>,
  word: string | undefined,
  options: QuestionOptions,
): Promise<Asked> {
  const { type, id } = parts(engine, word)
  if (type === 'community' && id !== undefined) {
    return { resource: { type, id }, name: `community ${id}`, keys: [{ relation: 'community', id }] }
  }
  if (type === MEMBER && typeIn(engine, MEMBER)) return member(engine, store, id, options)
  if (id === undefined) return toBe(engine, type, options)
  const { community } = options
  const resource: Resource = {
    type: type ?? (await typeOfRecord(engine, store, id)),
    id,
    ...(typeof community === 'string' && { community }),
  }
  const keys: Key[] = [{ relation: 'record', id }]
  if (typeof community === 'string') keys.push({ relation: 'community', id: community })
  return { resource, name: id, keys }
}

/** To the operator nothing is concealed: a name that was misspelt must not look like a denial. */
export function mustExist(engine: SyncEngine, { keys, resource }: Asked, facts: FactsInput): void {
  for (const key of keys) {
    if (key.relation !== 'record' && key.relation !== 'community') continue
    if (!('id' in key)) continue
    const found = key.relation === 'record' ? facts.records : facts.communities
    if (!Object.hasOwn(found ?? {}, key.id)) throw unknown(key.relation, key.id)
    if (key.relation !== 'record' || key.id !== resource.id) continue
    const type = engine.columns(facts.records?.[key.id] ?? {}).type
    if (type !== resource.type) throw unknown('record', key.id, `\`${key.id}\` is of type \`${type}\``)
  }
}

/** The type of a stored record. */
export async function typeOfRecord(engine: SyncEngine, store: Pick<HostStore, 'facts'>, id: string): Promise<string> {
  const { records } = await store.facts([{ relation: 'record', id }])
  const record = records && Object.hasOwn(records, id) ? records[id] : undefined
  if (record === undefined) throw unknown('record', id)
  return engine.columns(record).type
}

export function unknown(what: 'record' | 'community' | 'member', id: string, message?: string): Failure {
  return new Failure(EXIT.refused, `unknown_${what}`, message ?? `there is no ${what} \`${id}\``, { path: what })
}

function parts(engine: SyncEngine, word: string | undefined): { type?: string; id?: string } {
  if (word === undefined) return {}
  const at = word.indexOf(':')
  const type = word.slice(0, Math.max(at, 0))
  const known = type === 'community' || typeIn(engine, type) !== undefined
  if (!known) return { id: word }
  const id = word.slice(at + 1)
  return { type, ...(id !== '' && { id }) }
}

/** What does not exist yet: in a community, in none, or with a document of its own. */
function toBe(engine: SyncEngine, type: string | undefined, options: QuestionOptions): Asked {
  const { community, with: values = [] } = options
  const key = type ?? engine.policy.types[0]?.key ?? 'record'
  const of = typeIn(engine, key)
  // What holds no records, such as a site, is asked about as it is.
  if (type !== undefined && of?.machine.actions.includes('read') === false) {
    return { resource: { type: key, properties: documentOf(of, [], values) }, name: `the ${key}`, keys: [] }
  }
  if (typeof community === 'string' && values.length === 0) {
    const keys: Key[] = [{ relation: 'community', id: community }]
    return { resource: { type: key, community }, name: `in ${community}`, keys }
  }
  if (community === undefined && values.length === 0) {
    const known = [...new Set(['community', ...typesIn(engine).map(({ type }) => type.key)])].join(', ')
    throw usage(
      `give the id of a record, TYPE:ID (types: ${known}), or \`--community\` or \`--no-community\` for what does not exist yet`,
    )
  }
  const own = typed(engine, of)
  if (typeof community === 'string' && of) own.push([of.type.primary, community])
  const properties = documentOf(of, own, values)
  const keys: Key[] = typeof community === 'string' ? [{ relation: 'community', id: community }] : []
  const name = community === false ? 'in no community' : `a new ${key}`
  return { resource: { type: key, properties }, name, keys }
}

/** `member:cesnet` is one to be, `member:cesnet/4` and `member:cesnet/group:staff` are those of the store. */
async function member(
  engine: SyncEngine,
  store: Pick<HostStore, 'facts'>,
  id: string | undefined,
  { community, with: values = [] }: QuestionOptions,
): Promise<Asked> {
  const at = id?.indexOf('/') ?? -1
  const place = (at < 0 ? id : id?.slice(0, at)) ?? (typeof community === 'string' ? community : undefined)
  if (place === undefined) throw usage('name the community: `member:COMMUNITY`, or `member:COMMUNITY/USER`')
  const keys: Key[] = [
    { relation: 'community', id: place },
    { relation: 'membership', where: { community: place } },
  ]
  const of = typeIn(engine, MEMBER)
  const paths = new Map<string, string[]>(of?.type.named.map(({ name, path }) => [name, path]))
  const own = typed(engine, of)
  if (of) own.push([of.type.primary, place])
  const put = (name: string, value: Json): void => {
    const path = name === 'owners' ? of?.type.owners : paths.get(name)
    if (path) own.push([path, value])
  }
  const holder = at < 0 ? undefined : id?.slice(at + 1)
  if (holder !== undefined) {
    const { memberships = [], communities } = whole(await store.facts(keys))
    if (!Object.hasOwn(communities ?? {}, place)) throw unknown('community', place)
    const held = memberships.find((row) => holderOf(row) === plain(holder))
    if (held === undefined) throw unknown('member', holder, `\`${place}\` has no member \`${holder}\``)
    const pending = held.as !== undefined
    const roles = [(pending ? held.as : held.role) ?? []].flat()
    const [role, ...more] = roles
    if (more.length > 0 && !values.some((value) => value.startsWith('role='))) {
      throw usage(
        `\`${holder}\` holds several roles; say about which: ${roles.map((r) => `--with role=${r}`).join(', ')}`,
      )
    }
    if (held.user !== undefined) put('owners', String(held.user))
    if (role !== undefined) put('role', role)
    put('member_type', held.group === undefined ? 'user' : 'group')
    put('holder', held.group === undefined ? 'user' : 'group')
    put('visible', held.visible === true)
    put('active', !pending)
  }
  const properties = documentOf(of, own, values)
  const name = holder === undefined ? `a member of ${place}` : `member ${holder} of ${place}`
  return { resource: { type: MEMBER, properties }, name, keys }
}

/** Documents of the policy's first type need not name it. */
function typed({ policy }: SyncEngine, of: TypeOf | undefined): [path: string[], value: Json][] {
  return of === undefined || of.type.key === policy.types[0]?.key ? [] : [[['$type'], of.type.key]]
}

/** `4` and `user:4` are a user, `group:staff` everybody with that global role. */
export function plain(holder: string): string {
  return holder.startsWith('user:') ? holder.slice('user:'.length) : holder
}

function holderOf(row: MembershipFact): string {
  return row.group === undefined ? String(row.user) : `group:${row.group}`
}

/** A document; what is given with a name of the type's own stands where the type keeps it. */
export function documentOf(of: TypeOf | undefined, own: [path: string[], value: Json][], values: string[]): JsonObject {
  let document: JsonObject = {}
  for (const [path, value] of own) document = withValue(document, path, value)
  for (const { key, value } of givenValues(values)) {
    const named = of?.type.named.find(({ name }) => name === key)?.path
    document = withValue(document, named ?? key.split('.'), value)
  }
  return document
}

/** A copy in which a value stands at an address. `fromEntries` defines properties, so any key is only that. */
export function withValue(document: Json | undefined, [first, ...rest]: string[], value: Json): JsonObject {
  const before = typeof document === 'object' && document !== null && !Array.isArray(document) ? document : {}
  const inner = rest.length === 0 ? value : withValue(valueAt(before, [first ?? '']), rest, value)
  return Object.fromEntries([...Object.entries(before), [first ?? '', inner]])
}
