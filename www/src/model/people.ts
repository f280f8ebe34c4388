/** Who can be acted as, in words. Descriptions only: what a person may do is asked of the engine. */
import type { FactsInput, Subject } from 'lictor'

export const ANONYMOUS = 'anonymous'

export interface Person {
  id: string
  name: string
  affiliation: string
  active: boolean
}

/** Those worth meeting first, with what there is to learn from being them. */
export const SUGGESTED: readonly { id: string; line: string }[] = [
  { id: ANONYMOUS, line: 'Not signed in. Sees what is published.' },
  { id: '13', line: 'Signed in, in no community. One access row lets him deposit.' },
  { id: '14', line: 'Owner of many records, manager of two communities.' },
  { id: '25', line: 'Author, curator in one community, manager of another.' },
  { id: '18', line: 'Curator of Alpine Hydrology: approves there, cannot publish.' },
  { id: '4', line: 'Publishes for two communities, and does nothing else.' },
  { id: '19', line: 'Admin of Alpine Hydrology: all ten actions there.' },
  { id: '20', line: 'Manager of two; curator of a third through library staff.' },
  { id: '24', line: 'Admin too, but a deny row keeps external partners from publishing.' },
  { id: '1', line: 'Superuser, by an access row of her own.' },
  { id: '2', line: 'Superuser, by a row on his global role.' },
  { id: '3', line: 'Has that role as well, and a deny row: it beats everything.' },
]

export function peopleOf(facts: FactsInput): Person[] {
  return Object.entries(facts.users ?? {})
    .map(([id, user]) => ({
      id,
      name: String(user['name'] ?? `User ${id}`),
      affiliation: String(user['affiliation'] ?? ''),
      active: user['active'] !== false,
    }))
    .sort((a, b) => a.name.localeCompare(b.name))
}

export function nameOf(facts: FactsInput, id: string): string {
  if (id === ANONYMOUS) return 'Anonymous'
  const user = facts.users?.[id]
  return user ? String(user['name'] ?? `User ${id}`) : `User ${id}`
}

export function subjectOf(id: string): Subject {
  return id === ANONYMOUS ? { type: 'anonymous' } : { type: 'user', id }
}

/** "Curator in Alpine Hydrology, member in Urban Sound Archive". */
export function appointments(facts: FactsInput, id: string): { community: string; roles: string[] }[] {
  return (facts.memberships ?? [])
    .filter((row) => String(row.user) === id)
    .map((row) => ({ community: row.community, roles: [row.role].flat() }))
}

export function titleOf(facts: FactsInput, community: string): string {
  return facts.communities?.[community]?.title ?? community
}
