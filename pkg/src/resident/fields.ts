// Fields of a record at the addresses the policy names: read from records, put into a copy for the engine.
import type { Json, JsonObject } from '../types.js'

/** Where a record keeps something: keys from the outermost. */
export interface Field {
  readonly first: string
  readonly rest: string[]
}

export function field([first, ...rest]: string[] = []): Field {
  return { first: first ?? '', rest }
}

export function deeper(value: Json | undefined, keys: string[]): Json | undefined {
  let found = value
  for (const key of keys) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined
    found = found[key]
  }
  return found
}

/** A copy that nobody else can change; `whole` if it could be made (if not, the engine says what is wrong). */
export function copied(value: Json | undefined): { value: Json | undefined; whole: boolean } {
  if (typeof value !== 'object' || value === null) return { value, whole: true }
  try {
    return { value: structuredClone(value), whole: true }
  } catch {
    return { value, whole: false }
  }
}

export function put(document: JsonObject, { first, rest }: Field, value: Json | undefined): void {
  const keys = [first, ...rest]
  const last = keys.pop()
  if (last === undefined || value === undefined) return
  let level = document
  for (const key of keys) {
    const next = (level[key] ??= {})
    if (typeof next !== 'object' || next === null || Array.isArray(next)) return
    level = next
  }
  level[last] = value
}
