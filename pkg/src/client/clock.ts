/**
 * What the device knows about the time. A device's clock is a claim: it may be years off, and it may be set while the
 * device is away. So the time is a range, and where an end lies within the range the engine says unknown.
 */

import type { Clock } from '../sync/protocol.js'
import type { DeviceClock } from './environment.js'

/** When the view was pulled, by the server's clock and by both of the device's. */
export interface Anchor {
  server: number
  wall: number
  monotonic: number
}

/** How far a clock that is kept may be off, both ways. */
export const SKEW = 120_000

/** The last moment a date can name: nothing is known about the upper end. */
const FAR = 8_640_000_000_000_000

/**
 * `lo` cannot be wrong: the server said what time it was, and the monotonic clock only counts. It may stop while the
 * device sleeps, so `hi` follows the wall clock. A wall clock that went back since the pull says nothing, and then
 * there is no upper end.
 */
export function boundsOf(anchor: Anchor | null, now: { wall: number; monotonic: number }, skew = SKEW): Clock {
  if (anchor === null) return { lo: 0, hi: FAR }
  const lo = Math.min(Math.floor(anchor.server + Math.max(0, now.monotonic - anchor.monotonic)), FAR)
  if (!(now.wall >= anchor.wall - skew)) return { lo, hi: FAR }
  // A clock that is off by the same amount all the time is put right; one that is right already stays so.
  const corrected = now.wall + (anchor.server - anchor.wall)
  return { lo, hi: Math.min(Math.ceil(Math.max(lo, now.wall, corrected) + skew), FAR) }
}

/** Keeps the anchor of the view that is held. */
export class ViewClock {
  private anchor: Anchor | null = null

  constructor(
    private readonly device: DeviceClock,
    private readonly skew = SKEW,
  ) {}

  /** The view is of a pull; `pulled` comes from the disk when it happened in another life of this page. */
  hold(pulled: { server: number; wall: number } | null): void {
    this.anchor = pulled && { ...pulled, monotonic: this.device.monotonic() }
  }

  bounds(): Clock {
    return boundsOf(this.anchor, this.now(), this.skew)
  }

  /** Milliseconds since the view was true, as far as the device can tell; null without a view. */
  age(): number | null {
    if (this.anchor === null) return null
    const { wall, monotonic } = this.now()
    return Math.max(0, wall - this.anchor.wall, monotonic - this.anchor.monotonic)
  }

  private now(): { wall: number; monotonic: number } {
    return { wall: this.device.wall(), monotonic: this.device.monotonic() }
  }
}
