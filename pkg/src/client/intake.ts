/**
 * Takes in a whole view that arrives in parts, beside the one there is: each part goes to a replica of its own and to the
 * disk, and neither is seen before all of it is there. Meanwhile the user works on.
 */

import type { Replica, SyncEngine } from '../sync/engine.js'
import { readPart } from '../sync/parts.js'
import type { Core } from './core.js'
import { Fenced, isDisk, isEngineError, textOf } from './errors.js'
import type { Arriving } from './transport.js'
import { TransportError } from './transport.js'

export interface Arrived extends Omit<Arriving, 'parts'> {
  /** Holds all of it. */
  replica: Replica
  /** Whether it waits on the disk. It is a cache: what could not be stored is stored whole later. */
  isStored: boolean
}

/** `goesOn` says whether anybody still waits for it. */
export async function takeIn(
  core: Core,
  { parts, ...head }: Arriving,
  engine: SyncEngine,
  goesOn: () => boolean,
): Promise<Arrived> {
  const { view } = core.disk
  const replica = core.session.beside(engine, head.closed)
  let isStored = true
  const store = async (work: () => Promise<void>): Promise<void> => {
    if (!isStored) return
    await work().catch((error: unknown) => {
      if (isDisk(error, 'fenced')) throw new Fenced('another tab leads')
      isStored = false
    })
  }
  try {
    await store(() => view.begin(head.keys, core.fence))
    for await (const part of parts) {
      const list = readPart(part.bytes)?.list
      if (!goesOn() || list === undefined) throw new TransportError('offline', 'nobody waits for this view any more')
      replica.load(list)
      await store(() => view.add(part))
    }
    return { ...head, replica, isStored }
  } catch (error) {
    replica.free()
    if (!isEngineError(error)) throw error
    throw new TransportError('garbled', `the server sent a view that cannot be read: ${textOf(error)}`, {
      cause: error,
    })
  }
}
