/** A record as the demo stores it: a document at the addresses preset `oarepo` reads by default. */
import type { JsonObject } from 'lictor'

// A type and not an interface: only then does TypeScript accept it where a JsonObject is asked for.
export type RepositoryRecord = {
  id: string
  'oarepo:primaryCommunity': string
  'oarepo:secondaryCommunities': string[]
  'oarepo:recordStatus': string
  access: { owned_by: { user: number }[] }
  metadata: RecordMetadata
}

export type RecordMetadata = {
  title: string
  creators: string[]
  abstract: string
  year: number
  type: string
}

export const primaryOf = (record: RepositoryRecord): string => record['oarepo:primaryCommunity'] ?? ''
export const secondaryOf = (record: RepositoryRecord): string[] => record['oarepo:secondaryCommunities'] ?? []
/** A record without a status is being edited: the engine reads it so, and the page shows it so. */
export const stateOf = (record: RepositoryRecord): string => record['oarepo:recordStatus'] ?? 'editing'
export const ownersOf = (record: RepositoryRecord): string[] => record.access.owned_by.map(({ user }) => String(user))

/** What came out of the view, seen as a record. The server's store holds only what this demo wrote into it. */
export const asRecord = (id: string, document: JsonObject): RepositoryRecord =>
  ({ access: { owned_by: [] }, ...document, id }) as unknown as RepositoryRecord

/** Newest first, then by title: what a reader of a list expects. */
export function byDate(a: RepositoryRecord, b: RepositoryRecord): number {
  return b.metadata.year - a.metadata.year || compare(a.metadata.title, b.metadata.title) || compare(a.id, b.id)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What the search field looks at, in one lower-case string. */
export function searchText(record: RepositoryRecord): string {
  const { title, creators, year } = record.metadata
  return `${title} ${creators.join(' ')} ${year} ${record.id}`.toLowerCase()
}
