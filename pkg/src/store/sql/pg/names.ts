/** Names of the tables: all in one schema, so that a database may hold other things too, or several stores. */

import { invalid } from '../../json.js'

export interface Names {
  schema: string
  head: string
  entity: string
  cell: string
  shelf: string
  record: string
  place: string
  change: string
  /** The channel that commits are told on. */
  channel: string
}

export function namesIn(schema: string): Names {
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(schema)) throw invalid('options.schema', 'is not lower case letters, digits and _')
  return {
    schema,
    head: `${schema}.head`,
    entity: `${schema}.entity`,
    cell: `${schema}.cell`,
    shelf: `${schema}.shelf`,
    record: `${schema}.record`,
    place: `${schema}.place`,
    change: `${schema}.change`,
    channel: `lictor_${schema}`,
  }
}

/** The two numbers of the store's advisory lock for a purpose. Others use such locks too; a clash costs only waiting. */
export function lockOf({ schema }: Names, purpose: 'exclusive' | 'upgrade'): [number, number] {
  let hash = 0x811c9dc5
  for (const letter of `${schema}/${purpose}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  return [0x6c696374, hash | 0]
}
