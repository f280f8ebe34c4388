/** What `openClient` takes. */

import type { SyncEngine } from '../sync/engine.js'
import type { Scope } from '../sync/protocol.js'
import type { JsonObject, Subject } from '../types.js'
import type { Disk } from './disk/disk.js'
import type { Environment } from './environment.js'
import type { Rhythm } from './pace.js'

export interface ClientOptions extends Partial<Environment> {
  /** From `createEngine`. It answers until the server names another policy. */
  engine: SyncEngine
  /** Makes the engine of a policy that changed: `createEngine` itself. Without it a change asks for a reload. */
  createEngine?: (options: { policy: JsonObject }) => Promise<SyncEngine>
  /** Where the server's sync endpoints stand, for example `/api/sync`. */
  url: string
  user: Subject
  /** Which part of the repository this device holds. Left out: what it held when it was last open, at first all the user may read. */
  subs?: Scope[]
  /** Which repository, where several are used from one origin. */
  tenant?: string
  /** Of the application, where several share an origin. It names databases, lock and channel, with tenant and user. */
  name?: string
  /** Where things are kept: IndexedDB unless given. As a function it is opened anew when it was closed or cleared. */
  disk?: Disk | (() => Promise<Disk>)
  rhythm?: Partial<Rhythm>
  /** Milliseconds until a server that does not answer is taken for gone. */
  patience?: number
  /** How far the device's clock may be off, in milliseconds, before it counts as wrong. */
  skew?: number
  /** Rounds of PBKDF2 between a passphrase and its key. A vault made with fewer is made anew when it is next unlocked. */
  iterations?: number
  /** False: no feed of events, only polling. */
  feed?: boolean
}

export const NAME = 'lictor'

/** The name of what the tabs of one user of one repository share. */
export function nameOf({ name = NAME, tenant = '', user }: ClientOptions): string {
  return [name, tenant, actorOf(user)].map(encodeURIComponent).join('/')
}

export function actorOf(user: Subject): string {
  return user.type === 'user' ? String(user.id) : (user.id ?? user.type)
}
