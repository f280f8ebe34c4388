/**
 * What the tabs of one user tell each other. Messages are hints that save time: whoever misses one finds the same on the
 * disk. The keys of sealed communities go from tab to tab too, since no disk holds them as they are.
 */

import type { Op, Scope, Token } from '../sync/protocol.js'
import type { Keys, ViewMeta } from './disk/disk.js'
import type { Environment, TabChannel } from './environment.js'
import { report } from './errors.js'
import type { Phase } from './pace.js'
import type { Sending } from './sends.js'

export type Message =
  /** A follower asks whether there is a leader; the leader says so. */
  | { t: 'ping' }
  | { t: 'here'; phase: Phase; problem: string | undefined; keys: Keys; subs: Scope[]; word: number }
  /** The outbox on the disk changed: an intent, a verdict, one dismissed. */
  | { t: 'outbox' }
  | Sending
  /** The view moved: a patch to apply at `base`, or (`ops` left out) a new view to read from the disk. */
  | { t: 'view'; base: Token | null; meta: ViewMeta; ops?: Op[]; keys: Keys }
  /** A secret gave these keys back in one tab. */
  | { t: 'keys'; keys: Keys }
  /** The keys that are kept on the disk changed. */
  | { t: 'vault' }
  /** The user signed in again. */
  | { t: 'signed-in' }
  /** Somebody wants the newest. */
  | { t: 'sync' }
  /** What this device holds is to be another part of the repository. */
  | { t: 'hold'; subs: Scope[]; word: number }
  /** The user signs out: everything is let go, at once. */
  | { t: 'logout' }

export class Tabs {
  private channel: TabChannel | null = null

  constructor(name: string, env: Pick<Environment, 'channel'>, heard: (message: Message) => void) {
    this.channel = env.channel?.(`lictor ${name}`) ?? null
    this.channel?.addEventListener('message', ({ data }) => {
      // What was on its way when this tab closed comes too late.
      if (this.channel === null || !isMessage(data)) return
      try {
        heard(data)
      } catch (error) {
        report(error)
      }
    })
  }

  tell(message: Message): void {
    this.channel?.postMessage(message)
  }

  close(): void {
    this.channel?.close()
    this.channel = null
  }
}

/** Another version of this page may be open and speak of things this one does not know. */
function isMessage(data: unknown): data is Message {
  return typeof data === 'object' && data !== null && 't' in data && typeof data.t === 'string'
}
