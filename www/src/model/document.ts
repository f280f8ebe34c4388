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

export const primaryOf = (record: RepositoryRecord): string => record['oarepo:primaryCommunity']
export const secondaryOf = (record: RepositoryRecord): string[] => record['oarepo:secondaryCommunities'] ?? []
/** A record without a status is being edited: the engine reads it so, and the page shows it so. */
export const stateOf = (record: RepositoryRecord): string => record['oarepo:recordStatus'] ?? 'editing'
export const ownersOf = (record: RepositoryRecord): string[] => record.access.owned_by.map(({ user }) => String(user))

/** What came out of the store, seen as a record. The store holds only what this demo wrote into it. */
export const asRecord = (document: JsonObject): RepositoryRecord => document as RepositoryRecord

const texts = new WeakMap<RepositoryRecord, string>()

/** What the search field looks at, in one lower-case string; made once for each version of a record. */
export function searchText(record: RepositoryRecord): string {
  let text = texts.get(record)
  if (text === undefined) {
    const { title, creators, year } = record.metadata
    text = `${title} ${creators.join(' ')} ${year} ${record.id}`.toLowerCase()
    texts.set(record, text)
  }
  return text
}
