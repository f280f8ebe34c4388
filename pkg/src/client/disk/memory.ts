/**
 * A disk in memory: for private windows, where nothing can be kept and the user must be told so, for tests, and for
 * simulators that crash it. The same outbox and the same view as in a browser, on another base.
 */

import { randomId } from './base.js'
import type { Disk } from './disk.js'
import { MemoryBase, MemoryMedium } from './memory-base.js'
import { StoredOutbox, outboxSeed } from './outbox.js'
import { StoredView } from './view.js'

export interface MemoryDiskOptions {
  /** What it is on; a new one if left out. Two disks on one medium are two tabs. */
  medium?: MemoryMedium
  user?: string | number
  /** See `openIndexedDBDisk`. */
  foldAfter?: number
  /** Makes device ids and the like, where a run must be repeatable. */
  newId?: () => string
}

export async function openMemoryDisk({
  medium = new MemoryMedium(),
  user = '',
  foldAfter,
  newId = randomId,
}: MemoryDiskOptions = {}): Promise<Disk> {
  const view = new StoredView(new MemoryBase(medium, 'view'), {
    user: String(user),
    newId,
    ...(foldAfter !== undefined && { foldAfter }),
  })
  const outbox = await StoredOutbox.open(new MemoryBase(medium, 'out', outboxSeed(newId)), {
    mark: {
      read: async () => medium.mark,
      write: async (mark) => void (medium.mark = mark),
      remove: async () => void (medium.mark = null),
    },
    makeRoom: () => view.drop(),
    fences: view,
    newId,
  })
  return { outbox, view }
}
