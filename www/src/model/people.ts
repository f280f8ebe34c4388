/** Who can be signed in as, in words. Descriptions only: what a person may do is asked of the engine. */
import type { Subject } from 'lictor'

export interface Person {
  id: string
  name: string
  affiliation: string
}

/** Put in by the build: the page must be able to say whom one can be before anybody is signed in. */
declare const PEOPLE: Person[]

/** Nobody is signed in. */
export const NOBODY = ''

/** Those worth meeting first, with what there is to learn from being them. */
export const SUGGESTED: readonly { id: string; line: string }[] = [
  { id: '14', line: 'Owner of many records, manager of two communities.' },
  { id: '18', line: 'Curator of Alpine Hydrology; runs Coastal Observatories; invited to a third.' },
  { id: '4', line: 'Publishes for three communities, and does nothing else.' },
  { id: '13', line: 'In no community: invited to one, asks to join another; a list lets him read one record.' },
  { id: '25', line: 'Author, curator in one community, manager of another.' },
  { id: '19', line: 'Admin of Alpine Hydrology: members, settings, everything.' },
  { id: '20', line: 'Manager of two; curator of a third through library staff.' },
  { id: '24', line: 'Admin too, but a deny row keeps external partners from publishing.' },
  { id: '6', line: 'Site administrator: takes published records away and brings them back.' },
  { id: '8', line: 'Moderator: reads what is restricted, and changes nothing.' },
  { id: '1', line: 'Superuser, by an access row of her own.' },
  { id: '2', line: 'Superuser, by a row on his global role.' },
  { id: '3', line: 'Has that role as well, and a deny row: it beats everything.' },
]

const names = new Map(PEOPLE.map(({ id, name }) => [id, name]))

export const people: readonly Person[] = [...PEOPLE].sort((a, b) => a.name.localeCompare(b.name))

export function isPerson(id: string): boolean {
  return names.has(id)
}

export function nameOf(id: string): string {
  return names.get(id) ?? (id === NOBODY ? 'Nobody' : `User ${id}`)
}

export function subjectOf(id: string): Subject {
  return id === NOBODY ? { type: 'anonymous' } : { type: 'user', id }
}
