/**
 * The ways of undecided intents to the server, by idempotency key. In memory, so what it counts begins when the page was
 * opened. Whether something arrived is not known here: only a verdict says so.
 */

import type { Kept } from './disk/disk.js'

/** A push began with these, or came to its end: with a verdict, or without one. */
export type Sending = { t: 'sent'; idems: string[] } | { t: 'unsent'; idems: string[]; problem: string | undefined }

/** What an interface is told of an intent that has no verdict. */
export interface Way {
  state: 'saved' | 'sent'
  attempts?: number
  problem?: string
}

export class Sends {
  private readonly ways = new Map<string, Way>()

  moved(step: Sending): void {
    for (const idem of step.idems) {
      const { attempts = 0, problem } = this.of(idem)
      if (step.t === 'sent') {
        const again = { state: 'sent', attempts: attempts + 1 } as const
        this.ways.set(idem, problem === undefined ? again : { ...again, problem })
      } else if (this.ways.has(idem)) {
        const back = { state: 'saved', attempts } as const
        this.ways.set(idem, step.problem === undefined ? back : { ...back, problem: step.problem })
      }
    }
  }

  of(idem: string): Way {
    return this.ways.get(idem) ?? { state: 'saved' }
  }

  /** What has its verdict is not on its way. */
  decided(kept: readonly Kept[]): void {
    for (const { intent, verdict } of kept) if (verdict !== undefined) this.ways.delete(intent.idem)
  }

  clear(): void {
    this.ways.clear()
  }
}
