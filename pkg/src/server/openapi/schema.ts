/**
 * JSON Schemas of what goes in and out: written once, they check requests, fill the OpenAPI document, and the tests hold
 * every answer to them. A subset of JSON Schema 2020-12, checked here without `eval`, which workerd forbids.
 */

export interface Schema {
  $ref?: string
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null'
  description?: string
  examples?: readonly unknown[]
  properties?: { readonly [name: string]: Schema }
  required?: readonly string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  enum?: readonly unknown[]
  minLength?: number
  maxLength?: number
  pattern?: string
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  anyOf?: readonly Schema[]
  default?: unknown
}

export interface SchemaFault {
  path: string
  message: string
}

/** The first fault of a value, or undefined. `$ref` names one of `known`: `#/components/schemas/NAME`. */
export function faultOf(
  schema: Schema,
  value: unknown,
  path: string,
  known: { [name: string]: Schema } = {},
): SchemaFault | undefined {
  if (schema.$ref !== undefined) {
    const named = known[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)]
    if (named === undefined) throw new Error(`no schema \`${schema.$ref}\``)
    return faultOf(named, value, path, known)
  }
  if (schema.anyOf) {
    const faults = schema.anyOf.map((one) => faultOf(one, value, path, known))
    if (!faults.includes(undefined)) return faults.find((fault) => fault?.path !== path) ?? faults[0]
  }
  const say = (message: string): SchemaFault => ({ path, message })
  if (schema.type && !isOf(schema.type, value)) return say(`must be ${article(schema.type)}, is ${kindOf(value)}`)
  if (schema.enum && !schema.enum.includes(value)) return say(`must be one of: ${schema.enum.join(', ')}`)
  if (typeof value === 'string') return faultOfText(schema, value, say)
  if (typeof value === 'number') return faultOfNumber(schema, value, say)
  if (Array.isArray(value)) return faultOfList(schema, value, path, known, say)
  return typeof value === 'object' && value !== null
    ? faultOfObject(schema, value as { [key: string]: unknown }, path, known, say)
    : undefined
}

type Say = (message: string) => SchemaFault
type Known = { [name: string]: Schema }

function faultOfText({ minLength = 0, maxLength, pattern }: Schema, value: string, say: Say): SchemaFault | undefined {
  // Counted as JSON Schema does: characters, not UTF-16 units.
  const length = [...value].length
  if (length < minLength)
    return say(minLength === 1 ? 'must not be empty' : `must have at least ${minLength} characters`)
  if (maxLength !== undefined && length > maxLength) return say(`must have at most ${maxLength} characters`)
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return say(`must match \`${pattern}\``)
  return undefined
}

function faultOfNumber({ minimum, maximum }: Schema, value: number, say: Say): SchemaFault | undefined {
  if (minimum !== undefined && value < minimum) return say(`must be at least ${minimum}`)
  if (maximum !== undefined && value > maximum) return say(`must be at most ${maximum}`)
  return undefined
}

function faultOfList(schema: Schema, value: unknown[], path: string, known: Known, say: Say): SchemaFault | undefined {
  const { minItems = 0, maxItems, items } = schema
  if (value.length < minItems) return say(`must hold at least ${minItems}`)
  if (maxItems !== undefined && value.length > maxItems)
    return say(`must hold at most ${maxItems}, holds ${value.length}`)
  if (items === undefined) return undefined
  for (const [index, item] of value.entries()) {
    const fault = faultOf(items, item, `${path}[${index}]`, known)
    if (fault) return fault
  }
  return undefined
}

function faultOfObject(
  { properties = {}, required = [], additionalProperties = true }: Schema,
  value: { [key: string]: unknown },
  path: string,
  known: Known,
  say: Say,
): SchemaFault | undefined {
  const missing = required.find((name) => !Object.hasOwn(value, name))
  if (missing !== undefined) return { path: `${path}.${missing}`, message: 'must be given' }
  for (const [name, inner] of Object.entries(value)) {
    const own = Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    if (own === false) {
      const names = Object.keys(properties).join(', ')
      return say(`holds an unknown key \`${name.slice(0, 64)}\`; known: ${names}`)
    }
    if (own === true || own === undefined) continue
    const fault = faultOf(own, inner, `${path}.${name.slice(0, 64)}`, known)
    if (fault) return fault
  }
  return undefined
}

function isOf(type: NonNullable<Schema['type']>, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value)
  return kindOf(value) === type
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function article(type: string): string {
  return type === 'null' ? type : `${/^[aio]/.test(type) ? 'an' : 'a'} ${type}`
}
