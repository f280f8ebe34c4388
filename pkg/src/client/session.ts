/**
 * The view in memory: an engine, its replica, and where the view stands. Synchronous; the disk and the network are
 * elsewhere. What is asked is answered by the engine.
 */

import type { Replica, SyncEngine } from '../sync/engine.js'
import type { ClosedRelation, Entry, Intent, Op, Replayed } from '../sync/protocol.js'
import type { Subject } from '../types.js'
import type { ViewClock } from './clock.js'
import type { ViewMeta, ViewState } from './disk/disk.js'

export class Session {
  meta: ViewMeta | null = null
  /** Communities whose restricted entries are on the disk only. */
  locked: string[] = []
  /** What came of the intents shown over the view, by number. */
  replayed: ReadonlyMap<number, Replayed> = new Map()
  private held: Replica
  /** Names the intents that are on; null after the view moved under them. */
  private over: string | null = null

  constructor(
    private using: SyncEngine,
    private readonly subject: Subject,
    private readonly clock: ViewClock,
  ) {
    this.held = using.replica(subject)
  }

  get engine(): SyncEngine {
    return this.using
  }

  get replica(): Replica {
    return this.held
  }

  /** A view from the disk, or none. */
  restore(view: ViewState | null): void {
    this.replace(null, [], [], false)
    if (view === null) return
    const { meta, lists, locked } = view
    try {
      this.held.reset([], meta.closed, locked)
      for (const list of lists) this.held.load(list)
    } catch (error) {
      // Half a view would pass for all of it.
      this.held.reset([], [])
      throw error
    }
    this.locked = locked
    this.stand(meta, false)
  }

  /** A replica beside the one that answers: a view is put together in it. */
  beside(engine: SyncEngine, closed: ClosedRelation[]): Replica {
    const replica = engine.replica(this.subject)
    replica.reset([], closed)
    return replica
  }

  /** A whole view that was put together beside the one there is. */
  take(engine: SyncEngine, replica: Replica, meta: ViewMeta): void {
    this.held.free()
    this.using = engine
    this.held = replica
    this.locked = []
    this.stand(meta, true)
  }

  reset(meta: ViewMeta, entries: Entry[]): void {
    this.replace(meta, entries, [], true)
  }

  /** A patch is on all of a view: nothing is locked any more when it is applied. */
  patch(meta: ViewMeta, ops: Op[]): void {
    this.locked = []
    this.over = null
    this.held.patch(ops, meta.closed)
    this.stand(meta, true)
  }

  /** The answers follow another policy from now on. What was seen under the old one stays until it is replaced. */
  adopt(engine: SyncEngine): void {
    if (engine.policy.hash === this.using.policy.hash) return
    const entries = this.held.entries()
    this.held.free()
    this.using = engine
    this.held = engine.replica(this.subject)
    if (this.meta !== null) this.replace(this.meta, entries, this.locked, false)
  }

  /** Takes all pending intents off and replays these. Costs nothing if they are the ones that are on. */
  rebase(intents: Intent[]): ReadonlyMap<number, Replayed> {
    const which = intents.map(({ n, idem }) => `${n} ${idem}`).join('\n')
    if (which === this.over) return this.replayed
    // Unless it comes to an end, what is on is not known.
    this.over = null
    this.replayed = new Map(this.held.rebase(intents).map((one) => [one.n, one]))
    this.over = which
    return this.replayed
  }

  private replace(meta: ViewMeta | null, entries: Entry[], locked: string[], live: boolean): void {
    this.locked = locked
    this.held.reset(entries, meta?.closed ?? [], locked)
    this.stand(meta, live)
  }

  private stand(meta: ViewMeta | null, live: boolean): void {
    this.over = null
    this.meta = meta
    this.held.leases(meta?.leases ?? [])
    this.clock.hold(meta?.pulled ?? null, live)
  }
}
