/** Who wants to hear of commits. Used by every store; not for callers, who use `store.subscribe`. */

import type { Revision } from './store.js'

type Listener = (revision: Revision) => void

export class Listeners {
  // Wrapped, so that one function subscribed twice is heard, and let go, twice.
  private readonly all = new Set<{ listener: Listener }>()

  get size(): number {
    return this.all.size
  }

  add(listener: Listener): () => void {
    const seat = { listener }
    this.all.add(seat)
    return () => void this.all.delete(seat)
  }

  /** The commit has happened whatever a listener does, so what one throws is reported and goes no further. */
  tell(revision: Revision): void {
    for (const { listener } of [...this.all]) {
      try {
        listener(revision)
      } catch (error) {
        if (typeof reportError === 'function') reportError(error)
        else console.error(error)
      }
    }
  }

  clear(): void {
    this.all.clear()
  }
}
