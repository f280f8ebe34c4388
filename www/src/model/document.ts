/** A record as the demo stores it: a document at the addresses the preset `repository` reads. */
import type { JsonObject } from 'lictor'

export type Level = 'public' | 'restricted'

export type Grant = { subject: { type: string; id: string }; permission: string }
export type Link = { id: string; permission: string; expires_at?: string | number }

// A type and not an interface: only then does TypeScript accept it where a JsonObject is asked for.
export type RepositoryRecord = {
  id: string
  state?: string
  communities: { primary?: string; secondary?: string[] }
  owners: { user: number | string }[]
  access?: {
    record?: Level
    files?: Level
    embargo?: { active: boolean; until?: string; reason?: string }
    grants?: Grant[]
    links?: Link[]
  }
  restricted?: boolean
  _access?: { read?: { users?: (number | string)[]; roles?: string[] } }
  review?: { community?: string; status?: string; creator?: number | string; request?: string }
  deletion?: { by?: number | string; at?: number; reason?: string; marked?: boolean }
  published_once?: boolean
  metadata: RecordMetadata
}

export type RecordMetadata = {
  title: string
  creators: string[]
  abstract: string
  year: number
  type: string
}

export const primaryOf = (record: RepositoryRecord): string => record.communities.primary ?? ''
export const secondaryOf = (record: RepositoryRecord): string[] => record.communities.secondary ?? []
/** A record without a state is being edited: the engine reads it so, and the page shows it so. */
export const stateOf = (record: RepositoryRecord): string => record.state ?? 'editing'
export const ownersOf = (record: RepositoryRecord): string[] => record.owners.map(({ user }) => String(user))
export const recordLevel = (record: RepositoryRecord): Level => record.access?.record ?? 'public'
export const filesLevel = (record: RepositoryRecord): Level =>
  recordLevel(record) === 'restricted' ? 'restricted' : (record.access?.files ?? 'public')

const NOTHING: RecordMetadata = { title: 'Untitled', creators: [], abstract: '', year: 0, type: '' }

/** What came out of the view, seen as a record. The server's store holds only what this demo wrote into it. */
export const asRecord = (id: string, document: JsonObject): RepositoryRecord =>
  ({ owners: [], communities: {}, metadata: NOTHING, ...document, id }) as unknown as RepositoryRecord

/** Requests are records of other types. */
export const isRecord = (document: JsonObject): boolean => document['$type'] === undefined

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
