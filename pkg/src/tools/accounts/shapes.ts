/** Accounts as hosts see them. What is kept beside (the hash of the password) leaves this folder in no answer. */

import type { AccessRow, JsonObject } from '../../types.js'
import type { FaultInFile } from '../yaml.js'

export interface Account {
  /** The user's id: what facts, records and memberships know the user by. */
  id: string
  email: string
  username: string | null
  full_name: string
  affiliations: string
  /** Only active and confirmed accounts sign in. */
  active: boolean
  confirmed: boolean
}

export interface NewAccount {
  email: string
  username?: string | null
  full_name?: string
  affiliations?: string
  active?: boolean
  confirmed?: boolean
  /** Null: a random one, which is told once. */
  password: string | null
  /** The id of a user that facts speak of already; a new one if left out. */
  id?: string
}

/** An account that was made. */
export interface Created extends Account {
  roles: string[]
  allow: string[]
  /** The random password, if it was made: this is the only time it is told. */
  password?: string
}

/** Passwords by e-mail address. They beat those of a file; an empty one counts as absent. */
export type Passwords = JsonObject

/** What came of a file. */
export interface Loaded {
  created: Created[]
  /** There already, or twice in the file: left as they are. */
  skipped: { email: string; message: string; path: string; line: number }[]
  /** What nobody reads. */
  warnings: FaultInFile[]
}

export interface RoleMade {
  name: string
  description: string
  /** Who holds it is said elsewhere; nothing here changes that. */
  external: boolean
  /** Whether it was there already; then it stays as it was. */
  existed: boolean
}

/** What came of giving or taking a role. */
export interface RoleSet {
  /** The user's id. */
  user: string
  /** False if it was so already, or is not to be changed here. */
  changed: boolean
  /** The role is held elsewhere. */
  external: boolean
}

/** Whom a row is about. A user is named by e-mail address or id. */
export type RowTo = { user: string } | { role: string } | { system_role: string }

export interface RowsResult {
  changed: AccessRow[]
  unchanged: AccessRow[]
  warnings: string[]
}

/** Somebody whose password was right. */
export interface SignedIn {
  id: string
  /** Changes with the password: a session with another one has ended. */
  stamp: string
}
