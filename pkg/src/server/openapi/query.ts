/** Reads a query string by its schemas: what is not declared is refused, as is what is declared and said twice. */

import { malformed } from '../problem.js'
import type { Query } from './route.js'
import { faultOf, type Schema } from './schema.js'

export function readQuery(url: string, schemas: { [name: string]: Schema } = {}): Query {
  const given = new URL(url).searchParams
  const values = new Map<string, unknown>()
  for (const name of new Set(given.keys())) {
    const path = `query.${name.slice(0, 64)}`
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined
    if (schema === undefined) {
      const known = Object.keys(schemas).join(', ')
      throw malformed(path, known === '' ? 'this route takes no query' : `is unknown; known: ${known}`)
    }
    const all = given.getAll(name)
    if (schema.type !== 'array' && all.length > 1) throw malformed(path, `is given ${all.length} times; give it once`)
    const value = schema.type === 'array' ? all.flatMap((text) => text.split(',')) : scalar(schema, all[0] ?? '')
    const fault = faultOf(schema, value, path)
    if (fault) throw malformed(fault.path, fault.message)
    values.set(name, value)
  }
  const of = <T>(name: string): T | undefined => values.get(name) as T | undefined
  return {
    text: (name) => of<string>(name),
    number: (name) => of<number>(name),
    flag: (name) => of<boolean>(name),
    list: (name) => of<string[]>(name),
  }
}

/** Text as the value it writes; what writes none stays text, and the schema refuses it. */
function scalar({ type }: Schema, text: string): unknown {
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
