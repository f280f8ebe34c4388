/** What the policy document says of record types and of their machines, as far as addresses depend on it. */

import { LictorError } from '../errors.js'
import {
  type MadeKind,
  type TypeOf,
  isKept,
  madeBy,
  object,
  once,
  requestTypes,
  transitionsOf,
  typesIn,
} from '../policy-words.js'
import type { SyncEngine } from '../sync/engine.js'
import { type Address, addressFaults, shapes } from './addresses.js'

export interface RecordType {
  key: string
  /** Whether documents that name no type are of this one. */
  first: boolean
  /** What may be done to them. */
  actions: string[]
  /** States records of this type can be in. */
  states: string[]
  /** What can be run on them; nothing if the type does not go through the workflow. */
  transitions: string[]
  /** The transition behind DELETE, if there is one. */
  deletion: string | undefined
  /** Whether a transition leaves nothing of a record. */
  discards: boolean
  /** Where a document names its primary community, as keys from the outermost. */
  primary: string[]
  /** Whether a record may belong to no community. */
  free: boolean
  /** The address of one that belongs to no community, or to none that its reader may know of. */
  bare: string | undefined
  /** Whether these are requests: records of a machine of their own. */
  request: boolean
  /** What the server makes an id for when a transition is run, by the transition's name. */
  makes: { [transition: string]: MadeKind }
}

/** Records at one address: of one type, or of several. */
export interface Collection {
  /** Names it among others. */
  name: string
  /** `/{community}/` and `/{community}/{id}`, or the policy's own. */
  list: string
  item: string
  types: [RecordType, ...RecordType[]]
}

/** All requests, of whichever type; and records of the first type that belong to no community. */
const REQUESTS = { list: '/requests/', item: '/requests/{id}' }
const ALONE = { list: '/records/', item: '/records/{id}' }

/** The types of records, those of machines too. Types that nobody reads hold no records: they are only asked about. */
export function recordTypes(engine: SyncEngine): RecordType[] {
  return read(engine).types
}

/** Where records are: at the policy's addresses, and at the server's own where the policy has nothing else there. */
export function collections(engine: SyncEngine): Collection[] {
  return read(engine).collections
}

interface Kept {
  type: RecordType
  at: Address
}

const read = once((engine: SyncEngine): { types: RecordType[]; collections: Collection[] } => {
  const faults = addressFaults(engine)
  if (faults.length > 0) throw new LictorError(faults.map((fault) => ({ code: 'malformed', ...fault })))
  const requests = requestTypes(engine).map(({ type }) => type.key)
  const [usual, ...others] = typesIn(engine)
  const kept = [usual, ...others].flatMap((of): Kept[] => {
    if (of === undefined || !isKept(of)) return []
    const { key, list_path: list, item_path: item } = of.type
    return [{ type: recordType(of, of === usual, requests.includes(key)), at: { list, item } }]
  })
  const types = kept.map(({ type }) => type)
  const shared = sharing(kept)
  const own = ownOf(types, shared)
  for (const { item, types } of [...shared, ...own])
    if (!item.includes('{community}')) for (const type of types) type.bare = item
  // The server's own come first: a community cannot be named as they are.
  return { types, collections: [...own, ...shared] }
})

/** Types with the same address share it. */
function sharing(kept: Kept[]): Collection[] {
  const found: Collection[] = []
  for (const { type, at } of kept) {
    const there = found.find(({ list, item }) => list === at.list && item === at.item)
    if (there === undefined) found.push({ name: type.key, ...at, types: [type] })
    else {
      there.types.push(type)
      there.name = lastWord(at.list) ?? there.name
    }
  }
  return found
}

/** The server's own addresses, where the policy has nothing else there. */
function ownOf(types: RecordType[], shared: Collection[]): Collection[] {
  const taken = new Set(shared.map(({ list }) => withoutSlash(list)))
  const own: Collection[] = []
  const [first] = types
  if (first?.first && first.free) own.push({ name: `${first.key}-alone`, ...ALONE, types: [first] })
  const [request, ...more] = types.filter(({ request }) => request)
  if (request) own.push({ name: 'requests', ...REQUESTS, types: [request, ...more] })
  const left = own.filter(({ list }) => !taken.has(withoutSlash(list)))
  for (const at of left) {
    const there = shared.find((other) => shapes(other).some((shape) => shapes(at).includes(shape)))
    if (there === undefined) continue
    const [{ key }] = there.types
    const other = `give it another \`item_path\`, or \`list_path\` \`${at.list}\``
    const message = `record type \`${key}\` is where the server has \`${at.item}\`; ${other}`
    throw new LictorError([{ code: 'malformed', path: 'policy', message }])
  }
  return left
}

function recordType(of: TypeOf, first: boolean, request: boolean): RecordType {
  const { actions, states, transitions } = of.machine
  const { key, primary, transitions: runs } = of.type
  const all = transitionsOf(of)
  const made = all.flatMap((transition) => {
    const what = madeBy(transition)
    return what === undefined ? [] : [[transition.name, what] as const]
  })
  return {
    key,
    first,
    actions,
    states,
    transitions: runs ? transitions : [],
    deletion: all.find(({ action }) => action === 'delete')?.name,
    discards: all.some(({ effect }) => effect === 'discard'),
    primary,
    free: isFree(of),
    bare: undefined,
    request,
    makes: Object.fromEntries(made),
  }
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '')
}

function lastWord(path: string): string | undefined {
  return path.split('/').findLast((part) => /^[\w.~-]+$/.test(part))
}

/** Whether records of the type may belong to no community. */
function isFree({ part, type }: TypeOf): boolean {
  const types = Array.isArray(part.types) ? part.types : []
  const own = types.map(object).find(({ key }) => key === type.key)
  return own?.primary_required === false
}
