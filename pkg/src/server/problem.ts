/**
 * Errors as problem details (RFC 9457, `application/problem+json`): what is wrong, where, and what to do. Everything that
 * is not found, or must seem so, is one constant answer.
 */

import { LictorError, type Fault } from '../errors.js'
import { StoreError } from '../store/store.js'
import type { Refusal } from '../types.js'

export interface ProblemBody {
  /** Names the kind of problem: `urn:lictor:problem:<code>`. */
  type: string
  title: string
  status: number
  code: string
  /** What to do about it. */
  detail: string
  /** The same as `detail`; the word older clients of community repositories read. */
  message: string
  /** Where the fault is, for example `body.role`. */
  path?: string
  /** Every fault found, if there are several. */
  faults?: Fault[]
  /** What is left of a record that is gone. */
  tombstone?: object
}

export interface ProblemOptions {
  path?: string
  faults?: Fault[]
  headers?: Record<string, string>
  tombstone?: object
  cause?: unknown
}

/** Thrown anywhere below the handler; the handler answers it. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly path?: string
  readonly faults?: Fault[]
  readonly headers: Record<string, string>
  readonly tombstone?: object

  constructor(status: number, code: string, message: string, options: ProblemOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.headers = options.headers ?? {}
    if (options.path !== undefined) this.path = options.path
    if (options.faults !== undefined) this.faults = options.faults
    if (options.tombstone !== undefined) this.tombstone = options.tombstone
  }

  /** The answer. */
  response(): Response {
    const body: ProblemBody = {
      type: `urn:lictor:problem:${this.code}`,
      title: titleOf(this.status),
      status: this.status,
      code: this.code,
      detail: this.message,
      message: this.message,
    }
    if (this.path !== undefined) body.path = this.path
    if (this.faults !== undefined && this.faults.length > 1) body.faults = this.faults
    if (this.tombstone !== undefined) body.tombstone = this.tombstone
    const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...this.headers }
    return new Response(JSON.stringify(body), { status: this.status, headers })
  }
}

/** Nothing is here, or nothing may be said about it: always these bytes. */
export function notFound(): Problem {
  return new Problem(404, 'not_found', 'there is nothing here for you; check the address, or sign in and try again')
}

/** It was there, and whoever asks may know that; `tombstone` is what they may see of it. */
export function gone(tombstone: object): Problem {
  const message = 'it was deleted; `tombstone` says when and why, as far as that is told'
  return new Problem(410, 'gone', message, { tombstone })
}

/** Not signed in. */
export function unauthenticated(message = 'sign in and try again'): Problem {
  return new Problem(401, 'unauthenticated', message, { headers: { 'www-authenticate': 'Bearer' } })
}

/** A query parameter, header or body that is not understood. */
export function malformed(path: string, message: string): Problem {
  return new Problem(400, 'malformed', `${path}: ${message}`, { path })
}

/** The engine refused a call. `where` turns the place in the call into the place in the request. */
export function refused(error: Refusal, where: (path: string) => string = inRequest): Problem {
  if (error.code === 'not_found') return notFound()
  const options: ProblemOptions = {}
  if (error.path !== undefined) options.path = where(error.path)
  if (error.status === 401) options.headers = { 'www-authenticate': 'Bearer' }
  return new Problem(error.status, error.code, error.message, options)
}

/** The engine speaks of its call; the client sent an address and a body. */
export function inRequest(path: string): string {
  return (
    path
      .replace(/^call\.community\b/, 'path.community')
      .replace(/^(call\.record|call\.params|call\.acl|record)\b/, 'body')
      .replace(/^(call|evaluation)\b/, 'body')
      // What the store refuses of a change is what the client sent, with what was there.
      .replace(/^changes\[\d+\]\.value\b/, 'body')
  )
}

/** The store cannot write now and may be able to in a moment. */
const BUSY: ReadonlySet<string> = new Set(['conflict', 'closed', 'blocked', 'unavailable'])

/** What a thrown value is answered with; `undefined` for what nobody foresaw. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  if (error instanceof LictorError) {
    const faults = error.faults.map((fault) => ({ ...fault, path: inRequest(fault.path) }))
    const message = faults.map((fault) => `${fault.path}: ${fault.message}`).join('; ')
    return new Problem(400, error.code, message, { path: inRequest(error.path), faults })
  }
  if (!(error instanceof StoreError)) return undefined
  if (error.code === 'invalid') {
    if (error.path === undefined) return new Problem(400, 'malformed', error.message)
    const path = inRequest(error.path)
    return new Problem(
      400,
      'malformed',
      error.message.replace(error.path, () => path),
      { path },
    )
  }
  if (BUSY.has(error.code)) return busy(error)
  return undefined
}

/** Others wrote at the same time, again and again; nothing was written. */
export function busy(cause?: unknown): Problem {
  const message = 'others are writing at the same time; nothing was written, try again'
  return new Problem(503, 'retry_later', message, { headers: { 'retry-after': '1' }, cause })
}

/** Nobody foresaw this; what it was is told to the host, not to the client. */
export function unexpected(): Problem {
  return new Problem(500, 'internal', 'the server failed; nothing was written. Try again, or tell whoever runs it')
}

const TITLES: { [status: number]: string } = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not permitted',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition failed',
  413: 'Too large',
  414: 'Address too long',
  415: 'Unsupported media type',
  422: 'Cannot be processed',
  428: 'Precondition required',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Try again later',
}

function titleOf(status: number): string {
  return TITLES[status] ?? 'Error'
}
