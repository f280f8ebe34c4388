/**
 * Questions somebody keeps an eye on. They are asked again when the view moved, and now and then because time passes;
 * listeners hear of it only if the answer is another one.
 */

import type { Environment } from './environment.js'
import { report } from './errors.js'

/** Answers may change with the time alone (an embargo, a lease): so often, in milliseconds, they are asked again. */
export const REFRESH = 30_000

interface Seat {
  refresh(): void
}

export class Watches {
  private readonly seats = new Set<Seat>()
  private calm: (() => void) | null = null
  private closed = false
  private readonly remembered = new Map<string, { version: number; text: string; value: unknown }>()

  constructor(
    private readonly env: Pick<Environment, 'schedule'>,
    /** Says that answers may have changed; then everything is asked again. */
    private readonly moved: () => void,
  ) {}

  /** Calls `listener` whenever what `ask` gives differs in what `essence` keeps of it. */
  add<T>(ask: () => T, essence: (value: T) => unknown, listener: (value: T) => void): () => void {
    let last = JSON.stringify(essence(ask()))
    const seat = {
      refresh: () => {
        const value = ask()
        const text = JSON.stringify(essence(value))
        if (text === last) return
        last = text
        listener(value)
      },
    }
    return this.seat(seat)
  }

  /** Somebody who asks again by themselves, whenever they hear that answers may have changed. */
  keep(): () => void {
    return this.seat({ refresh: () => {} })
  }

  /** Asks everything again. */
  refresh(): void {
    for (const seat of [...this.seats]) {
      try {
        if (this.seats.has(seat)) seat.refresh()
      } catch (error) {
        report(error)
      }
    }
  }

  /** The same object as before until the essence of the value changes: what frameworks compare by identity. */
  stable<T>(key: string, version: number, ask: () => T, essence: (value: T) => unknown): T {
    const before = this.remembered.get(key)
    if (before?.version === version) return before.value as T
    const asked = ask()
    const text = JSON.stringify(essence(asked)) ?? ''
    const value = before?.text === text ? (before.value as T) : asked
    // Questions come and go with what is on the screen; the old ones must not pile up.
    if (this.remembered.size >= REMEMBERED && before === undefined) this.remembered.clear()
    this.remembered.set(key, { version, text, value })
    return value
  }

  close(): void {
    this.closed = true
    this.seats.clear()
    this.remembered.clear()
    this.rest()
  }

  private seat(seat: Seat): () => void {
    // A component may outlive the client by a moment.
    if (this.closed) return () => {}
    this.seats.add(seat)
    this.calm ??= this.tick()
    return () => {
      this.seats.delete(seat)
      if (this.seats.size === 0) this.rest()
    }
  }

  private tick(): () => void {
    return this.env.schedule(() => {
      this.calm = this.tick()
      this.moved()
    }, REFRESH)
  }

  private rest(): void {
    this.calm?.()
    this.calm = null
  }
}

const REMEMBERED = 2000
