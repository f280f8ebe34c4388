/** What the policy document says of record types and of the machine, as far as addresses depend on it. */

import type { SyncEngine } from '../sync/engine.js'
import type { Json, JsonObject } from '../types.js'

export interface RecordType {
  key: string
  /** Whether documents that name no type are of this one. */
  first: boolean
  /** `/{community}/` and `/{community}/{id}`, or the policy's own. */
  list: string
  item: string
  transitions: boolean
  /** Where a document names its primary community, as keys from the outermost. */
  primary: string[]
}

export function recordTypes(engine: SyncEngine): RecordType[] {
  const types = engine.policy.types.map(
    ({ key, primary, transitions, list_path: list, item_path: item }, number): RecordType => ({
      key,
      first: number === 0,
      list,
      item,
      transitions,
      primary,
    }),
  )
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

/** The transition behind DELETE: the one that does the action `delete`. */
export function deletion(engine: SyncEngine): string | undefined {
  const found = objects(engine.document.transitions).find(({ action, name }) => (action ?? name) === 'delete')
  return typeof found?.name === 'string' ? found.name : undefined
}

function objects(value: Json | undefined): JsonObject[] {
  const isObject = (one: Json): one is JsonObject => typeof one === 'object' && one !== null && !Array.isArray(one)
  return Array.isArray(value) ? value.filter(isObject) : []
}
