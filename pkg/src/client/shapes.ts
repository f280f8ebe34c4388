/**
 * Reading answers. A captive portal or a server gone wrong may answer anything; what is used without looking must have
 * its shape first. What entries and certificates mean is for the engine to read.
 */

import type { PullResponse, PushResponse, Verdict } from '../sync/protocol.js'
import { TransportError } from './transport.js'

type Unknown = { [name: string]: unknown }

export function readPull(answer: unknown): PullResponse {
  const body = objectOf(answer, 'answer')
  switch (body.t) {
    case 'auth':
      return { t: 'auth' }
    case 'client_too_old':
      return { t: 'client_too_old', min: numberOf(body.min, 'min') }
    case 'bundle_required':
      return { t: 'bundle_required', hash: textOf(body.hash, 'hash') }
    case 'patch':
      textOf(body.base, 'base')
      listOf(body.ops, 'ops')
      break
    case 'reset':
      listOf(body.entries, 'entries')
      break
    default:
      throw garbled('t', 'is no kind of answer this client knows')
  }
  textOf(body.next, 'next')
  numberOf(body.serverNow, 'serverNow')
  numberOf(body.lastN, 'lastN')
  listOf(body.closed, 'closed')
  listOf(body.leases, 'leases')
  for (const key of Object.values(objectOf(body.keys, 'keys'))) textOf(key, 'keys')
  listOf(body.verdicts, 'verdicts').forEach(checkVerdict)
  return answer as PullResponse
}

/** A whole view without its entries, which come in parts. */
export function readReset(answer: { [name: string]: unknown }): Extract<PullResponse, { t: 'reset' }> {
  const read = readPull({ ...answer, entries: [] })
  if (read.t !== 'reset') throw garbled('t', 'is no view that comes in parts')
  return read
}

export function readPush(answer: unknown): PushResponse {
  const body = objectOf(answer, 'answer')
  listOf(body.verdicts, 'verdicts').forEach(checkVerdict)
  numberOf(body.lastN, 'lastN')
  if (body.stop !== undefined) {
    const stop = objectOf(body.stop, 'stop')
    if (!STOPS.some((code) => code === stop.code)) throw garbled('stop.code', 'is no code this client knows')
  }
  return answer as PushResponse
}

const STOPS: NonNullable<PushResponse['stop']>['code'][] = ['gap', 'idem_mismatch', 'retry_later', 'auth']
const RESULTS: Verdict['r'][] = ['accepted', 'accepted_changed', 'rejected']

function checkVerdict(given: unknown, i: number): void {
  const verdict = objectOf(given, `verdicts[${i}]`)
  numberOf(verdict.n, `verdicts[${i}].n`)
  textOf(verdict.idem, `verdicts[${i}].idem`)
  if (!RESULTS.some((r) => r === verdict.r)) throw garbled(`verdicts[${i}].r`, 'is no verdict')
}

function objectOf(value: unknown, path: string): Unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Unknown
  throw garbled(path, 'is not an object')
}

function listOf(value: unknown, path: string): unknown[] {
  if (Array.isArray(value)) return value
  throw garbled(path, 'is not a list')
}

function textOf(value: unknown, path: string): string {
  if (typeof value === 'string') return value
  throw garbled(path, 'is not text')
}

function numberOf(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw garbled(path, 'is not a whole number')
}

function garbled(path: string, message: string): TransportError {
  return new TransportError('garbled', `the server's answer cannot be used: \`${path}\` ${message}`)
}
