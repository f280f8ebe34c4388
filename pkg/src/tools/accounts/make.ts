/** New accounts: an account's cells, the user's roles as facts, and rows, in one write. */

import { LictorError } from '../../errors.js'
import type { HostStore, Write } from '../../store/host.js'
import type { Change, Json, JsonObject } from '../../types.js'
import type { UserFixture, UsersInput } from '../shapes.js'
import { isWellFormed } from '../text.js'
import type { Tools } from '../tools.js'
import { accountKey, emailKey, folded, idBy, type Kept, usernameKey } from './cells.js'
import type { Created, NewAccount } from './shapes.js'
import { written } from './write.js'

/** A user whose password is hashed. That takes long, so it is done before anybody else has to wait. */
export interface Prepared {
  user: UserFixture
  hash: string
  /** The random password, if one was made. */
  password?: string
}

export function prepared(tools: Tools, user: UserFixture): Prepared {
  if (user.password !== null) return { user, hash: tools.hashPassword(user.password) }
  const password = tools.randomPassword()
  return { user, hash: tools.hashPassword(password), password }
}

/** Which of these addresses and usernames are there already. */
export async function taken(
  store: HostStore,
  entries: Json,
): Promise<Pick<UsersInput['there'], 'emails' | 'usernames'>> {
  const there = { emails: new Set<string>(), usernames: new Set<string>() }
  for (const entry of Array.isArray(entries) ? entries : []) {
    const { email, username } = (isObject(entry) ? entry : {}) as { email?: Json; username?: Json }
    if (asks(email) && (await idBy(store, emailKey(email))) !== null) there.emails.add(folded(email))
    if (asks(username) && (await idBy(store, usernameKey(username))) !== null) there.usernames.add(folded(username))
  }
  return { emails: [...there.emails], usernames: [...there.usernames] }
}

export async function makeAccount(store: HostStore, tools: Tools, account: NewAccount): Promise<Created> {
  const { id, ...entry } = account
  if (id !== undefined) await mustBeFree(store, id)
  const users = [JSON.parse(JSON.stringify(entry)) as JsonObject]
  const check = async (): Promise<UserFixture> =>
    tools.account({ users, there: { roles: [], ...(await taken(store, users)) } })
  const one = prepared(tools, await check())
  return written(store, async () => {
    // Somebody else may have taken the address meanwhile; then it is said so, and not that the store was busy.
    await check()
    if (id !== undefined) await mustBeFree(store, id)
    const { result, write } = await writeOf(store, tools, [one], { id })
    return { result: result[0] as Created, write }
  })
}

/** What makes these accounts. */
export async function writeOf(
  store: HostStore,
  tools: Tools,
  users: Prepared[],
  {
    id,
    also = [],
    rows = () => [],
  }: {
    id?: string | undefined
    /** Cells to be written along, where there are none yet. */
    also?: { key: string; text: string }[]
    /** Rows that allow a user actions. */
    rows?: (user: string, actions: string[]) => Change[]
  } = {},
): Promise<{ result: Created[]; write: Write }> {
  const cells = [...also]
  const changes: Change[] = []
  const result: Created[] = []
  const revision = await store.revision()
  for (const { user, hash, password } of users) {
    const own = id ?? tools.randomId()
    const facts = await factsOf(store, own)
    const { email, username, full_name, affiliations, active, confirmed, allow } = user
    const kept: Kept = {
      id: own,
      ...{ email, username, full_name, affiliations, active, confirmed },
      hash,
      stamp: tools.randomId(),
    }
    cells.push({ key: accountKey(own), text: JSON.stringify(kept) }, { key: emailKey(email), text: own })
    if (username !== null) cells.push({ key: usernameKey(username), text: own })
    const held = [...new Set([...facts.roles, ...user.roles])]
    changes.push({ op: 'put', key: { relation: 'user', id: own }, value: { ...facts.value, roles: held } })
    changes.push(...rows(own, allow))
    result.push({
      id: own,
      ...{ email, username, full_name, affiliations, active, confirmed },
      roles: held,
      allow,
      ...(password !== undefined && { password }),
    })
  }
  const guards = cells.map(({ key }) => ({ key, text: null }))
  return { result, write: { changes, expected: revision, cells, guards } }
}

async function factsOf(store: HostStore, id: string): Promise<{ value: JsonObject; roles: string[] }> {
  const { users = {} } = await store.facts([{ relation: 'user', id }])
  const value = Object.hasOwn(users, id) ? (users[id] as JsonObject) : {}
  return { value, roles: Array.isArray(value.roles) ? value.roles.map(String) : [] }
}

async function mustBeFree(store: HostStore, id: string): Promise<void> {
  if ((await store.cell(accountKey(id))) === null) return
  const message = `the user \`${id.slice(0, 64)}\` has an account already`
  throw new LictorError([{ code: 'duplicate', path: 'id', message }])
}

/** Whether it can stand in a key at all; if not, the engine says what is wrong with it. */
function asks(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 256 && isWellFormed(value)
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
