/**
 * A condition over records as SQL over a row `r` of the record table. Values are always parameters, lists of them one
 * parameter each, so that a long list is no other statement than a short one.
 */

import type { Where } from '../../types.js'
import type { Shelf } from './place.js'
import { encoded } from './place.js'

/** How one database says what a condition is made of. What is given are placeholders of lists. */
export interface Dialect {
  /** `?1` or `$1`. */
  placeholder(n: number): string
  list(values: readonly (string | number)[]): unknown
  onShelves(shelves: string): string
  ownedBy(owners: string): string
  readonly hasOwner: string
  hasTerm(terms: string): string
  primaryIn(ids: string): string
  anyIn(ids: string): string
  everyIn(ids: string): string
}

/** Parameters of one statement, numbered as they are added. */
export class Parameters {
  readonly values: unknown[] = []

  constructor(private readonly dialect: Dialect) {}

  add(value: unknown): string {
    this.values.push(value)
    return this.dialect.placeholder(this.values.length)
  }

  list(values: readonly (string | number)[]): string {
    return this.add(this.dialect.list(values))
  }
}

/** Owned by one of these. */
interface Owners {
  op: 'owners'
  users: string[]
}

/** The condition, which passed `checkWhere`. States are asked by the shelves that have them. */
export function sqlOf(
  where: Where | Owners,
  shelves: readonly Shelf[],
  parameters: Parameters,
  dialect: Dialect,
): string {
  const part = (one: Where | Owners): string => sqlOf(one, shelves, parameters, dialect)
  switch (where.op) {
    case 'always':
    case 'open':
      return '1 = 1'
    case 'never':
    case 'unknown':
      return '1 = 0'
    case 'any':
      return where.of.length === 0 ? '1 = 0' : `(${ownersTogether(where.of).map(part).join(' OR ')})`
    case 'all':
      return where.of.length === 0 ? '1 = 1' : `(${where.of.map(part).join(' AND ')})`
    case 'not':
      return `NOT ${part(where.of)}`
    case 'state': {
      const those = shelves.filter(({ state }) => where.in.includes(state))
      return dialect.onShelves(parameters.list(those.map(({ n }) => n)))
    }
    case 'owner':
      return dialect.ownedBy(parameters.list([encoded(where.user)]))
    case 'owners':
      return dialect.ownedBy(parameters.list(where.users.map(encoded)))
    case 'has_owner':
      return dialect.hasOwner
    case 'has_community':
      return 'r.home IS NOT NULL'
    case 'term':
      return dialect.hasTerm(parameters.list(where.in.map(encoded)))
    case 'community': {
      if (where.rest === 'allow') return '1 = 1'
      const ids = parameters.list(where.in.map(encoded))
      if (where.of === 'any') return dialect.anyIn(ids)
      return where.of === 'primary' ? dialect.primaryIn(ids) : dialect.everyIn(ids)
    }
  }
}

/** Many owners are one parameter too: a statement takes few of them. */
function ownersTogether(parts: Where[]): (Where | Owners)[] {
  const users = parts.flatMap((part) => (part.op === 'owner' ? [part.user] : []))
  return users.length < 2 ? parts : [{ op: 'owners', users }, ...parts.filter(({ op }) => op !== 'owner')]
}
