/**
 * What follows a round of synchronising: go on at once, wait, or stop until somebody acts. A pure state machine; the
 * loop that feeds it is in `sync.ts`.
 */

import type { FailureKind } from './transport.js'

export type Phase =
  /** The view is as new as the last look; nothing waits to be sent. */
  | 'idle'
  | 'syncing'
  /** No network. Tried again when there is one, and now and then. */
  | 'offline'
  /** The server is in trouble. Tried again, ever more seldom. */
  | 'retrying'
  /** The server wants the user to sign in. The queue waits for `client.signedIn()`. */
  | 'signed-out'
  /** The server speaks a newer protocol: the page must be loaded anew. */
  | 'too-old'
  /** The policy changed to one that this client cannot load. */
  | 'no-policy'

export type Outcome =
  | { t: 'done'; more: boolean }
  | { t: 'failed'; kind: FailureKind | 'too-old' | 'no-policy' | 'busy'; problem: string; wait?: number }

export interface Pace {
  phase: Phase
  /** Failures in a row. */
  failures: number
}

export const START: Pace = { phase: 'syncing', failures: 0 }

export interface Rhythm {
  /** Milliseconds between two looks when nothing happens. */
  poll: number
  /** The first wait after a failure; it doubles, up to `longest`. */
  first: number
  longest: number
}

export const RHYTHM: Rhythm = { poll: 30_000, first: 500, longest: 60_000 }

/** The pace after an outcome, and how long to wait: null means until somebody acts. `chance` is from 0 up to 1. */
export function after(
  pace: Pace,
  outcome: Outcome,
  rhythm: Rhythm,
  chance: number,
): { pace: Pace; wait: number | null } {
  if (outcome.t === 'done') {
    if (outcome.more) return { pace: START, wait: 0 }
    return { pace: { phase: 'idle', failures: 0 }, wait: rhythm.poll }
  }
  const failures = pace.failures + 1
  switch (outcome.kind) {
    case 'auth':
      return { pace: { phase: 'signed-out', failures: 0 }, wait: null }
    case 'too-old':
      return { pace: { phase: 'too-old', failures: 0 }, wait: null }
    case 'no-policy':
      return { pace: { phase: 'no-policy', failures: 0 }, wait: null }
    case 'offline':
    case 'timeout':
      return { pace: { phase: 'offline', failures }, wait: backoff(failures, rhythm, chance, outcome.wait) }
    default:
      return { pace: { phase: 'retrying', failures }, wait: backoff(failures, rhythm, chance, outcome.wait) }
  }
}

/** Between half and all of the doubled wait, so that devices that failed together do not come back together. */
function backoff(failures: number, { first, longest }: Rhythm, chance: number, asked = 0): number {
  const full = Math.min(longest, first * 2 ** Math.min(failures - 1, 20))
  return Math.max(asked, Math.round(full * (0.5 + chance / 2)))
}
