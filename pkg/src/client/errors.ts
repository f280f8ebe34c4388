/** Why the client did not do what it was asked. Each message says what to do about it. */

import type { LictorError } from '../errors.js'
import type { Intent, Prediction } from '../sync/protocol.js'
import type { DiskErrorCode } from './disk/disk.js'

export type ClientErrorCode =
  /** The policy wants the server asked first, and the answer is not known here. */
  | 'ask'
  /** The engine cannot make sense of the command. */
  | 'invalid'
  /** There are changes the server has not decided. */
  | 'undecided'
  /** No such intent, or not one this can be done to. */
  | 'no_intent'
  /** The client was closed, or the user signed out. */
  | 'closed'
  /** The device could not store it. */
  | 'storage'
  /** The passphrase or passkey does not open this device, or is none to protect it with. */
  | 'secret'
  /** This device keeps no keys, so there is nothing to unlock it with. */
  | 'unprotected'
  /** Parts of the view are locked, so their keys are not at hand. */
  | 'locked'

export class ClientError extends Error {
  readonly code: ClientErrorCode
  /** For `invalid`: where the fault is. */
  readonly path?: string
  /** For `ask`: what is known, and how the rest could be found out. */
  readonly prediction?: Prediction

  constructor(
    code: ClientErrorCode,
    message: string,
    options: { cause?: unknown; path?: string; prediction?: Prediction } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'ClientError'
    this.code = code
    if (options.path !== undefined) this.path = options.path
    if (options.prediction !== undefined) this.prediction = options.prediction
  }
}

/** Another tab raised the fence: this one no longer writes for all. */
export class Fenced extends Error {}

/** Intents have other numbers than this tab knows. */
export class Renumbered extends Error {}

/** What was to be stored is there: the browser ended the first try after it was done. */
export class Stored extends Error {
  constructor(readonly intent: Intent) {
    super()
  }
}

/** The engine could not read what it was given. By name, since the engine comes from another module than this one. */
export function isEngineError(error: unknown): error is LictorError {
  return error instanceof Error && error.name === 'LictorError'
}

/** The disk went away under an open page. */
export function isGone(error: unknown): boolean {
  return isDisk(error, 'cleared') || isDisk(error, 'closed')
}

export function isDisk(error: unknown, code: DiskErrorCode): boolean {
  // By name, since a disk may come from another module than this one.
  return error instanceof Error && error.name === 'DiskError' && 'code' in error && error.code === code
}

/** Throws where nothing can be done any more. */
export function mustBeOpen(sync: string): void {
  if (sync === 'logged-out') throw new ClientError('closed', 'the user signed out; open a client for who signs in')
  if (sync === 'closed') throw new ClientError('closed', 'the client was closed; open another one')
}

/** What is wrong with the storage, for people. */
export const PROBLEMS = {
  memory: 'this browser stores nothing here; what is not sent is lost when the page closes',
  cleared: 'the browser cleared the storage of this page; what had not been sent before is gone',
  quota: 'this device has no room left; what is new is lost when the page closes',
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What a listener or a background task threw is reported, and goes no further. */
export function report(error: unknown): void {
  if (typeof reportError === 'function') reportError(error)
  else console.error(error)
}
