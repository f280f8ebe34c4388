/** Conditions in SQLite's words. Lists are JSON: a Durable Object takes no more than 100 parameters in a statement. */

import type { Dialect } from '../condition.js'

const items = (list: string): string => `(SELECT value FROM json_each(${list}))`

export const LITE: Dialect = {
  placeholder: (n) => `?${n}`,
  list: (values) => JSON.stringify(values),
  onShelves: (shelves) => `r.shelf IN ${items(shelves)}`,
  ownedBy: (owners) => `EXISTS (SELECT 1 FROM json_each(r.owners) WHERE value IN ${items(owners)})`,
  hasOwner: `r.owners <> '[]'`,
  hasTerm: (terms) => `EXISTS (SELECT 1 FROM json_each(r.terms) WHERE value IN ${items(terms)})`,
  // Never NULL: under NOT that would be no answer at all.
  primaryIn: (ids) => `(r.home IS NOT NULL AND r.home IN ${items(ids)})`,
  anyIn: (ids) => `EXISTS (SELECT 1 FROM json_each(r.communities) WHERE value IN ${items(ids)})`,
  everyIn: (ids) =>
    `(r.home IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(r.communities) WHERE value NOT IN ${items(ids)}))`,
}
