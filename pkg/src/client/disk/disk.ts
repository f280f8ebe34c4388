/**
 * What a device keeps, in two parts that fail apart. `Outbox` holds what the user wrote and the server's verdicts: tiny,
 * strict, never disposable. `ViewDisk` is a cache of the server's projection: chunks and a log, disposable.
 * No transaction spans both: pending are the intents with n > lastN of the view.
 */

import type { Bytes, Part } from '../../sync/parts.js'
import type { ClosedRelation, Entry, Intent, Lease, Op, Scope, Token, Verdict } from '../../sync/protocol.js'

/** An intent with what became of it. It stays until dismissed, whatever the verdict. */
export interface Kept {
  intent: Intent
  verdict?: Verdict
}

export interface OutboxState {
  device: string
  /** The number of the next intent. */
  next: number
  /** Raised by every leader; a write with a lower one is refused (`fenced`). */
  fence: number
  /** In the order of n. */
  kept: Kept[]
  /** The browser had cleared it since it was last open: what was not sent is gone, and the user must be told. */
  cleared: boolean
}

/** One intent. By number alone it may be another one: numbers change with the device, the idempotency key never does. */
export type Named = Pick<Intent, 'n' | 'idem'>

/** Makes an intent of its number. Numbers count within `device`: causes found under another one are other intents. */
export type Make = (n: number, device: string) => Intent

export interface Outbox {
  load(): Promise<OutboxState>
  /** Rejects with `cleared` or `closed` if it is not what was opened any more; reads next to nothing. */
  check(): Promise<void>
  /** Gives the intent its number and stores it. Resolves after a strict transaction completed: "saved on this device". */
  add(make: Make): Promise<Intent>
  /**
   * Stores again, under new numbers, what was kept here before a clearing. What another tab was quicker to store stays. What
   * was decided gets a number no device sends, 0 or below.
   */
  restore(held: readonly Kept[]): Promise<void>
  /** Stores verdicts beside their intents. Verdicts that are there already stay as they are. */
  settle(verdicts: Verdict[], fence: number): Promise<void>
  /**
   * Forgets a decided intent; with `make`, replaces it by an edited one in the same transaction. Refuses undecided ones
   * unless `unsent` says so. Null, and nothing done: the number is another intent's by now, or nobody's.
   */
  dismiss(which: Named, options?: { make?: Make; unsent?: boolean }): Promise<{ made?: Intent } | null>
  /** Takes what others wrote off decided intents; what the user wrote stays. */
  redact(which: readonly Named[], fence: number): Promise<void>
  /** A new device id: undecided intents get numbers from 1, in order, and keep their idempotency keys. */
  renumber(device: string, fence: number): Promise<OutboxState>
  /** Raises the fence and returns it: whoever leads calls this first. */
  claim(): Promise<number>
  /** What `changeVault` stored, or undefined. */
  vault(): Promise<unknown>
  /**
   * Replaces the keys kept under the user's secret, in one strict transaction; undefined deletes them. With a fence only
   * for whoever leads. A full disk gives up nothing for them: without the view they would open nothing.
   */
  changeVault(change: (now: unknown) => unknown, fence?: number): Promise<void>
  close(): Promise<void>
  /** Deletes all of it. */
  wipe(): Promise<void>
}

/** What is known about a view as a whole. */
export interface ViewMeta {
  token: Token
  lastN: number
  closed: ClosedRelation[]
  leases: Lease[]
  subs: Scope[]
  /** Content hash of the policy it was made under. */
  bundle: string
  /** Server's and device's clocks when it was pulled. */
  pulled: { server: number; wall: number }
}

export interface ViewState {
  meta: ViewMeta
  /** JSON lists of entries in UTF-8, as they are stored: the engine reads them. Of two with one key the later one stands. */
  lists: Bytes[]
  /** Communities whose entries are there and locked, because their key is not. */
  locked: string[]
}

export interface ViewDisk {
  /** The view, or null for none (never pulled, dropped, or of another format). Damaged chunks make it null too. */
  load(keys: Keys): Promise<ViewState | null>
  /** Replaces the whole view. Entries of a seal are written encrypted under its key. */
  reset(meta: ViewMeta, entries: Entry[], keys: Keys, fence: number): Promise<void>
  /**
   * A whole view that comes in parts: they are stored as they come, and nothing is seen of them until `finish` puts them
   * in the place of what there is. What is never finished goes with the next write.
   */
  begin(keys: Keys, fence: number): Promise<void>
  add(part: Part): Promise<void>
  finish(meta: ViewMeta): Promise<void>
  /** Applies a patch: into the log; compacted into chunks now and then. Entries that leave are gone from chunks and log too. */
  patch(meta: ViewMeta, ops: Op[], keys: Keys, fence: number): Promise<void>
  /** Rewrites without the entries of these seals, sealed or not. */
  purge(seals: string[], fence: number): Promise<void>
  /** Policy documents by content hash. */
  bundle(hash: string): Promise<unknown | undefined>
  putBundle(hash: string, document: unknown): Promise<void>
  close(): Promise<void>
  wipe(): Promise<void>
}

/** Keys of seals, base64, by community. In memory only. */
export type Keys = { readonly [community: string]: string }

export interface Disk {
  outbox: Outbox
  view: ViewDisk
}

export type DiskErrorCode =
  'quota' | 'cleared' | 'closed' | 'fenced' | 'undecided' | 'unavailable' | 'corrupt' | 'version'

export class DiskError extends Error {
  readonly code: DiskErrorCode
  constructor(code: DiskErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'DiskError'
    this.code = code
  }
}
