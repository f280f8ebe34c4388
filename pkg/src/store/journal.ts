/**
 * What the latest commits wrote, for whoever follows a store and would otherwise have to look at all of it. A bound on
 * what is kept, not a history: what is not known here any more is looked at anew. `JournalLog` is for stores that keep
 * their entities in memory; databases keep a table by the same bounds.
 */

import type { Revision } from './store.js'
import { invalid } from './json.js'
import { revisionParts } from './revision.js'

/** What commits after some revision wrote. */
export interface Changed {
  /** Where they lead to. */
  revision: Revision
  /** Keys as text, each once, in order. */
  keys: string[]
}

/** Commits that are kept. */
export const KEPT = 10_000
/** A commit of more keys is not kept: whoever follows looks at everything then. */
export const WIDEST = 1000

/** The number of the commit asked after, if it is one of this store. */
export function sinceIn(since: unknown, limit: unknown, epoch: string): number | null {
  if (typeof since !== 'string') throw invalid('since', 'is not a revision')
  if (typeof limit !== 'number' || !Number.isSafeInteger(limit) || limit < 1)
    throw invalid('limit', `\`${String(limit)}\` is not a positive whole number`)
  const parts = revisionParts(since)
  return parts?.epoch === epoch ? parts.n : null
}

/** The keys of one commit as they are kept, or null for too many. */
export function keysOf(entries: readonly { key: string }[]): string[] | null {
  const keys = [...new Set(entries.map(({ key }) => key))]
  return keys.length > WIDEST ? null : keys
}

/** The keys of commits, where each of them is known and they are not too many. */
export function together(commits: readonly (readonly string[])[], count: number, limit: number): string[] | null {
  if (count < 0 || commits.length !== count) return null
  const keys = new Set(commits.flat())
  return keys.size > limit ? null : [...keys].sort()
}

export class JournalLog {
  private readonly commits = new Map<number, string[]>()

  add(n: number, entries: readonly { key: string }[]): void {
    const keys = keysOf(entries)
    if (keys) this.commits.set(n, keys)
    this.commits.delete(n - KEPT)
  }

  /** After everything was replaced. */
  forget(): void {
    this.commits.clear()
  }

  between(since: number, now: number, limit: number): string[] | null {
    const found: string[][] = []
    for (let n = since + 1; n <= now; n++) {
      const keys = this.commits.get(n)
      if (!keys) return null
      found.push(keys)
    }
    return together(found, now - since, limit)
  }
}
