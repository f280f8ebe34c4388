/** Writes what the engine decided, at the revision it decided at; what met another write is decided anew. */

import { StoreError } from '../../store/store.js'
import type { HostStore } from '../../store/host.js'
import type { Attempt } from '../context.js'
import { busy } from '../problem.js'
import type { Emitter } from './events.js'

const TRIES = 3

export async function transact<T>(store: HostStore, emitter: Emitter, attempt: () => Promise<Attempt<T>>): Promise<T> {
  let met: unknown
  for (let tries = 0; tries < TRIES; tries++) {
    const { result, write, events = [], written } = await attempt()
    if (write === undefined) return result
    const changes = write.changes ?? []
    if (!(await emitter.before(events, changes))) return result
    try {
      // Whoever reads much at one revision, and was disturbed too often, keeps writers waiting for once.
      const revision = await store.exclusive(() => store.write(write))
      written?.(revision)
      await emitter.after(events, changes, revision)
      return result
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'conflict')) throw error
      met = error
    }
  }
  throw busy(met)
}
