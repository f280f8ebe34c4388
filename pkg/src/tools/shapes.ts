/** What goes into the tools and comes out of them. The engine checks all of it. */

import type { AccessRow, Answer, Change, FactsInput, Json, Key, Subject, UserId } from '../types.js'

/** An action that access rows may name. */
export interface KnownAction {
  name: string
  /** What a row may be limited to; left out, a row covers everything. */
  argument?: string
  meaning: string
  /** Whether a rule of this policy looks at it. */
  used: boolean
}

/** An action a host registers: rows may name it from then on. */
export interface RegisteredAction {
  meaning: string
  argument?: string
}

export interface AdministersCall {
  subject: Subject
  /** Actions that would be given or taken. */
  gives?: string[]
  /** Roles that would be given or taken: more than rows may ask for one. */
  roles?: string[]
  /** It is for all who have a system role, whoever they will be. */
  everybody?: boolean
  facts: FactsInput
}

export interface Administers {
  decision: Answer
  /** Facts that would say more, where it is unknown. */
  missing: Key[]
}

export interface RowsCall {
  do: 'allow' | 'deny' | 'remove'
  action: string
  argument?: string
  subjects: ({ user: UserId } | { role: string } | { system_role: string })[]
  /** All rows of the action, with the ids they are kept under. */
  rows: { id: string; row: Json }[]
  /** What exists. */
  there: { roles: string[]; communities: string[] }
}

export interface RowsChanged {
  changes: Change[]
  changed: AccessRow[]
  unchanged: AccessRow[]
  warnings: string[]
}

export interface UsersInput {
  /** Entries, as they stand in a file; null: nobody. */
  users: Json
  /** By e-mail address; these beat the file, and an empty one counts as absent. */
  passwords?: { [email: string]: Json } | null
  /** What exists: roles, and addresses and usernames in lower case. */
  there: { roles: string[]; emails: string[]; usernames: string[] }
}

export interface UserFixture {
  email: string
  /** The address in lower case: what it is found by. */
  key: string
  username: string | null
  username_key: string | null
  full_name: string
  affiliations: string
  active: boolean
  confirmed: boolean
  /** Null: a random one is to be made. */
  password: string | null
  roles: string[]
  allow: string[]
}

export interface UsersFile {
  users: UserFixture[]
  /** There already, or twice in the file. */
  skipped: { path: string; email: string; message: string }[]
  /** What nobody reads. */
  warnings: { code: string; path: string; message: string }[]
}
