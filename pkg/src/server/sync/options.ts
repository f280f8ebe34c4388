/** What a host may set about synchronisation, and what holds if it does not. */

import type { Bytes } from './bytes.js'

export interface SyncOptions {
  /** How long a device may answer from its view without asking again. Milliseconds, as all times here. */
  lease?: number
  /** An intent older than this is refused as `expired`: nobody remembers what it was about. */
  expires?: number
  /** How long acknowledged verdicts, and traces of what left a view, are kept. */
  keep?: number
  /** A device that was silent for so long starts anew when it comes back. */
  silent?: number
  /** Entries one device may hold. */
  entries?: number
  /** Of so many communities at most, a device that holds everything is shown the members as well. */
  communities?: number
  /** Which edition of the policy this server runs; a server that runs an older one says so. */
  policyRevision?: number
  /** Secrets of before, so that tokens made under them are still read. */
  formerSecrets?: Bytes[]
  /** How long the feed waits after a write for more of them. */
  debounce?: number
  /** How often the feed says that it is still there, and looks for what other processes did. */
  heartbeat?: number
  /** How long one connection of the feed lasts; a device then connects, and is authenticated, again. */
  connection?: number
  /** Connections of the feed of one user, and of all. */
  connectionsOfUser?: number
  connections?: number
}

const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE

export function withDefaults(options: SyncOptions): Required<SyncOptions> {
  return {
    lease: 7 * DAY,
    expires: 90 * DAY,
    keep: 30 * DAY,
    silent: 180 * DAY,
    entries: 200_000,
    communities: 100,
    policyRevision: 0,
    formerSecrets: [],
    debounce: 150,
    heartbeat: 25_000,
    connection: 30 * MINUTE,
    connectionsOfUser: 16,
    connections: 10_000,
    ...options,
  }
}
