/** Conditions of lists: what they still lack. */

import type { Key, Where } from '../types.js'

/** The facts that have to be looked up before a store can run it. */
export function missingIn(where: Where): Key[] {
  if (where.op === 'unknown') return where.missing
  if (where.op === 'any' || where.op === 'all') return where.of.flatMap(missingIn)
  return where.op === 'not' ? missingIn(where.of) : []
}
