/** One page of a scan, for every store that keeps an `EntityTable`. Not for look-ups by key: `facts.ts`. */

import type { Json, Relation } from './store.js'
import type { EntityTable } from './table.js'
import { RELATIONS, isRelation } from './entities.js'
import { invalid, parseJson } from './json.js'

export interface ScanOptions {
  after?: string
  limit?: number
}

export function pageOf(table: EntityTable, relation: Relation, options: ScanOptions): { key: string; value: Json }[] {
  checkScan(relation, options)
  return table.page(relation, options.after, options.limit).map((key) => scanned(key, table.get(key) ?? ''))
}

export function checkScan(relation: Relation, { after, limit }: ScanOptions): void {
  if (!isRelation(relation)) throw invalid('relation', `\`${String(relation)}\` is not one of ${RELATIONS.join(', ')}`)
  if (after !== undefined && typeof after !== 'string') throw invalid('options.after', 'is not a key')
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0))
    throw invalid('options.limit', `\`${String(limit)}\` is not a positive whole number`)
}

/** The cast is safe: what `parseJson` reads was written as JSON. */
export function scanned(key: string, text: string): { key: string; value: Json } {
  return { key, value: parseJson(text, key) as Json }
}
