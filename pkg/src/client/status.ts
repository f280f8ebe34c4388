/** What an interface is told: one object that is replaced when something changed, and who wants to hear of it. */

import type { Token } from '../sync/protocol.js'
import { report } from './errors.js'
import type { Phase } from './pace.js'
import type { Way } from './vault.js'

/** Where the user's work is. */
export type Storage =
  /** On the disk of this device. */
  | 'persisted'
  /** Nowhere but in this page: private browsing, or a disk that cannot be opened. */
  | 'memory'
  /** The browser had cleared the disk: what was not sent before is gone. */
  | 'cleared'
  /** The disk is full: what is new is only in this page. */
  | 'quota'

export interface Status {
  sync: Phase | 'closed' | 'logged-out'
  storage: Storage
  /** Whether this tab sends and receives for all. */
  leads: boolean
  /** Where the view stands; null before the first pull. */
  token: Token | null
  /** The subject's intents that the server has not decided. */
  undecided: number
  /** Refused ones that nobody has dismissed. */
  refused: number
  /** Communities whose restricted entries are on the disk and cannot be read until the device is unlocked, or online. */
  locked: string[]
  /** What unlocks this device without the network: see `protect`. Empty: nothing does. */
  protection: Way[]
  /** Moves whenever an answer may have changed. */
  version: number
  /** The last thing that went wrong, for people. Left out when all is well. */
  problem?: string
}

export type Topic = 'status' | 'data' | 'outbox'
export type Listener = (topic: Topic, status: Status) => void

export class StatusBoard {
  private current: Status = Object.freeze({
    sync: 'syncing',
    storage: 'persisted',
    leads: false,
    token: null,
    undecided: 0,
    refused: 0,
    locked: [],
    protection: [],
    version: 0,
  })
  // Wrapped, so that one function subscribed twice is heard, and let go, twice.
  private readonly listeners = new Set<{ listener: Listener }>()

  get(): Status {
    return this.current
  }

  /** Sets what is given; listeners hear of it if anything differs. A `problem` of `undefined` takes it away. */
  set(change: Partial<Omit<Status, 'problem'>> & { problem?: string | undefined }): void {
    const { problem, ...rest } = { ...this.current, ...change }
    const next: Status = problem === undefined ? rest : { ...rest, problem }
    if (JSON.stringify(next) === JSON.stringify(this.current)) return
    this.current = Object.freeze(next)
    this.tell('status')
  }

  /** An answer may have changed. */
  moved(): void {
    this.current = Object.freeze({ ...this.current, version: this.current.version + 1 })
    this.tell('data')
  }

  tell(topic: Topic): void {
    for (const { listener } of [...this.listeners]) {
      try {
        listener(topic, this.current)
      } catch (error) {
        report(error)
      }
    }
  }

  subscribe(listener: Listener): () => void {
    const seat = { listener }
    this.listeners.add(seat)
    return () => void this.listeners.delete(seat)
  }

  clear(): void {
    this.listeners.clear()
  }
}
