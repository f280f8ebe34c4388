/** What the repository starts with: `data/repository.json`, as changes for a store, and who waits to be let in. */
import type { AccessRow, Call, Change, CommunityFact, EntityKey, Json, MembershipFact, UserId } from 'lictor'
import type { HostStore } from 'lictor/store'
import repository from '../../data/repository.json'
import type { RepositoryRecord } from '../model/document.js'
import type { Engine } from '../policy.js'
import { commit } from './commit.js'
import { firstLists } from './lists.js'

interface Repository {
  users: { [id: string]: { [key: string]: Json } }
  communities: { [id: string]: CommunityFact }
  memberships: MembershipFact[]
  access: AccessRow[]
  invited: { community: string; user: UserId; role: string }[]
  applied: { community: string; user: UserId }[]
  records: { [id: string]: RepositoryRecord }
}

// What TypeScript infers of the file is its very contents, which is no use to anybody.
export const seed = repository as unknown as Repository

function changes(): Change[] {
  const { users, communities, memberships, access, records } = seed
  return [
    ...Object.entries(communities).map(([id, value]) => put({ relation: 'community', id }, value)),
    ...Object.entries(users).map(([id, value]) => put({ relation: 'user', id }, value)),
    ...memberships.map((row) => put(keyOf(row), row)),
    ...access.map((row, i) => put({ relation: 'access', id: `row-${i}` }, row)),
    ...Object.entries(records).map(([id, record]) => put({ relation: 'record', id }, record)),
    ...Object.entries(firstLists).map(([id, list]) => put({ relation: 'acl', id }, list)),
  ]
}

export function put(key: EntityKey, value: object): Change {
  // Everything written here came out of JSON or is a plain literal; the type of the facts is only less specific.
  return { op: 'put', key, value: value as Json }
}

function keyOf({ community, user, group }: MembershipFact): EntityKey {
  if (group !== undefined) return { relation: 'membership', community, group }
  return { relation: 'membership', community, user: String(user) }
}

/** Fills a store that holds nothing yet. */
export async function fill(engine: Engine, store: HostStore): Promise<void> {
  const { communities = {} } = await store.all()
  if (Object.keys(communities).length > 0) return
  await commit(store, () => changes())
  await openDoors(engine, store)
}

/** Back to the first day. Devices hear of it as of any other change. */
export async function reset(engine: Engine, store: HostStore): Promise<void> {
  await commit(store, async () => {
    const first = changes()
    const kept = new Set(first.map(({ key }) => JSON.stringify(key)))
    const { records = {}, memberships = [], communities = {}, acls = {} } = await store.all()
    const keys: EntityKey[] = [
      ...Object.keys(records).map((id): EntityKey => ({ relation: 'record', id })),
      ...Object.keys(communities).map((id): EntityKey => ({ relation: 'community', id })),
      ...Object.keys(acls).map((id): EntityKey => ({ relation: 'acl', id })),
      ...memberships.map(keyOf),
    ]
    const gone = keys.filter((key) => !kept.has(JSON.stringify(key))).map((key): Change => ({ op: 'del', key }))
    return [...gone, ...first]
  })
  await openDoors(engine, store)
}

/** Those who are invited and those who ask. An invitation ends thirty days after it was made, so it is made now. */
async function openDoors(engine: Engine, store: HostStore): Promise<void> {
  for (const call of calls()) {
    await commit(store, async () => {
      const done = engine.step(call, { ...(await store.all()), time: Date.now(), complete: true })
      if (done.t === 'done' && done.outcome === 'ok') return done.changes
      throw new Error(`the first ${call.do} failed: ${JSON.stringify(done)}`)
    })
  }
}

function calls(): Call[] {
  const id = ({ community, user }: { community: string; user: UserId }): string => `${community}-${user}`
  const invited = seed.invited.map((row): Call => {
    const { community, user, role } = row
    const members = [{ user, request: `invited-${id(row)}` }]
    return { do: 'invite', subject: { type: 'user', id: adminOf(community) }, community, role, members }
  })
  const applied = seed.applied.map((row): Call => {
    const { community, user } = row
    return { do: 'request_membership', subject: { type: 'user', id: user }, community, request: `asks-${id(row)}` }
  })
  return [...invited, ...applied]
}

function adminOf(community: string): UserId {
  const admin = seed.memberships.find((row) => row.community === community && row.role.includes('admin'))
  if (admin?.user === undefined) throw new Error(`nobody is admin of ${community}`)
  return admin.user
}
