/** An access list while it is written: all of it as text, as it stands in the fields of a form. */
import type { Json, JsonObject } from 'lictor'
import type { Actor, Held, PropertyValue } from './lists.js'
import type { Fault } from './rest.js'

/** The type, and what that type asks for; several names stand in one text, a line each: a name may hold commas and blanks. */
export type ActorDraft = { type: string } & { [field: string]: string }

export type PropertyDraft = { [part in 'name' | 'value' | 'match_operation' | 'bool_operation']: string }

export interface Draft {
  name: string
  type: string
  effect: string
  operation: string
  records: string
  schemas: string[]
  query: string
  properties: PropertyDraft[]
  /** None: as the policy has it for lists that do not say. */
  states: string[] | null
  actors: ActorDraft[]
  priority: string
  group: string
}

/** Fields of actors that hold several names. */
export const SEVERAL: readonly string[] = ['users', 'roles', 'system_roles']

export const newProperty = (): PropertyDraft => ({
  name: '',
  value: '',
  match_operation: 'term',
  bool_operation: 'must',
})

const EMPTY: Draft = {
  name: '',
  type: 'id',
  effect: 'allow',
  operation: 'get',
  records: '',
  schemas: ['record'],
  query: '{ "term": { "metadata.type": "Dataset" } }',
  properties: [newProperty()],
  states: null,
  actors: [{ type: 'user', users: '' }],
  priority: '0',
  group: 'default',
}

/** What the form begins with: a list that is there, or a new one, which may name a record. */
export function draftOf(held: Held | null, record: string): Draft {
  if (!held) return { ...EMPTY, records: record }
  const { list } = held
  return {
    ...EMPTY,
    name: list.name ?? '',
    type: list.type,
    effect: list.effect ?? 'allow',
    operation: list.operation,
    records: (list.records ?? []).join('\n'),
    schemas: list.schemas ?? EMPTY.schemas,
    states: list.states ?? null,
    actors: list.actors.map(actorDraft),
    priority: String(list.priority ?? 0),
    group: list.priority_group ?? EMPTY.group,
    ...(list.query && { query: JSON.stringify(list.query, null, 2) }),
    ...(list.property_values && { properties: list.property_values.map(propertyDraft) }),
  }
}

const actorDraft = (actor: Actor): ActorDraft =>
  Object.fromEntries(Object.entries(actor).map(([key, value]) => [key, [value].flat().join('\n')])) as ActorDraft

const propertyDraft = ({ value, ...row }: PropertyValue): PropertyDraft => ({
  ...newProperty(),
  ...row,
  value: typeof value === 'string' && scalar(value) === value ? value : JSON.stringify(value),
})

/** The list that a draft comes to; or the faults that nobody but this page can tell of: what is no JSON cannot be sent. */
export function listOf(draft: Draft): { list: JsonObject } | { faults: Fault[] } {
  let query: Json = null
  try {
    if (draft.type === 'query') query = JSON.parse(draft.query) as Json
  } catch (error) {
    return { faults: [{ path: 'body.query', message: `this is no JSON: ${String(error).replace(/^\w+: /, '')}` }] }
  }
  const { name, type, effect, operation, schemas, states, group } = draft
  const list: JsonObject = {
    type,
    operation: operation.trim(),
    effect,
    actors: draft.actors.map(actorOf),
    priority: Number(draft.priority),
    priority_group: group.trim() || EMPTY.group,
    ...(name.trim() !== '' && { name: name.trim() }),
    ...(states !== null && { states }),
    ...(type === 'id' ? { records: names(draft.records) } : { schemas }),
    ...(type === 'query' && { query }),
    ...(type === 'property_value' && { property_values: draft.properties.map(propertyOf) }),
  }
  return { list }
}

/** Names, a line each. */
export const names = (text: string): string[] => text.split('\n').flatMap((name) => name.trim() || [])

function actorOf(draft: ActorDraft): JsonObject {
  const fields = Object.entries(draft).map(([key, text]): [string, Json] => [
    key,
    SEVERAL.includes(key) ? names(text) : text.trim(),
  ])
  return Object.fromEntries(fields)
}

const propertyOf = ({ value, ...row }: PropertyDraft): JsonObject => ({
  ...row,
  name: row.name.trim(),
  value: scalar(value),
})

/** Numbers and true or false as what they are, and all else as the text it is. */
function scalar(text: string): string | number | boolean {
  try {
    const value = JSON.parse(text) as Json
    return typeof value === 'object' ? text : value
  } catch {
    // No JSON: a plain word, which is what most values are.
    return text
  }
}
