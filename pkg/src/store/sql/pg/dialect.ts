/** Conditions in PostgreSQL's words. A list is one array. */

import type { Dialect } from '../condition.js'

export const PG: Dialect = {
  placeholder: (n) => `$${n}`,
  list: (values) => [...values],
  onShelves: (shelves) => `r.shelf = ANY(${shelves}::int[])`,
  ownedBy: (owners) => `r.owners && ${owners}::text[]`,
  hasOwner: 'cardinality(r.owners) > 0',
  hasTerm: (terms) => `r.terms && ${terms}::text[]`,
  // Never NULL: under NOT that would be no answer at all.
  primaryIn: (ids) => `(r.home IS NOT NULL AND r.home = ANY(${ids}::text[]))`,
  anyIn: (ids) => `r.communities && ${ids}::text[]`,
  everyIn: (ids) => `(r.home IS NOT NULL AND r.communities <@ ${ids}::text[])`,
}
