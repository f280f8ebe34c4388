/** What every part of synchronisation works with. */

import type { Queue } from '../../store/queue.js'
import type { Token } from '../../sync/protocol.js'
import type { Subject } from '../../types.js'
import type { ServerContext } from '../context.js'
import { Problem, unauthenticated } from '../problem.js'
import type { SyncOptions } from './options.js'
import type { Opened, Tokens } from './tokens.js'
import { epochOf } from './cells.js'

export interface Sync {
  context: ServerContext
  options: Required<SyncOptions>
  tokens(): Promise<Tokens>
  /** Pushes, one after another. */
  pushes: Queue
  /** A device's view is at another revision now. */
  moved(device: string, rev: number): void
  /** A device predicted otherwise than the server decided, on the same ground. */
  mismatched(): void
}

/** A signed-in user with one device. */
export interface Owner {
  subject: Subject
  user: string
  device: string
}

/** Devices belong to users: nobody else has a view. */
export function userOf(subject: Subject): string {
  if (subject.type !== 'user') throw unauthenticated('sign in: a device holds the view of one user')
  return String(subject.id)
}

/** The device belongs to another user. */
export class NotYours extends Error {
  constructor() {
    super('this device belongs to another user')
    this.name = 'NotYours'
  }
}

export async function tokenFor(sync: Sync, { user, device }: Owner, view: number): Promise<Token> {
  const { context, options } = sync
  const { tenant, engine, store } = context
  const [tokens, epoch] = await Promise.all([sync.tokens(), epochOf(store)])
  const place = { tenant, policy: engine.policy.hash, policyRevision: options.policyRevision }
  return tokens.seal({ ...place, view, asOf: context.now(), epoch, device, user })
}

/** What a token says, if it was made for this device of this user over this store; else null. */
export async function openFor(sync: Sync, { user, device }: Owner, token: string | null): Promise<Opened | null> {
  if (token === null) return null
  const claims = await (await sync.tokens()).open(token)
  if (claims === null || claims.user !== user || claims.device !== device) return null
  const here = claims.tenant === sync.context.tenant && claims.epoch === (await epochOf(sync.context.store))
  return here ? claims : null
}

/** Whoever has seen more than this node must not be answered from less. */
export function behind(): Problem {
  const message = 'this node has not caught up with what you have seen; ask again in a moment, or ask another node'
  return new Problem(503, 'retry', message, { headers: { 'retry-after': '1' } })
}
