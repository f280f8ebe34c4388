/** What the policy's document says beside the words that `engine.policy` lists: settings, effects, where a type keeps things. */

import type { SyncEngine } from './sync/engine.js'
import type { Json, JsonObject, MachineInfo, RecordTypeInfo } from './types.js'

export type Policy = Pick<SyncEngine, 'policy' | 'document'>

export interface Setting {
  key: string
  /** Its address in the community. */
  at: string
  label: string
  description: string
  default: string
  values: { value: string; label: string; description: string; effect: string }[]
}

export interface Template {
  key: string
  label: string
  reason: string
  /** Values by address. */
  settings: { [at: string]: string }
}

export interface Transition {
  name: string
  /** What it asks the rules for. */
  action: string
  from: string[]
  required: string[]
  /** What it does beside changing the state, if anything. */
  effect?: string
}

/** A record type and the machine it goes through. */
export interface TypeOf {
  machine: MachineInfo
  type: RecordTypeInfo
  /** The part of the document that describes the machine. */
  part: JsonObject
}

/** The settings a community has. A policy without communities' settings has none. */
export function settingsIn({ document }: Policy): Setting[] {
  return objects(object(document.community).settings).map(({ key, at, default: usual, values, ...about }) => ({
    key: String(key),
    at: [at].flat().map(String).join('.'),
    label: textOr(about.label, String(key)),
    description: textOr(about.description, ''),
    default: textOr(usual, ''),
    values: objects(values).map(({ value, label, description, effect }) => ({
      value: String(value),
      label: textOr(label, String(value)),
      description: textOr(description, ''),
      effect: textOr(effect, textOr(description, '')),
    })),
  }))
}

export function templatesIn({ document }: Policy): Template[] {
  return objects(object(document.community).templates) as unknown as Template[]
}

/** Variants in whose words the settings of a community may come: what an import names. */
export function variantsIn({ document }: Policy): string[] {
  return Object.keys(object(object(document.community).variants))
}

/** What must not come together in a record and a community of it. */
export function guardsIn({ document }: Policy): { name: string; message: string }[] {
  return objects(document.guards).map(({ name, message }) => ({ name: String(name), message: String(message) }))
}

/** Every record type there is; those of machines too. */
export function typesIn({ policy, document }: Policy): TypeOf[] {
  const parts = Object.values(object(document.machines)).map(object)
  return [policy, ...policy.machines].flatMap((machine) =>
    machine.types.map((type) => ({
      machine,
      type,
      part: parts.find(({ types }) => objects(types).some(({ key }) => key === type.key)) ?? document,
    })),
  )
}

export function typeIn(policy: Policy, key: string): TypeOf | undefined {
  return typesIn(policy).find(({ type }) => type.key === key)
}

/** Types of what are no records: communities and memberships. */
const NO_RECORDS: readonly string[] = ['community', 'member']

/** Whether there are records of a type. Of what nobody can read there are none: a site, a membership. It is only asked about. */
export function isKept({ machine, type }: TypeOf): boolean {
  return machine.actions.includes('read') && !NO_RECORDS.includes(type.key)
}

/** Types of records that are requests: those with a machine of their own in which nothing is published. */
export function requestTypes(policy: Policy): TypeOf[] {
  const own = policy.policy.types.map(({ key }) => key)
  const asks = ({ machine, type }: TypeOf): boolean => !own.includes(type.key) && !machine.states.includes('published')
  return typesIn(policy).filter((of) => isKept(of) && asks(of))
}

/**
 * What may come first in a list of a type, as terms of an index: unusual words of its fields. What not everybody is shown who
 * reads a record does not order lists.
 */
export function firstIn(policy: Policy, key: string): string[] {
  const of = typeIn(policy, key)
  if (of === undefined) return []
  const fields = { ...object(policy.document.fields), ...object(of.part.fields) }
  return of.type.named.flatMap(({ name }) => {
    const { kind, values, default: usual, shown_to } = object(fields[name])
    if (kind !== 'word' || shown_to !== undefined) return []
    return strings(values).flatMap((word) => (word === usual ? [] : [`${name}=${word}`]))
  })
}

/**
 * Where a type keeps what not everybody is shown who reads a record of it: communities, which may be hidden, and fields
 * that the policy shows to some.
 */
export function withheldIn(policy: Policy, key: string): string[][] {
  const of = typeIn(policy, key)
  if (of === undefined) return []
  const fields = { ...object(policy.document.fields), ...object(of.part.fields) }
  const some = of.type.named.filter(({ name }) => {
    const { kind, shown_to } = object(fields[name])
    return kind === 'community' || shown_to !== undefined
  })
  return [of.type.primary, of.type.secondary, ...some.map(({ path }) => path)]
}

/** What a transition makes, by the name of the parameter its id comes with. */
export type MadeKind = 'request' | 'link' | 'record'

const MADE: { [effect: string]: MadeKind } = {
  submit: 'request',
  prepare_review: 'request',
  reopen: 'request',
  include: 'request',
  ask_access: 'request',
  link: 'link',
  draft: 'record',
}

export function madeBy({ effect = '', required }: Transition): MadeKind | undefined {
  const made = Object.hasOwn(MADE, effect) ? MADE[effect] : undefined
  // The id of a draft that takes a record's place follows from the record's own.
  return made === 'record' && !required.includes(made) ? undefined : made
}

export function transitionsOf({ part, type }: TypeOf): Transition[] {
  if (!type.transitions) return []
  return objects(part.transitions).map(({ name, action, from, required, effect }) => ({
    name: String(name),
    action: String(action ?? name),
    from: strings(from),
    required: strings(required),
    ...(typeof effect === 'string' && { effect }),
  }))
}

/** The states of a request in which it waits: those that something leads out of, and the first. */
export function openStates(of: TypeOf): string[] {
  const open = transitionsOf(of).flatMap(({ from }) => from)
  return of.machine.states.filter((state, i) => i === 0 || open.includes(state))
}

/** Where a type keeps something: in its field of that name, or at the top. */
export function placeOf({ type }: TypeOf, name: string): string[] {
  return type.named.find((field) => field.name === name)?.path ?? [name]
}

/** The communities that a record's named fields speak of: which one reviews it, which one receives it. */
export function communitiesNamed({ document }: Policy, { part, type }: TypeOf, record: JsonObject): string[] {
  const fields = { ...object(document.fields), ...object(part.fields) }
  const named = type.named.filter(({ name }) => object(fields[name]).kind === 'community')
  return named.map(({ path }) => valueAt(record, path)).filter((id) => typeof id === 'string')
}

/** Where an index keeps what access lists come to: nobody but the host writes it or is shown it. Undefined where there are no lists. */
export function appliedAt(document: JsonObject): string[] | undefined {
  if (document.acls === undefined) return undefined
  const { materialised: at = '_invenio_explicit_acls' } = object(document.acls)
  return typeof at === 'string' ? at.split('.') : strings(at)
}

/** A document without what stands at an address. */
export function without(document: JsonObject, [key, ...rest]: readonly string[]): JsonObject {
  if (key === undefined || !Object.hasOwn(document, key)) return document
  const { [key]: value, ...others } = document
  return rest.length === 0 ? others : { ...others, [key]: isObject(value) ? without(value, rest) : (value ?? null) }
}

/** What stands at an address. */
export function valueAt(document: Json | undefined, path: string[]): Json | undefined {
  let found = document
  for (const key of path) {
    const at = object(found)
    found = Object.hasOwn(at, key) ? at[key] : undefined
  }
  return found
}

export function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(object) : []
}

function textOr(value: Json | undefined, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}

export function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** Reads something of a policy once: its document does not change, and an engine makes it anew whenever it is asked. */
export function once<E extends object, T>(read: (engine: E) => T): (engine: E) => T {
  const known = new WeakMap<E, { value: T }>()
  return (engine) => {
    const found = known.get(engine) ?? { value: read(engine) }
    known.set(engine, found)
    return found.value
  }
}
