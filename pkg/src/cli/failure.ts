/** What ends a command early, and the exit code that says why. */

import type { Fault } from '../errors.js'

/** Also documented in `lictor --help`; programs rely on them. */
export const EXIT = {
  ok: 0,
  /** The policy refuses, or what was named does not exist or is not valid. */
  refused: 1,
  /** The command line is not understood. */
  usage: 2,
  /** The store cannot be opened, or is damaged. */
  store: 3,
  /** Others kept writing in between; trying again may help. */
  conflict: 4,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** A failure that its message explains. No stack is shown. */
export class Failure extends Error {
  readonly exit: ExitCode
  readonly code: string
  readonly path?: string
  /** Every fault of a file, with the line or path it stands at. */
  readonly faults?: Fault[]
  /** What is odd about it besides. */
  readonly warnings?: Fault[]

  constructor(
    exit: ExitCode,
    code: string,
    message: string,
    options: { path?: string; faults?: Fault[]; warnings?: Fault[]; cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'Failure'
    this.exit = exit
    this.code = code
    if (options.path !== undefined) this.path = options.path
    if (options.faults !== undefined) this.faults = options.faults
    if (options.warnings !== undefined) this.warnings = options.warnings
  }
}

/** Ends a command with an exit code when all has been said. */
export class Ended extends Error {
  readonly exit: ExitCode

  constructor(exit: ExitCode) {
    super(`ended with ${exit}`)
    this.exit = exit
  }
}

export function usage(message: string): Failure {
  return new Failure(EXIT.usage, 'usage', message)
}

/** The same failure with a message that says more, where `say` has something to say. */
export async function told<T>(done: Promise<T>, say: (failure: Failure) => string | undefined): Promise<T> {
  try {
    return await done
  } catch (error) {
    const message = error instanceof Failure ? say(error) : undefined
    if (!(error instanceof Failure) || message === undefined) throw error
    throw new Failure(error.exit, error.code, message, { path: error.path, cause: error })
  }
}

interface Coded extends Error {
  code: string
  path?: string
}

/**
 * By name and not by class: engine, stores and this program are bundles of their own, each with its copy of the class.
 */
export function isNamed(error: unknown, name: 'LictorError' | 'StoreError'): error is Coded {
  return error instanceof Error && error.name === name && 'code' in error && typeof error.code === 'string'
}

/** The same for what was asked about facts of a file: nothing in the store helps there. */
export async function ofFile<T>(done: Promise<T>): Promise<T> {
  try {
    return await done
  } catch (error) {
    throw isNamed(error, 'LictorError') ? refusalOf(error, false) : error
  }
}

/** Any error as a failure. What nobody foresaw keeps its text, for a report. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (isNamed(error, 'LictorError')) return refusalOf(error, true)
  if (isNamed(error, 'StoreError')) return storeFailure(error)
  const message = error instanceof Error ? error.message : String(error)
  return new Failure(EXIT.refused, 'unexpected', `unexpected: ${message}`, { cause: error })
}

/** The engine's paths start at the call; on a command line only what follows means something. */
function refusalOf(error: Coded, stored: boolean): Failure {
  const faults =
    'faults' in error && Array.isArray(error.faults) ? (error.faults as { path: string; message: string }[]) : []
  const texts = faults.map(({ path, message }) => `${path.replace(/^(call|evaluation)\./, '')}: ${message}`)
  const isList = stored && /^facts\.acls\b/.test(error.path ?? '')
  const advice = isList ? ['`lictor acl delete` takes away an access list that cannot be read, and shows it'] : []
  const message = [...texts, ...advice].join('; ') || error.message
  return new Failure(EXIT.refused, error.code, message, { path: error.path, cause: error })
}

function storeFailure(error: Coded): Failure {
  const options = { path: error.path, cause: error }
  if (error.code === 'conflict') {
    return new Failure(
      EXIT.conflict,
      'conflict',
      'others kept writing in between and nothing was done; try again',
      options,
    )
  }
  if (error.code !== 'invalid') return new Failure(EXIT.store, error.code, error.message, options)
  // What was looked up or written came from the command line, where nobody knows of `wanted[0]`.
  return new Failure(EXIT.refused, error.code, error.message.replace(/^(wanted|changes)\[\d+\]\.(key\.)?/, ''), options)
}
