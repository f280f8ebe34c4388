/**
 * Which tab sends and receives. A Web Lock says who may lead; the fence, raised by each leader and checked in every
 * write to the disk, says who may still write. The lock alone is not enough: a frozen tab keeps it.
 */

import type { Environment } from './environment.js'
import { report } from './errors.js'

/** Followers ask for the leader this often, in milliseconds, and take over after so many questions without an answer. */
export const PING = 2_000
export const PATIENCE = 3

export interface Candidate {
  /** Takes the lead: raises the fence. Rejects if it cannot. */
  lead(): Promise<void>
  /** The lead was lost or given up. */
  follow(): void
  /** Asks for a sign of life of whoever leads. */
  ping(): void
  /** In the same rhythm, whoever leads. */
  beat(): void
}

export class Election {
  private leading = false
  private taking = false
  private closed = false
  private unanswered = 0
  private calm: (() => void) | null = null
  private letGo: (() => void) | null = null
  private leaveQueue: AbortController | null = null

  constructor(
    private readonly name: string,
    private readonly env: Pick<Environment, 'locks' | 'schedule'>,
    private readonly candidate: Candidate,
  ) {}

  get leads(): boolean {
    return this.leading
  }

  start(): void {
    this.stand(false)
    this.watch()
  }

  /** The leader answered. */
  heard(): void {
    this.unanswered = 0
  }

  /** Gives up the lead (somebody with a higher fence writes) and stands in line again. */
  stepDown(): void {
    if (!this.leading) return
    this.lose()
    if (this.env.locks !== null) this.stand(false)
  }

  close(): void {
    this.closed = true
    this.calm?.()
    this.leaveQueue?.abort()
    this.lose()
  }

  /** Waits for the lock; with `steal`, takes it from whoever has it. */
  private stand(steal: boolean): void {
    if (this.closed) return
    const { locks } = this.env
    // Without locks the fence alone decides: the last to raise it leads, and the one before finds out when it writes.
    if (locks === null) return void this.take(new Promise(() => {}))
    this.leaveQueue?.abort()
    const turn = new AbortController()
    this.leaveQueue = turn
    let mine: (() => void) | null = null
    const held = async (): Promise<void> => {
      const end = new Promise<void>((resolve) => (mine = resolve))
      this.letGo = mine
      await this.take(end)
    }
    // A request that steals cannot be called off.
    locks.request(`lictor ${this.name}`, steal ? { steal } : { signal: turn.signal }, held).catch((error: unknown) => {
      if (turn.signal.aborted) return
      // Stolen: the one who has it now found this tab silent.
      if (mine !== null && mine === this.letGo && !this.closed) {
        this.lose()
        this.stand(false)
      } else if (mine === null) report(error)
    })
  }

  /** Leads until `end`. */
  private async take(end: Promise<void>): Promise<void> {
    if (this.closed) return
    this.taking = true
    try {
      await this.candidate.lead()
    } catch (error) {
      // A disk that cannot be written: another tab may have more luck, and this one stands again later.
      report(error)
      this.letGo = null
      this.unanswered = 0
      return
    } finally {
      this.taking = false
    }
    if (this.closed) return
    this.leading = true
    await end
  }

  private lose(): void {
    this.letGo?.()
    this.letGo = null
    this.unanswered = 0
    if (!this.leading) return
    this.leading = false
    this.candidate.follow()
  }

  private watch(): void {
    this.calm = this.env.schedule(() => {
      if (this.closed) return
      this.candidate.beat()
      if (!this.leading && !this.taking) this.ask()
      this.watch()
    }, PING)
  }

  private ask(): void {
    if (this.unanswered >= PATIENCE) {
      this.unanswered = 0
      this.stand(true)
      return
    }
    this.unanswered += 1
    this.candidate.ping()
  }
}
