/** What PostgreSQL's errors mean to whoever asked. */

import { StoreError } from '../../store.js'

/** It was rolled back for another transaction's sake, and may simply be run again. */
export function mayRunAgain(error: unknown): boolean {
  return ['40001', '40P01'].includes(stateOf(error))
}

/** The server does not know a function or feature: one of PostgreSQL's kin. */
export function isUnsupported(error: unknown): boolean {
  return ['0A000', '42883', '42704'].includes(stateOf(error instanceof StoreError ? error.cause : error))
}

export function failure(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error
  const state = stateOf(error)
  if (state === '53100')
    return new StoreError('quota', `the database's disk is full (${error.message})`, { cause: error })
  if (/^XX00[12]$/.test(state))
    return new StoreError('corrupt', `the database is damaged; restore it from a copy (${error.message})`, {
      cause: error,
    })
  const what = /^(08|57P|53)|^$/.test(state)
    ? 'the database could not be reached, or went away'
    : 'the database refused'
  return new StoreError('unavailable', `${what} (${error.message})`, { cause: error })
}

/** Five characters, where the server said so itself; empty where the connection failed. */
function stateOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[0-9A-Z]{5}$/.test(code) ? code : ''
}
