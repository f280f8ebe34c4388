/** One page of a scan, for every store that keeps an `EntityTable`. Not for look-ups by key: `facts.ts`. */

import type { Json, Relation } from './store.js'
import type { EntityTable } from './table.js'
import { RELATIONS, isRelation } from './entities.js'
import { invalid, parseJson } from './json.js'

export function pageOf(
  table: EntityTable,
  relation: Relation,
  options: { after?: string; limit?: number },
): { key: string; value: Json }[] {
  const { after, limit } = options
  if (!isRelation(relation)) throw invalid('relation', `\`${String(relation)}\` is not one of ${RELATIONS.join(', ')}`)
  if (after !== undefined && typeof after !== 'string') throw invalid('options.after', 'is not a key')
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0))
    throw invalid('options.limit', `\`${String(limit)}\` is not a positive whole number`)
  // The cast is safe: what `parseJson` read was written as JSON.
  return table.page(relation, after, limit).map((key) => ({ key, value: parseJson(table.get(key) ?? '', key) as Json }))
}
