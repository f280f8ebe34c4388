/**
 * Whether a value is JSON, and its text. Every value enters a store through here, so what comes out of one is a fresh
 * copy that nobody else holds. Not for what a document must contain: that is `entities.ts` (shape) and the engine (meaning).
 */

import { StoreError } from './store.js'

/** UTF-8 bytes of one entity. A document beyond this is a file, and files do not belong in a fact store. */
export const MAX_ENTITY_BYTES = 1_048_576

/** The engine's JSON reader (serde_json) stops at 128 levels; refusing earlier names the path instead. */
const MAX_DEPTH = 100

/** The JSON text of `value`, or StoreError `invalid` that starts with the path of the fault. */
export function jsonText(value: unknown, path: string): string {
  const fault = faultIn(value, [])
  if (fault) throw invalid(path + fault.at, fault.what)
  const text = JSON.stringify(value)
  if (exceeds(text, MAX_ENTITY_BYTES)) throw invalid(path, `is larger than ${MAX_ENTITY_BYTES} bytes`)
  return text
}

/** Reads text this module wrote. A failure means that the storage is damaged, not that the caller erred. */
export function parseJson(text: string, key: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new StoreError('corrupt', `the stored text of \`${key}\` is not JSON; it was left as it is`, { cause })
  }
}

export function invalid(path: string, what: string): StoreError {
  return new StoreError('invalid', `${path}: ${what}`, { path })
}

/** An object such as `{}` or `JSON.parse` makes, of this or another realm (an iframe's object is as good). */
export function isPlainObject(value: unknown): value is { [key: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** `.name` or `["odd name"]`. */
export function member(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

interface Fault {
  at: string
  what: string
}

/** The path is put together only while a fault travels up, so that good values cost no strings. */
function faultIn(value: unknown, above: object[]): Fault | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null
  if (typeof value === 'number')
    return Number.isFinite(value) ? null : { at: '', what: `\`${value}\` is not a JSON number` }
  if (typeof value !== 'object') return { at: '', what: `${named(value)} is not JSON` }
  if (above.includes(value)) return { at: '', what: 'contains itself' }
  if (above.length >= MAX_DEPTH) return { at: '', what: `is nested deeper than ${MAX_DEPTH} levels` }
  above.push(value)
  const fault = Array.isArray(value) ? faultInArray(value, above) : faultInObject(value, above)
  above.pop()
  return fault
}

function faultInArray(value: unknown[], above: object[]): Fault | null {
  // By index, not `for of`: a hole must be met, JSON would turn it into null.
  for (let i = 0; i < value.length; i++) {
    const fault = faultIn(value[i], above)
    if (fault) return { at: `[${i}]${fault.at}`, what: fault.what }
  }
  return null
}

function faultInObject(value: object, above: object[]): Fault | null {
  if (!isPlainObject(value)) return { at: '', what: `${named(value)} is not JSON` }
  for (const key of Object.keys(value)) {
    const inner = value[key]
    // An optional property set to undefined means "left out" everywhere in TypeScript, and JSON leaves it out.
    if (inner === undefined) continue
    const fault = faultIn(inner, above)
    if (fault) return { at: member(key) + fault.at, what: fault.what }
  }
  return null
}

function named(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'undefined' ? '`undefined`' : `a ${typeof value}`
  const maker: unknown = value.constructor
  return `a ${typeof maker === 'function' && maker.name ? maker.name : 'special object'}`
}

/** Encodes only when the length in UTF-16 units cannot tell. */
export function exceeds(text: string, bytes: number): boolean {
  if (text.length > bytes) return true
  return text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes
}
