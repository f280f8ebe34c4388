/** What the policy document says of record types and of their machines, as far as addresses depend on it. */

import { NO_RECORDS, type TypeOf, madeBy, once, requestTypes, transitionsOf, typesIn } from '../policy-words.js'
import type { SyncEngine } from '../sync/engine.js'

export interface RecordType {
  key: string
  /** Whether documents that name no type are of this one. */
  first: boolean
  /** `/{community}/` and `/{community}/{id}`, or the policy's own. */
  list: string
  item: string
  /** What may be done to them. */
  actions: string[]
  /** States records of this type can be in. */
  states: string[]
  /** What can be run on them; nothing if the type does not go through the workflow. */
  transitions: string[]
  /** The transition behind DELETE, if there is one. */
  deletion: string | undefined
  /** Where a document names its primary community, as keys from the outermost. */
  primary: string[]
  /** The paths of records that belong to no community, where the type lets them. */
  alone: { list: string; item: string } | undefined
  /** Whether these are requests: records of a machine of their own. All of them are served under `/requests/` too. */
  request: boolean
  /** What the server makes an id for when a transition is run, by the transition's name. */
  makes: { [transition: string]: 'request' | 'link' }
}

/** All requests, of whichever type. */
export const REQUESTS = { list: '/requests/', item: '/requests/{id}' }

/** Those of the document and of its machines. Communities and memberships are no records: they have routes of their own. */
export const recordTypes = once(read)

function read(engine: SyncEngine): RecordType[] {
  const requests = requestTypes(engine).map(({ type }) => type.key)
  const types = typesIn(engine)
    .filter(({ type }) => !NO_RECORDS.includes(type.key))
    .map((of, number) => recordType(of, number === 0, requests.includes(of.type.key)))
  const taken = new Set(types.map(({ list }) => withoutSlash(list)))
  // A policy that has an address for something else there keeps it.
  for (const type of types) if (type.alone && taken.has(withoutSlash(type.alone.list))) type.alone = undefined
  for (const { key, list, item } of types) {
    const twin = types.find((other) => other.key !== key && (other.list === list || other.item === item))
    if (twin) throw new TypeError(`record types \`${key}\` and \`${twin.key}\` have the same path; give each its own`)
    for (const [path, what] of [
      [list, 'list_path'],
      [item, 'item_path'],
    ] as const) {
      if (!/^(\/(\{community\}|\{id\}|[\w.~-]+))+\/?$/.test(path))
        throw new TypeError(`${what} \`${path}\` of record type \`${key}\` is no path such as \`/{community}/{id}\``)
    }
    if (!item.includes('{id}')) throw new TypeError(`item_path \`${item}\` of record type \`${key}\` names no \`{id}\``)
  }
  return types
}

function recordType(of: TypeOf, first: boolean, request: boolean): RecordType {
  const { actions, states, transitions } = of.machine
  const { key, primary, transitions: runs, list_path: list, item_path: item } = of.type
  if (!actions.includes('read'))
    throw new TypeError(`record type \`${key}\` has no action \`read\`; give it one, so that its records can be shown`)
  const all = transitionsOf(of)
  const made = all.flatMap(({ name, effect }) => {
    const what = effect === undefined ? undefined : madeBy(effect)
    return what === undefined ? [] : [[name, what] as const]
  })
  return {
    key,
    first,
    list,
    item,
    actions,
    states,
    transitions: runs ? transitions : [],
    deletion: all.find(({ action }) => action === 'delete')?.name,
    primary,
    alone: request ? REQUESTS : first && isAlone(of) ? { list: '/records/', item: '/records/{id}' } : undefined,
    request,
    makes: Object.fromEntries(made),
  }
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '')
}

/** Whether records of the policy's own machine may belong to no community. */
function isAlone({ part, type }: TypeOf): boolean {
  const types = Array.isArray(part.types) ? part.types : []
  const own = types.find((one) => typeof one === 'object' && one !== null && 'key' in one && one.key === type.key)
  return typeof own === 'object' && own !== null && 'primary_required' in own && own.primary_required === false
}
