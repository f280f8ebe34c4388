/**
 * What the outbox means: which intents are still to be sent, which are shown over the view, how far verdicts are stored.
 * Functions over what the disk holds.
 */

import type { Answer, EntityKey } from '../types.js'
import type { Intent, Replayed, Verdict } from '../sync/protocol.js'
import type { Kept, Named, OutboxState } from './disk/disk.js'
import { quotesOthers } from './disk/own.js'
import type { Sends } from './sends.js'

export type ItemState = 'saved' | 'sent' | 'accepted' | 'accepted_changed' | 'rejected'

/** One row of the outbox, as an interface shows it. */
export interface OutboxItem {
  intent: Intent
  verdict?: Verdict
  /** `saved`: on this device; after a push that failed it is that again. `sent`: on its way now, not decided. */
  state: ItemState
  /** How often it was on its way since the page was opened, without a verdict so far. Left out before the first time. */
  attempts?: number
  /** Why the last of these times brought no verdict, for people. It is tried again; it may have arrived all the same. */
  problem?: string
  /** What the device would answer now; for a decided intent what it said when it was made. */
  predicted: Answer
  /** Why its effects are not shown. */
  error?: Replayed['error']
}

/** How many plainly accepted intents are kept to be shown. Refused ones are kept without end. */
export const SHOWN_ACCEPTED = 100

/** At most so many intents go in one push. */
export const BATCH = 100

export function undecided(kept: readonly Kept[]): Intent[] {
  return kept.filter(({ verdict }) => verdict === undefined).map(({ intent }) => intent)
}

/**
 * What is shown over a view that contains the effects of the intents up to `lastN`: the undecided, and the accepted
 * that have not come back with a pull yet.
 */
export function overlay(kept: readonly Kept[], lastN: number): Intent[] {
  return kept.filter((row) => isShown(row, lastN)).map(({ intent }) => intent)
}

function isShown({ intent, verdict }: Kept, lastN: number): boolean {
  return verdict === undefined || (verdict.r !== 'rejected' && intent.n > lastN)
}

/** Every verdict up to this number is on the disk. */
export function acknowledged({ kept, next }: Pick<OutboxState, 'kept' | 'next'>): number {
  const open = undecided(kept).map(({ n }) => n)
  return Math.min(next, ...open) - 1
}

/** Whether there are verdicts of a store that is no more: one that counts only so far cannot have given them. */
export function isBehind(kept: readonly Kept[], lastN: number): boolean {
  return kept.some(({ intent, verdict }) => verdict !== undefined && intent.n > Math.max(0, lastN))
}

/** The verdicts that are for these intents, and new. After a change of device the same number may mean another intent. */
export function news(kept: readonly Kept[], verdicts: readonly Verdict[]): Verdict[] {
  const open = new Map(undecided(kept).map((intent) => [intent.n, intent.idem]))
  return verdicts.filter(({ n, idem }) => open.get(n) === idem)
}

/** The oldest accepted intents beyond what is kept to be shown. */
export function forgettable(kept: readonly Kept[], lastN: number): Named[] {
  const plain = kept.filter(({ intent, verdict }) => verdict?.r === 'accepted' && intent.n <= lastN)
  return plain.slice(0, Math.max(0, plain.length - SHOWN_ACCEPTED)).map(({ intent }) => intent)
}

/** These numbers of intents, as they were in `before`, by the numbers the same intents have now. */
export function numbersNow(given: readonly number[], before: readonly Kept[], now: readonly Kept[]): number[] {
  if (now === before) return [...given]
  const names = new Map(before.map(({ intent }) => [intent.n, intent.idem]))
  const numbers = new Map(now.map(({ intent }) => [intent.idem, intent.n]))
  return given.flatMap((n) => numbers.get(names.get(n) ?? '') ?? [])
}

/** Those that are over and done with and still quote what others wrote in something the user sees no more. */
export function indiscreet(kept: readonly Kept[], lastN: number, isSeen: (target: EntityKey) => boolean): Named[] {
  return kept
    .filter((row) => !isShown(row, lastN) && quotesOthers(row) && !isSeen(row.intent.target))
    .map(({ intent }) => intent)
}

export function items(
  kept: readonly Kept[],
  replayed: ReadonlyMap<number, Replayed>,
  sends: Pick<Sends, 'of'>,
): OutboxItem[] {
  return kept.map(({ intent, verdict }) => {
    if (verdict !== undefined) return { intent, verdict, state: verdict.r, predicted: intent.predicted }
    const now = replayed.get(intent.n)
    const item: OutboxItem = {
      intent,
      ...sends.of(intent.idem),
      predicted: now?.predicted ?? intent.predicted,
    }
    return now?.error === undefined ? item : { ...item, error: now.error }
  })
}

/** The rows an interface was given last: the same list until something in it is another. */
export class Rows {
  private rows: readonly OutboxItem[] = []
  private text = '[]'
  private current = false

  moved(): void {
    this.current = false
  }

  list(now: () => OutboxItem[]): readonly OutboxItem[] {
    if (this.current) return this.rows
    const rows = now()
    const text = JSON.stringify(rows)
    if (text !== this.text) this.rows = Object.freeze(rows)
    this.text = text
    this.current = true
    return this.rows
  }
}
