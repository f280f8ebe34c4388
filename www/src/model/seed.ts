/** What a fresh device holds: `data/repository.json`, as changes for the store. */
import type { AccessRow, Change, CommunityFact, EntityKey, Json, MembershipFact } from 'lictor'
import type { RepositoryRecord } from './document.js'

interface Repository {
  about: string[]
  users: { [id: string]: { [key: string]: Json } }
  communities: { [id: string]: CommunityFact }
  memberships: MembershipFact[]
  access: AccessRow[]
  records: { [id: string]: RepositoryRecord }
}

/** Replaced by the build with the file's name, which carries a hash: a cached copy can never be the wrong one. */
declare const DATA_URL: string

export async function fetchSeed(): Promise<Repository> {
  const response = await fetch(DATA_URL)
  if (!response.ok) throw new Error(`the data did not load: ${response.status}`)
  return (await response.json()) as Repository
}

export function seedChanges(repository: Repository): Change[] {
  const { users, communities, memberships, access, records } = repository
  return [
    ...Object.entries(communities).map(([id, value]) => put({ relation: 'community', id }, value)),
    ...Object.entries(users).map(([id, value]) => put({ relation: 'user', id }, value)),
    ...memberships.map((row) => put({ relation: 'membership', community: row.community, user: String(row.user) }, row)),
    ...access.map((row, i) => put({ relation: 'access', id: `row-${i}` }, row)),
    ...Object.values(records).map((record) => put({ relation: 'record', id: record.id }, record)),
  ]
}

export function put(key: EntityKey, value: object): Change {
  // Everything written here came out of JSON or is a plain literal; the type of the facts is only less specific.
  return { op: 'put', key, value: value as Json }
}
