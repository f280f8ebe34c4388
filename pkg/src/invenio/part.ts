/**
 * A part of a file that somebody else's program wrote, with the path at which it stands. Reading one that is not as it should be
 * notes a fault and gives nothing, so that every fault of an export is told at once.
 */

import { isPlainObject, member } from '../store/json.js'
import type { Json, JsonObject } from '../types.js'
import type { Log, Why } from './log.js'

/** How keys of an object are reported that are not taken. */
export type Keys = { [why in Exclude<Why, 'unknown'>]?: readonly string[] }

export class Part {
  readonly value: Json | undefined
  readonly path: string
  readonly log: Log

  constructor(value: Json | undefined, path: string, log: Log) {
    this.value = value
    this.path = path
    this.log = log
  }

  get isThere(): boolean {
    return this.value !== undefined && this.value !== null
  }

  fault(message: string, code?: string): undefined {
    this.log.fault(this.path, message, code)
    return undefined
  }

  at(...keys: string[]): Part {
    let { value, path } = this as { value: Json | undefined; path: string }
    for (const key of keys) {
      value = isPlainObject(value) && Object.hasOwn(value, key) ? (value[key] as Json) : undefined
      // After a file's name the first key stands with a space, not with a dot.
      path = path.endsWith(': ') && !member(key).startsWith('[') ? path + key : path + member(key)
    }
    return new Part(value, path, this.log)
  }

  /** The object here; an empty one, with a fault, if there is none. */
  object(): JsonObject {
    if (isPlainObject(this.value)) return this.value as JsonObject
    this.fault(this.isThere ? 'is not an object' : 'is missing')
    return {}
  }

  list(): Part[] {
    if (!Array.isArray(this.value)) {
      this.fault(this.isThere ? 'is not a list' : 'is missing')
      return []
    }
    return this.value.map((value, i) => new Part(value, `${this.path}[${i}]`, this.log))
  }

  /** As `list`; nothing where nothing stands. */
  listed(): Part[] {
    return this.isThere ? this.list() : []
  }

  text(): string | undefined {
    if (typeof this.value === 'string' && this.value !== '') return this.value
    return this.fault(this.isThere ? 'is not a text' : 'is missing')
  }

  /** An id, which may be a number. */
  id(): string | undefined {
    return typeof this.value === 'number' && Number.isSafeInteger(this.value) ? String(this.value) : this.text()
  }

  word<W extends string>(words: readonly W[]): W | undefined {
    const found = words.find((word) => word === this.value)
    return found ?? this.fault(`is not one of ${words.join(', ')}`)
  }

  flag(): boolean | undefined {
    return typeof this.value === 'boolean' ? this.value : this.fault('is neither true nor false')
  }

  /** Tells of the keys of this object that are not among `taken`. */
  rest(kind: string, taken: readonly string[], { derived = [], no_place = [], kept = [] }: Keys = {}): void {
    for (const [key, value] of Object.entries(this.object())) {
      if (taken.includes(key) || isNothing(value)) continue
      const why = derived.includes(key)
        ? 'derived'
        : no_place.includes(key)
          ? 'no_place'
          : kept.includes(key)
            ? 'kept'
            : 'unknown'
      this.log.note(`${kind}.${key}`, why, this.at(key).path)
    }
  }
}

/** What says nothing needs no telling. */
function isNothing(value: Json | undefined): boolean {
  if (value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
