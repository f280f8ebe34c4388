/** Accounts, roles and access rows in a store. What may be written is the engine's word; here it is looked up and written. */

import { LictorError } from '../../errors.js'
import type { HostStore, Write } from '../../store/host.js'
import type { Change, JsonObject } from '../../types.js'
import type { Administers, AdministersCall, KnownAction, RegisteredAction, RowsCall } from '../shapes.js'
import { isWellFormed } from '../text.js'
import { createTools, type Tools, type ToolsOptions } from '../tools.js'
import { admits } from './admits.js'
import * as cells from './cells.js'
import { loadUsers } from './load.js'
import { changeRows, type RowKept, rowsOf } from './rows.js'
import { makeAccount } from './make.js'
import type {
  Account,
  Created,
  Loaded,
  NewAccount,
  Passwords,
  RoleMade,
  RoleSet,
  RowsResult,
  RowTo,
  SignedIn,
} from './shapes.js'
import { written } from './write.js'

export type OpenOptions = Omit<ToolsOptions, 'actions'>

/** The accounts of a store, under the policy its server runs. Actions that were registered in it are known. */
export async function openAccounts(store: HostStore, options: OpenOptions = {}): Promise<Accounts> {
  const tools = await createTools({ ...options, actions: await cells.registeredActions(store) })
  return new Accounts(store, tools, options)
}

/** Make it with `openAccounts`. */
export class Accounts {
  readonly #store: HostStore
  readonly #options: OpenOptions
  #tools: Tools
  #registering: Promise<void> = Promise.resolve()
  /** The hash of nobody's password: who is not known takes as long to be refused as who is. */
  #nobody: string | undefined

  /** @internal */
  constructor(store: HostStore, tools: Tools, options: OpenOptions) {
    this.#store = store
    this.#tools = tools
    this.#options = options
  }

  /** By e-mail address (whatever has an `@`) or id; `user:ID` is an id whatever it holds. */
  async find(who: string): Promise<Account | null> {
    const kept = await this.#find(who)
    return kept && shown(kept)
  }

  /** Every account, by e-mail address. */
  async list(): Promise<(Account & { roles: string[] })[]> {
    const roles = new Map<string, string[]>()
    for (const { key, value } of await this.#store.scan('user')) roles.set(key, rolesOf(value))
    const accounts = (await cells.allAccounts(this.#store)).sort((a, b) => (a.email < b.email ? -1 : 1))
    return accounts.map((kept) => ({ ...shown(kept), roles: roles.get(`user/${encodeURIComponent(kept.id)}`) ?? [] }))
  }

  /** Makes one account. An address or username that is there already is an error. */
  create(account: NewAccount): Promise<Created> {
    return makeAccount(this.#store, this.#tools, account)
  }

  /** Loads the text of a `users.yaml`, all or nothing; null stands for a file that is not there: one administrator is made. */
  load(text: string | null, options: { passwords?: Passwords } = {}): Promise<Loaded> {
    return loadUsers(this.#store, this.#tools, text, options)
  }

  /** Says whether an account is active, or confirmed; false if that was so already. */
  set(
    who: string,
    set: Partial<Pick<Account, 'active' | 'confirmed'>>,
  ): Promise<{ account: Account; changed: boolean }> {
    return written(this.#store, async () => {
      const before = await this.#must(who)
      const after: cells.Kept = { ...before, ...set }
      const changed = before.active !== after.active || before.confirmed !== after.confirmed
      return { result: { account: shown(after), changed }, ...(changed && { write: replacing(before, after) }) }
    })
  }

  /** Sets a password, or a random one (null), which is told once. Every session of the account ends. */
  async setPassword(who: string, password: string | null): Promise<{ account: Account; password?: string }> {
    const { email } = await this.#must(who)
    const there = { roles: [], emails: [], usernames: [] }
    const checked = this.#tools.account({ users: [{ email, password }], there })
    const chosen = checked.password ?? this.#tools.randomPassword()
    const hash = this.#tools.hashPassword(chosen)
    return written(this.#store, async () => {
      const before = await this.#must(who)
      const after = { ...before, hash, stamp: this.#tools.randomId() }
      const result = { account: shown(after), ...(checked.password === null && { password: chosen }) }
      return { result, write: replacing(before, after) }
    })
  }

  /** Makes a global role. One that is there already stays as it is. */
  createRole(name: string, { description = '', external = false } = {}): Promise<RoleMade> {
    this.#tools.mustBeRole(name)
    return written<RoleMade>(this.#store, async () => {
      const before = await cells.readRole(this.#store, name)
      if (before) return { result: { name, ...before, existed: true } }
      const text = JSON.stringify({ description, external } satisfies cells.KeptRole)
      const key = cells.roleKey(name)
      const write = { cells: [{ key, text }], guards: [{ key, text: null }] }
      return { result: { name, description, external, existed: false }, write }
    })
  }

  /** Every global role that was made. */
  async roles(): Promise<{ name: string; description: string; external: boolean }[]> {
    const found = []
    for (const name of await cells.roleNames(this.#store)) {
      const role = await cells.readRole(this.#store, name)
      if (role) found.push({ name, ...role })
    }
    return found
  }

  /** Gives a role to a user, or takes it back. Nothing is changed of a role that is held elsewhere. */
  setRole(who: string, role: string, has: boolean): Promise<RoleSet> {
    return written<RoleSet>(this.#store, async () => {
      const user = await this.userId(who)
      const { external } = await this.#mustRole(role)
      const { facts, revision } = await userFacts(this.#store, user)
      const before = rolesOf(facts)
      if (external || before.includes(role) === has) return { result: { user, changed: false, external } }
      const roles = has ? [...before, role] : before.filter((one) => one !== role)
      const change: Change = { op: 'put', key: { relation: 'user', id: user }, value: { ...facts, roles } }
      return { result: { user, changed: true, external }, write: { changes: [change], expected: revision } }
    })
  }

  /** Every action that rows may name. */
  actions(): KnownAction[] {
    return this.#tools.actions()
  }

  /** Whether somebody administers these, and holds all the actions that what they do would give or take. */
  administers(call: AdministersCall): Administers {
    return this.#tools.administers(call)
  }

  /** Makes an action of the host's own known in this store; one that is there already is an error. */
  register(name: string, action: RegisteredAction): Promise<void> {
    // One after the other: the last one ends knowing all.
    const done = this.#registering.then(() => this.#register(name, action))
    this.#registering = done.catch(() => undefined)
    return done
  }

  async #register(name: string, action: RegisteredAction): Promise<void> {
    const known = await cells.registeredActions(this.#store)
    if (Object.hasOwn(known, name))
      throw refused('duplicate', `the action \`${name.slice(0, 64)}\` is registered already`, 'name')
    // The engine says whether it may be called so, and then knows it.
    const actions = Object.fromEntries([...Object.entries(known), [name, action]])
    const tools = await createTools({ ...this.#options, actions })
    const key = cells.actionKey(name)
    const write = { cells: [{ key, text: JSON.stringify(action) }], guards: [{ key, text: null }] }
    await written(this.#store, async () => ({ result: undefined, write }))
    // Those before are not freed: what was begun with them may still run.
    this.#tools = tools
  }

  /** Allows or denies an action to some, or takes back what was said of it, all or nothing. */
  change(call: Pick<RowsCall, 'do' | 'action' | 'argument'> & { to: RowTo[] }): Promise<RowsResult> {
    return changeRows(this.#store, this.#tools, call, (who) => this.userId(who))
  }

  /** Access rows. */
  rows(): Promise<RowKept[]> {
    return rowsOf(this.#store)
  }

  /** The id of a user: of an account, or one that facts know. */
  async userId(who: string): Promise<string> {
    const kept = await this.#find(who)
    if (kept) return kept.id
    const id = idIn(who)
    if (id !== null && (await userFacts(this.#store, id)).facts !== null) return id
    throw refused('not_found', `there is no user \`${who.slice(0, 64)}\`; give an e-mail address or an id`, 'user')
  }

  /** Whose account it is, if the password is right and the account active and confirmed. Nobody else is told why not. */
  async signIn(login: string, password: string): Promise<SignedIn | null> {
    const keyOf = login.includes('@') ? cells.emailKey : cells.usernameKey
    const id = isWellFormed(login) && login.length <= 256 ? await this.#store.cell(keyOf(login)) : null
    const kept = id === null ? null : await cells.readAccount(this.#store, id)
    this.#nobody ??= this.#tools.hashPassword(this.#tools.randomPassword())
    const right = isWellFormed(password) && this.#tools.verifyPassword(password, kept?.hash ?? this.#nobody)
    return right && kept?.active && kept.confirmed ? { id: kept.id, stamp: kept.stamp } : null
  }

  /** Whether a user may go on being signed in; `stamp` as `signIn` gave it. */
  admits(id: string, stamp?: string): Promise<boolean> {
    return admits(this.#store, id, stamp)
  }

  async #find(who: string): Promise<cells.Kept | null> {
    if (!isWellFormed(who) || who.length > 512) return null
    const id = idIn(who) ?? (await cells.idBy(this.#store, cells.emailKey(who)))
    return id === null ? null : cells.readAccount(this.#store, id)
  }

  async #must(who: string): Promise<cells.Kept> {
    const kept = await this.#find(who)
    if (kept) return kept
    throw refused(
      'not_found',
      `there is no account \`${who.slice(0, 64)}\`; give its e-mail address, or its id`,
      'user',
    )
  }

  async #mustRole(name: string): Promise<cells.KeptRole> {
    const role = isWellFormed(name) ? await cells.readRole(this.#store, name) : null
    if (role !== null) return role
    const known = await cells.roleNames(this.#store)
    const said = known.length === 0 ? 'there are none yet' : `known: ${known.slice(0, 12).join(', ')}`
    throw refused('unknown_role', `there is no role \`${name.slice(0, 64)}\`; ${said}`, 'role')
  }
}

/** `user:ID`, or a word without `@`. */
function idIn(who: string): string | null {
  if (who.startsWith('user:')) return who.slice('user:'.length) || null
  return who.includes('@') || who === '' ? null : who
}

/** What facts say of a user, and where the store stood. */
async function userFacts(
  store: HostStore,
  id: string,
): Promise<{ facts: JsonObject | null; revision: string | undefined }> {
  const { users = {}, revision } = await store.facts([{ relation: 'user', id }])
  return { facts: Object.hasOwn(users, id) ? (users[id] as JsonObject) : null, revision }
}

function rolesOf(facts: unknown): string[] {
  const { roles } = (facts ?? {}) as { roles?: unknown }
  return Array.isArray(roles) ? roles.map(String) : []
}

function replacing(before: cells.Kept, after: cells.Kept): Write {
  const key = cells.accountKey(before.id)
  return { cells: [{ key, text: JSON.stringify(after) }], guards: [{ key, text: JSON.stringify(before) }] }
}

/** Without what is nobody's business. */
function shown({ id, email, username, full_name, affiliations, active, confirmed }: cells.Kept): Account {
  return { id, email, username, full_name, affiliations, active, confirmed }
}

function refused(code: string, message: string, path: string): LictorError {
  return new LictorError([{ code, path, message }])
}
