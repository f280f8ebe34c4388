/**
 * What a pull brings goes to memory and disk: verdicts first, and stored before anything else is believed; then the
 * view. Said in one place, because the order is the whole point.
 */

import type { SyncEngine } from '../sync/engine.js'
import type { PullResponse, Scope } from '../sync/protocol.js'
import type { Core } from './core.js'
import type { Arrived } from './intake.js'
import type { ViewMeta } from './disk/disk.js'
import { isEngineError } from './errors.js'

export type View = Extract<PullResponse, { t: 'patch' | 'reset' }> | Arrived

export type Applied =
  | 'applied'
  /** It is for a view this device does not stand at. Nothing of it was used but its verdicts. */
  | 'stale'
  /** What the device holds cannot be trusted to be patched: ask for all of it. */
  | 'start-over'

export async function applyView(
  core: Core,
  response: View,
  about: { subs: Scope[]; engine: SyncEngine; wall: number },
): Promise<Applied> {
  await core.settle(response.verdicts)
  const { next, lastN, closed, leases, keys, serverNow } = response
  const meta: ViewMeta = {
    token: next,
    lastN,
    closed,
    leases,
    subs: about.subs,
    bundle: about.engine.policy.hash,
    pulled: { server: serverNow, wall: about.wall },
  }
  try {
    if (response.t === 'parts') {
      const { replica, isStored } = response
      await core.reset(meta, keys, () => core.session.take(about.engine, replica, meta), isStored)
    } else if (response.t === 'reset') {
      core.session.adopt(about.engine)
      await core.reset(meta, keys, () => core.session.reset(meta, response.entries))
    } else {
      if (response.base !== core.session.meta?.token) return 'stale'
      // A patch is on all of the view, so what lies locked on the disk is read first.
      await core.unlock(keys)
      if (core.session.meta?.token !== response.base) return 'start-over'
      if (core.session.locked.some((community) => community in keys)) return 'start-over'
      core.session.adopt(about.engine)
      await core.patch(meta, response.ops, keys)
    }
  } catch (error) {
    if (!isEngineError(error)) throw error
    // The engine cannot read what the server sent. How far it came is not known, so the disk's view is taken again.
    await core.restore()
    core.shown('view')
    core.status.set({ problem: `the server sent a view that cannot be read: ${error.message}` })
    return 'start-over'
  }
  await core.tidy()
  return 'applied'
}
