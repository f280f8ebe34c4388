/** What the policy document says of record types and of their machines, as far as addresses depend on it. */

import type { SyncEngine } from '../sync/engine.js'
import type { Json, JsonObject, MachineInfo } from '../types.js'

export interface RecordType {
  key: string
  /** Whether documents that name no type are of this one. */
  first: boolean
  /** `/{community}/` and `/{community}/{id}`, or the policy's own. */
  list: string
  item: string
  /** States records of this type can be in. */
  states: string[]
  /** What can be run on them; nothing if the type does not go through the workflow. */
  transitions: string[]
  /** The transition behind DELETE, if there is one. */
  deletion: string | undefined
  /** Where a document names its primary community, as keys from the outermost. */
  primary: string[]
}

/** Those of the document and of its machines. Communities are no records: they have routes of their own. */
export function recordTypes({ policy, document }: SyncEngine): RecordType[] {
  const machines = isObject(document.machines) ? Object.values(document.machines).filter(isObject) : []
  const partOf = (key: string): JsonObject | undefined =>
    machines.find(({ types }) => objects(types).some((type) => type.key === key))
  const types = [policy, ...policy.machines]
    .flatMap((machine) => machine.types.map((type) => ({ machine, type })))
    .filter(({ type }) => type.key !== 'community')
    .map(({ machine, type }, number) => recordType(machine, type, number === 0, partOf(type.key) ?? document))
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

function recordType(
  { actions, states, transitions }: MachineInfo,
  { key, primary, transitions: runs, list_path: list, item_path: item }: MachineInfo['types'][number],
  first: boolean,
  part: JsonObject,
): RecordType {
  if (!actions.includes('read'))
    throw new TypeError(`record type \`${key}\` has no action \`read\`; give it one, so that its records can be shown`)
  const names = runs ? transitions : []
  return { key, first, list, item, states, transitions: names, deletion: runs ? deletion(part) : undefined, primary }
}

/** The transition that does the action `delete`. */
function deletion({ transitions }: JsonObject): string | undefined {
  const found = objects(transitions).find(({ action, name }) => (action ?? name) === 'delete')
  return typeof found?.name === 'string' ? found.name : undefined
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
