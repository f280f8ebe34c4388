/**
 * An update as field changes. PUT and PATCH speak of the document the client sees; what it does not see (withheld fields)
 * is neither compared nor touched.
 */

import type { FieldChange, Json, JsonObject } from '../../types.js'

/** JSON Merge Patch, RFC 7396: null removes, objects are merged, all else replaces. */
export function merged(document: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const result = new Map(isObject(document) ? Object.entries(document) : [])
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key)
    else result.set(key, merged(result.get(key), value))
  }
  // `fromEntries` defines properties; assigning would trip over a key named `__proto__`.
  return Object.fromEntries(result)
}

/** What leads from one document to another, as few and as small changes as say it. */
export function difference(before: JsonObject, after: JsonObject, above: string[] = []): FieldChange[] {
  const changes: FieldChange[] = []
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) changes.push({ path: [...above, key], remove: true })
  }
  for (const [key, value] of Object.entries(after)) {
    const path = [...above, key]
    const old = Object.hasOwn(before, key) ? before[key] : undefined
    if (isObject(old) && isObject(value)) changes.push(...difference(old, value, path))
    else if (old === undefined || !same(old, value)) changes.push({ path, value })
  }
  return changes
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Equal as JSON: the order of keys says nothing. */
function same(one: Json, other: Json): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => same(item, other[index] ?? null))
  }
  if (isObject(one) && isObject(other)) {
    const keys = Object.keys(one)
    return (
      keys.length === Object.keys(other).length &&
      keys.every((key) => Object.hasOwn(other, key) && same(one[key] ?? null, other[key] ?? null))
    )
  }
  return one === other
}
