/** Reading many things as of one revision of the store, though others write. */

import type { HostStore } from '../../store/host.js'
import type { Revision } from '../../types.js'
import { Problem, busy } from '../problem.js'
import { isConflict } from './cells.js'

/** Somebody wrote in between: what was read does not belong together. */
export class Moved extends Error {
  constructor() {
    super('the store moved while it was read')
    this.name = 'Moved'
  }
}

const TRIES = 3

/**
 * Runs `work` until it was not disturbed, last of all while other exclusive work waits. `work` throws `Moved`, or meets
 * a conflict, where it was.
 */
export async function steadily<T>(store: HostStore, work: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!isDisturbance(error)) throw error
    }
  }
  try {
    return await store.exclusive(work)
  } catch (error) {
    throw isDisturbance(error) ? busy(error) : error
  }
}

export function isDisturbance(error: unknown): boolean {
  return error instanceof Moved || isConflict(error)
}

/** Others were writing all the time. */
export function isBusy(error: unknown): error is Problem {
  return error instanceof Problem && error.code === 'retry_later'
}

export function sameRevision(read: Revision | undefined, expected: Revision): void {
  if (read !== expected) throw new Moved()
}
