/**
 * Tells other tabs of a commit, so that their listeners hear of it. A hint and nothing more: who misses it finds out at
 * the next commit, whose transaction reads the stored revision. Never a lock; those freeze with their tab.
 */

export interface Hint {
  epoch: string
  n: number
}

export class Tabs {
  private channel: BroadcastChannel | null

  constructor(name: string, onHint: (hint: Hint) => void) {
    this.channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`lictor store ${name}`)
    this.channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isHint(data)) onHint(data)
    })
  }

  tell(hint: Hint): void {
    this.channel?.postMessage(hint)
  }

  close(): void {
    this.channel?.close()
    // A commit under way may still tell; on a closed channel that would throw, after the commit has happened.
    this.channel = null
  }
}

function isHint(data: unknown): data is Hint {
  if (typeof data !== 'object' || data === null) return false
  const { epoch, n } = data as Partial<Hint>
  return typeof epoch === 'string' && typeof n === 'number'
}
