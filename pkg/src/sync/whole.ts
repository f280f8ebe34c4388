import type { CommunityFact, FactsInput } from '../types.js'

/**
 * Facts of a host's own store, which holds whole entities: a community stored without grants grants nothing, a user
 * stored without roles has none. In facts from elsewhere what is left out is unknown.
 */
export function whole(facts: FactsInput): FactsInput {
  return {
    ...facts,
    ...(facts.communities && {
      communities: each(facts.communities, (found): CommunityFact => ({ grants: {}, ...found })),
    }),
    ...(facts.users && { users: each(facts.users, (found) => ({ roles: [], ...found })) }),
  }
}

/** `fromEntries` defines properties; assigning would trip over an id such as `__proto__`. */
function each<T>(entities: { [id: string]: T }, change: (entity: T) => T): { [id: string]: T } {
  return Object.fromEntries(Object.entries(entities).map(([id, entity]) => [id, change(entity)]))
}
