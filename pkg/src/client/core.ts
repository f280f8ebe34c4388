/**
 * Memory and disk kept together: the outbox, the view, and the order in which each is written. An intent is on the disk
 * before anybody hears that it is saved; a verdict is on the disk before the server is told to forget it; the view is a
 * cache, so memory may be ahead of it.
 */

import type { SyncEngine } from '../sync/engine.js'
import type { Intent, Op, Verdict } from '../sync/protocol.js'
import type { EntityKey } from '../types.js'
import type { Disk, Keys, Make, OutboxState, ViewMeta } from './disk/disk.js'
import { ClientError, Fenced, isDisk, isGone, mustBeOpen, PROBLEMS, Renumbered, Stored, textOf } from './errors.js'
import { keepPolicy } from './kept-policy.js'
import { Protection } from './protection.js'
import { forgettable, indiscreet, items, news, numbersNow, overlay, Rows, undecided, type OutboxItem } from './queue.js'
import { Sends, type Sending } from './sends.js'
import { Serial } from './serial.js'
import type { Session } from './session.js'
import type { StatusBoard } from './status.js'
import type { Message } from './tabs.js'

export interface CoreOptions {
  session: Session
  status: StatusBoard
  disk: Disk
  /** Opens the disk anew, after the browser closed or cleared it. */
  reopen: () => Promise<Disk>
  /** Waits a moment. */
  pause: () => Promise<void>
  /** The engine of a policy by content hash, from memory or disk; null if it is not there. */
  engineOf: (hash: string, disk: Disk) => Promise<SyncEngine | null>
  tell: (message: Message) => void
  protection: { iterations: number; newId: () => string }
}

export class Core {
  readonly session: Session
  readonly status: StatusBoard
  /** Every change of memory or disk goes through here, one at a time. */
  readonly serial = new Serial()
  readonly protection: Protection
  outbox: OutboxState = { device: '', next: 1, fence: 0, kept: [], cleared: false }
  keys: Keys = {}
  fence = 0
  disk: Disk
  private readonly sends = new Sends()
  /** The view on the disk is not the one in memory: the next write must be a whole one. */
  private behind = false
  private readonly rows = new Rows()

  constructor(private readonly options: CoreOptions) {
    this.session = options.session
    this.status = options.status
    this.disk = options.disk
    this.protection = new Protection(this, options.protection)
  }

  /** Reads everything from the disk. */
  async open(): Promise<void> {
    this.outbox = await this.disk.outbox.load()
    await this.protection.load()
    await this.restore()
    if (this.outbox.cleared) this.trouble('cleared')
    this.shown('view')
  }

  /** Rows for an interface; the same list until something changes. */
  list(): readonly OutboxItem[] {
    return this.rows.list(() => items(this.outbox.kept, this.session.replayed, this.sends))
  }

  /** The intents shown over the view. */
  overlay(): Intent[] {
    return overlay(this.outbox.kept, this.session.meta?.lastN ?? 0)
  }

  tell(message: Message): void {
    this.options.tell(message)
  }

  /** The user may have signed out, here or in another tab. */
  mustBeOpen(): void {
    mustBeOpen(this.status.get().sync)
  }

  // ---- the outbox ----------------------------------------------------------------------------------------------------

  /** Stores an intent. When this resolves it survives a power cut. */
  async add(make: Make): Promise<Intent> {
    const intent = await this.numbered(make, (numbered) => this.disk.outbox.add(numbered)).catch((error: unknown) => {
      if (error instanceof Stored) return error.intent
      throw error
    })
    await this.reloadOutbox()
    if (this.status.get().storage === 'quota') await this.roomy()
    this.tell({ t: 'outbox' })
    return intent
  }

  /** Stores the verdicts that are new. Only then are they shown, or acknowledged. */
  async settle(verdicts: readonly Verdict[]): Promise<void> {
    const fresh = news(this.outbox.kept, verdicts)
    if (fresh.length === 0) return
    await this.fenced(() => this.strict(() => this.disk.outbox.settle(fresh, this.fence)))
    await this.reloadOutbox()
    this.tell({ t: 'outbox' })
  }

  /** A new device, after the server lost count of the old one. */
  async renumber(device: string): Promise<void> {
    this.outbox = await this.fenced(() => this.strict(() => this.disk.outbox.renumber(device, this.fence)))
    this.shown('outbox')
    this.tell({ t: 'outbox' })
  }

  async reloadOutbox(): Promise<void> {
    this.outbox = await this.strict(() => this.disk.outbox.load())
    this.sends.decided(this.outbox.kept)
    this.shown('outbox')
  }

  /** A push began or ended, here or in the tab that leads. */
  sending(step: Sending): void {
    this.sends.moved(step)
    this.refreshOutbox()
  }

  /**
   * Forgets what was accepted long ago; an interface shows what is new. And of what the user sees no more, nothing that
   * others wrote stays behind in the outbox.
   */
  async tidy(): Promise<void> {
    const { meta, locked, replica } = this.session
    const lastN = meta?.lastN ?? 0
    const old = forgettable(this.outbox.kept, lastN)
    for (const one of old) await this.strict(() => this.disk.outbox.dismiss(one))
    // What lies locked is not in memory, and not lost.
    const isSeen = (target: EntityKey): boolean => locked.length > 0 || replica.confirmed(target) !== undefined
    const quoting = meta === null ? [] : indiscreet(this.outbox.kept, lastN, isSeen)
    if (quoting.length > 0) await this.fenced(() => this.strict(() => this.disk.outbox.redact(quoting, this.fence)))
    if (old.length + quoting.length === 0) return
    await this.reloadOutbox()
    this.tell({ t: 'outbox' })
  }

  /** Whether the disk is still there: nothing else tells a tab that does not write. */
  async look(): Promise<void> {
    try {
      await this.strict(() => this.disk.outbox.check())
    } catch (error) {
      if (!CLOSED.has(this.status.get().sync)) this.status.set({ problem: textOf(error) })
    }
  }

  // ---- the view ------------------------------------------------------------------------------------------------------

  /** A whole new view: memory first (`show`), since the engine reads it with care; then the disk, where it may wait. */
  async reset(meta: ViewMeta, keys: Keys, show: () => void, waits = false): Promise<void> {
    show()
    this.keys = keys
    await this.fenced(() => this.protection.keep(keys))
    await this.keep(async () => {
      if (!waits) return this.whole()
      await keepPolicy(this.disk.view, this.session.engine)
      await this.disk.view.finish(meta)
      await keepPolicy(this.disk.view, this.session.engine)
    })
    this.shown('view')
    this.tell({ t: 'view', base: null, meta, keys })
  }

  async patch(meta: ViewMeta, ops: Op[], keys: Keys): Promise<void> {
    const base = this.session.meta?.token ?? null
    // Every pull names the seals of the view, so what was named before, or lies locked, and is no longer, has left.
    const before = [...Object.keys(this.keys), ...this.session.locked]
    this.session.patch(meta, ops)
    this.keys = keys
    await this.fenced(() => this.protection.keep(keys))
    await this.keep(async () => {
      if (this.behind) return this.whole()
      await keepPolicy(this.disk.view, this.session.engine)
      await this.disk.view.patch(meta, ops, keys, this.fence)
    })
    const gone = before.filter((seal) => !(seal in keys))
    if (gone.length > 0) await this.keep(() => this.disk.view.purge(gone, this.fence))
    this.shown('view')
    this.tell({ t: 'view', base, meta, ops, keys })
  }

  /** Applies a patch that another tab wrote, or reads the disk where it does not fit. */
  async follow(message: Extract<Message, { t: 'view' }>): Promise<void> {
    this.keys = message.keys
    const { meta } = this.session
    if (meta?.token === message.meta.token) return
    const fits = message.ops !== undefined && meta !== null && meta.token === message.base
    const same = meta?.bundle === message.meta.bundle && this.session.locked.length === 0
    if (fits && same) this.session.patch(message.meta, message.ops ?? [])
    else await this.restore()
    this.shown('view')
  }

  /** Keys came, by a pull or from another tab: what was locked is read. */
  async unlock(keys: Keys): Promise<void> {
    this.keys = { ...this.keys, ...keys }
    if (this.session.locked.some((community) => community in keys)) {
      await this.restore()
      this.shown('view')
    }
  }

  /** There is room again: the view that was given up for the outbox is kept as well, by whoever writes it. */
  private async roomy(): Promise<void> {
    if (!this.status.get().leads || this.session.locked.length > 0) return
    // What was asked for is stored, whatever becomes of the view: the status says that, and the next write tries again.
    await this.keep(() => this.whole()).catch(() => {})
  }

  /** Reads the view from the disk. A damaged or foreign one counts as none: the next pull brings it anew. */
  async restore(): Promise<void> {
    const view = await this.strict(() => this.disk.view.load(this.keys)).catch((error) => this.unreadable(error))
    const engine = view && (await this.options.engineOf(view.meta.bundle, this.disk))
    if (engine) this.session.adopt(engine)
    // Without the policy it was made under, a view says nothing.
    try {
      this.session.restore(engine ? view : null)
    } catch (error) {
      this.unreadable(error)
    }
    this.behind = false
  }

  // ---- shared --------------------------------------------------------------------------------------------------------

  /** Puts pending intents on again, and tells what changed. */
  shown(what: 'outbox' | 'view'): void {
    this.session.rebase(this.overlay())
    this.refreshOutbox()
    if (what === 'view') this.status.set({ token: this.session.meta?.token ?? null, locked: this.session.locked })
    this.status.moved()
  }

  /** Takes the lead: from now on writes of a tab that led before are refused. */
  async claim(): Promise<void> {
    this.fence = await this.strict(() => this.disk.outbox.claim())
    await this.reloadOutbox()
  }

  /** Drops everything this page holds. */
  forget(): void {
    this.keys = {}
    this.protection.forget()
    this.session.restore(null)
    this.outbox = { ...this.outbox, kept: [] }
    this.sends.clear()
    this.shown('view')
  }

  trouble(storage: 'memory' | 'cleared' | 'quota', problem?: string): void {
    this.status.set({ storage, problem: problem ?? PROBLEMS[storage] })
  }

  /**
   * Stores an intent whose causes carry the numbers of the moment it is stored: a new device of this user's, or work
   * that was stored again after a clearing, got others, and this tab may not have heard of it.
   */
  async numbered<T>(make: Make, store: (make: Make) => Promise<T>): Promise<T> {
    const { kept } = this.outbox
    const now: Make = (n, device) => {
      if (device !== this.outbox.device) throw new Renumbered()
      const intent = make(n, device)
      const there = this.outbox.kept.find(({ intent: { idem } }) => idem === intent.idem)
      if (there !== undefined) throw new Stored(there.intent)
      return { ...intent, causes: numbersNow(intent.causes, kept, this.outbox.kept) }
    }
    for (;;) {
      try {
        return await this.strict(() => store(now))
      } catch (error) {
        if (!(error instanceof Renumbered)) throw error
      }
      await this.reloadOutbox()
    }
  }

  private refreshOutbox(): void {
    this.rows.moved()
    const kept = this.outbox.kept
    this.status.set({
      undecided: undecided(kept).length,
      refused: kept.filter(({ verdict }) => verdict?.r === 'rejected').length,
    })
    this.status.tell('outbox')
  }

  private unreadable(error: unknown): null {
    if (error instanceof ClientError) throw error
    this.status.set({ problem: `the stored view cannot be read: ${textOf(error)}` })
    return null
  }

  /** Writes to the view's disk. It is a cache: what cannot be written now is written whole, now or with the next pull. */
  private async keep(write: () => Promise<void>): Promise<void> {
    try {
      await this.fenced(write)
      this.behind = false
      if (this.status.get().storage === 'quota') this.status.set({ storage: 'persisted', problem: undefined })
    } catch (error) {
      if (error instanceof Fenced) throw error
      const again = this.behind
      this.behind = true
      if (isDisk(error, 'quota')) return this.trouble('quota')
      if (!again) return this.keep(() => this.whole())
      if (isGone(error)) return this.rescue()
      this.status.set({ problem: `the view could not be stored: ${textOf(error)}` })
    }
  }

  /** All of the view in memory. */
  private async whole(): Promise<void> {
    const { meta, replica } = this.session
    if (meta === null) return
    await keepPolicy(this.disk.view, this.session.engine)
    await this.disk.view.reset(meta, replica.entries(), this.keys, this.fence)
    // Where it did not fit beside the view before, it may now.
    await keepPolicy(this.disk.view, this.session.engine)
  }

  private async fenced<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write()
    } catch (error) {
      if (isDisk(error, 'fenced')) throw new Fenced('another tab leads')
      throw error
    }
  }

  /** Runs work on the outbox; a disk that was cleared or closed meanwhile is opened anew, once. */
  async strict<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work().catch(async (error: unknown) => {
        if (!isGone(error)) throw error
        await this.rescue()
        return work()
      })
    } catch (cause) {
      if (isGone(cause)) throw new ClientError('storage', `${PROBLEMS.cleared}; try again`, { cause })
      if (!isDisk(cause, 'quota')) throw cause
      this.trouble('quota')
      // It gave up the view before it gave up.
      this.behind = true
      throw new ClientError('storage', 'this device has no room left; nothing was saved', { cause })
    }
  }

  /** The disk went away under an open page. What memory holds and no server has, undecided or refused, is written again. */
  private async rescue(): Promise<void> {
    // Another tab may have signed the user out, and then nothing must be written again.
    await this.options.pause()
    if (CLOSED.has(this.status.get().sync)) throw new ClientError('closed', 'the client was closed')
    const disk = await this.options.reopen()
    const { device } = await disk.outbox.load()
    const cleared = device !== this.outbox.device
    const lost = (r: Verdict['r'] | undefined): boolean => r === undefined || (cleared && r === 'rejected')
    await disk.outbox.restore(this.outbox.kept.filter(({ verdict }) => lost(verdict?.r)))
    // Not before: where this fails, memory is all there is, and the next look tries again.
    this.disk = disk
    await this.protection.restore()
    this.behind = true
    // Fences begin anew on a new disk: the one this tab had may be another's there.
    this.fence = NOBODY
    if (cleared) this.trouble('cleared')
    if (this.status.get().leads) {
      this.fence = await this.disk.outbox.claim()
      // Without what is locked it would not be the view its token says.
      if (this.session.locked.length === 0)
        await this.whole()
          .then(() => (this.behind = false))
          .catch(() => {})
    }
    this.outbox = await this.disk.outbox.load()
    this.shown('outbox')
    this.tell({ t: 'outbox' })
  }
}

/** The fence of a tab that must not write: no disk takes it. */
const NOBODY = -1

const CLOSED = new Set<string>(['closed', 'logged-out'])
