/**
 * Hears from the server that something changed, so that it need not be asked all the time. Only the leader listens. A
 * hint: it says nothing of what changed, and where there is no feed the loop's own polling does.
 */

import type { Environment } from './environment.js'
import type { Transport } from './transport.js'

/** Between two tries to listen, in milliseconds. */
const AGAIN = 15_000

export class Feed {
  private stopping: AbortController | null = null
  private calm: (() => void) | null = null
  private device: string | null = null
  private hearing = false

  constructor(
    private readonly transport: Transport,
    private readonly env: Pick<Environment, 'schedule'>,
    private readonly heard: () => void,
  ) {}

  /** Whether the server tells of changes, so that it need not be asked. */
  get live(): boolean {
    return this.hearing
  }

  /** Listens for a device the server knows; does nothing if that is what it does already. */
  listen(device: string): void {
    if (this.device === device) return
    this.stop()
    this.device = device
    const stopping = new AbortController()
    this.stopping = stopping
    this.hear(device, stopping.signal)
      // Whatever ended it: the feed is a convenience, and the loop tells of a server that is gone.
      .catch(() => {})
      .finally(() => {
        if (this.stopping !== stopping) return
        this.hearing = false
        this.calm = this.env.schedule(() => {
          this.device = null
          this.listen(device)
        }, AGAIN)
      })
  }

  stop(): void {
    this.stopping?.abort()
    this.stopping = null
    this.device = null
    this.hearing = false
    this.calm?.()
    this.calm = null
  }

  private async hear(device: string, signal: AbortSignal): Promise<void> {
    for await (const line of this.transport.feed(device, signal)) {
      if (signal.aborted) return
      this.hearing = true
      // Comments keep the connection open; any event is a reason to look.
      if (line.startsWith('data:')) this.heard()
    }
  }
}
