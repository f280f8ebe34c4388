/** Names of the tables. In a Durable Object the host has tables of its own, so all of ours start alike. */

import { invalid } from '../../json.js'

export interface Names {
  head: string
  entity: string
  cell: string
  shelf: string
  record: string
  place: string
  words: string
  change: string
}

export function namesWith(prefix: string): Names {
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(prefix)) throw invalid('options.prefix', 'is not lower case letters, digits and _')
  return {
    head: `${prefix}head`,
    entity: `${prefix}entity`,
    cell: `${prefix}cell`,
    shelf: `${prefix}shelf`,
    record: `${prefix}record`,
    place: `${prefix}place`,
    words: `${prefix}words`,
    change: `${prefix}change`,
  }
}
