// The fields a policy names beside communities, state and owners: as raw values, and as a key that no other values have.
import type { Json, JsonObject, RecordTypeInfo } from '../types.js'
import { deeper, type Field, field, put } from './fields.js'

/** Values nested deeper are left to the engine, which says what is wrong with them. */
const DEPTH = 8

export class Named {
  readonly #fields: Field[]

  constructor(named: RecordTypeInfo['named']) {
    this.#fields = named.map(({ path }) => field(path))
  }

  /** Their values in a record; undefined if it has none of them, as most records have. */
  read(record: JsonObject): (Json | undefined)[] | undefined {
    let values: (Json | undefined)[] | undefined
    for (let i = 0; i < this.#fields.length; i++) {
      const { first, rest } = this.#fields[i] as Field
      const outer = record[first]
      const value = rest.length > 0 ? deeper(outer, rest) : outer
      if (value === undefined) continue
      values ??= new Array<Json | undefined>(this.#fields.length).fill(undefined)
      values[i] = value
    }
    return values
  }

  put(document: JsonObject, values: readonly (Json | undefined)[]): void {
    for (const [i, place] of this.#fields.entries()) put(document, place, values[i])
  }

  /** A text that tells these values from all others; nothing for values that are no plain JSON. */
  keyOf(values: readonly (Json | undefined)[]): string | undefined {
    let key = ''
    try {
      for (const value of values) {
        // What is not there is not null.
        const text = value === undefined ? '' : textOf(value, DEPTH)
        if (text === undefined) return undefined
        key += `${text};`
      }
    } catch {
      return undefined
    }
    return key
  }
}

/** JSON text of a value, each part of it read once; nothing for what another kind of object could make of itself. */
function textOf(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'boolean':
      return String(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined
    case 'object':
      if (value === null) return 'null'
      if (depth === 0) return undefined
      return Array.isArray(value) ? textOfList(value, depth - 1) : textOfObject(value as JsonObject, depth - 1)
    default:
      return undefined
  }
}

function textOfList(list: readonly unknown[], depth: number): string | undefined {
  let text = '['
  for (let i = 0; i < list.length; i++) {
    const item = textOf(list[i], depth)
    if (item === undefined) return undefined
    text += `${item},`
  }
  return `${text}]`
}

function textOfObject(object: JsonObject, depth: number): string | undefined {
  const kind: unknown = Object.getPrototypeOf(object)
  if (kind !== Object.prototype && kind !== null) return undefined
  let text = '{'
  for (const key of Object.keys(object)) {
    const value = textOf(object[key], depth)
    if (value === undefined) return undefined
    text += `${JSON.stringify(key)}:${value},`
  }
  return `${text}}`
}
