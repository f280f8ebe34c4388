/** The policy beside the view on the disk: without it a view says nothing. */

import type { SyncEngine } from '../sync/engine.js'
import type { ViewDisk } from './disk/disk.js'

/** The disk is asked each time: a leader that slept may have put back another. */
export async function keepPolicy(view: ViewDisk, { policy, document }: SyncEngine): Promise<void> {
  try {
    if ((await view.bundle(policy.hash)) === undefined) await view.putBundle(policy.hash, document)
  } catch {
    // Tried again with the next write. Where the disk fails, the write that follows says so and knows what must go.
  }
}
