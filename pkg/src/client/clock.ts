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
  /** Pulled in this life of the page: before that, `monotonic` counted from elsewhere. */
  live: boolean
}

/** How far a clock that is kept may be off, both ways. */
export const SKEW = 120_000

/** A clock that was further off than this when the view was pulled is not kept. */
const KEPT = 86_400_000

/** The last moment a date can name: nothing is known about the upper end. */
const FAR = 8_640_000_000_000_000

/**
 * `lo` cannot be wrong: the server said what time it was, and the monotonic clock only counts. It may stop while the
 * device sleeps, so `hi` follows the wall clock, unless both say that no more time has passed. A wall clock that went
 * back since the pull, or was nowhere near the time then, says nothing, and then there is no upper end.
 */
export function boundsOf(anchor: Anchor | null, now: { wall: number; monotonic: number }, skew = SKEW): Clock {
  if (anchor === null) return { lo: 0, hi: FAR }
  const { server, wall, monotonic, live } = anchor
  const passed = Math.max(0, now.monotonic - monotonic)
  const lo = Math.min(Math.floor(server + passed), FAR)
  const until = (latest: number): Clock => ({ lo, hi: Math.min(Math.ceil(latest + skew), FAR) })
  if (live && Math.abs(now.wall - wall - passed) <= skew) return until(lo)
  if (!(now.wall >= wall - skew) || Math.abs(wall - server) > KEPT) return { lo, hi: FAR }
  // What it was off by then it may be off by now.
  return until(Math.max(lo, now.wall, now.wall + (server - wall)))
}

/** Keeps the anchor of the view that is held. */
export class ViewClock {
  private anchor: Anchor | null = null

  constructor(
    private readonly device: DeviceClock,
    private readonly skew = SKEW,
  ) {}

  /** The view is of this pull; not `live` where it comes from the disk. */
  hold(pulled: { server: number; wall: number } | null, live: boolean): void {
    // Read again from the disk, it is still the pull this page made.
    const same = this.anchor?.server === pulled?.server && this.anchor?.wall === pulled?.wall
    if (!same || live) this.anchor = pulled && { ...pulled, monotonic: this.device.monotonic(), live }
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
