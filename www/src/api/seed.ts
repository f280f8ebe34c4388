/** What the repository starts with: `data/repository.json`, as changes for a store. */
import type { AccessRow, Change, CommunityFact, EntityKey, Json, MembershipFact } from 'lictor'
import type { HostStore } from 'lictor/store'
import repository from '../../data/repository.json'
import type { RepositoryRecord } from '../model/document.js'
import { commit } from './commit.js'

interface Repository {
  users: { [id: string]: { [key: string]: Json } }
  communities: { [id: string]: CommunityFact }
  memberships: MembershipFact[]
  access: AccessRow[]
  records: { [id: string]: RepositoryRecord }
}

// What TypeScript infers of the file is its very contents, which is no use to anybody.
export const seed = repository as unknown as Repository

function changes(): Change[] {
  const { users, communities, memberships, access, records } = seed
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

/** Fills a store that holds nothing yet. */
export async function fill(store: HostStore): Promise<void> {
  const { communities = {} } = await store.all()
  if (Object.keys(communities).length === 0) await commit(store, () => changes())
}

/** Back to the first day, in one commit. Devices hear of it as of any other change. */
export async function reset(store: HostStore): Promise<void> {
  await commit(store, async () => {
    const first = changes()
    const kept = new Set(first.map(({ key }) => JSON.stringify(key)))
    const { records = {}, memberships = [] } = await store.all()
    const keys: EntityKey[] = [
      ...Object.keys(records).map((id): EntityKey => ({ relation: 'record', id })),
      ...memberships.map(({ community, user }): EntityKey => ({
        relation: 'membership',
        community,
        user: String(user),
      })),
    ]
    const gone = keys.filter((key) => !kept.has(JSON.stringify(key))).map((key): Change => ({ op: 'del', key }))
    return [...gone, ...first]
  })
}
