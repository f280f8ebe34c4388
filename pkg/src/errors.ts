/** One fault of an input: what kind, where, and what to do about it. */
export interface Fault {
  code: string
  path: string
  message: string
}

/** An input was refused. Nothing changed, and the engine answers the next call. */
export class LictorError extends Error {
  /** What kind of fault (`ErrorCode` of the word lists). */
  readonly code: string
  /** Where, for example `facts.memberships[3].role`. */
  readonly path: string
  /** Every fault that was found, the first included. */
  readonly faults: Fault[]

  constructor(faults: Fault[], options?: { cause?: unknown }) {
    super(faults.map((fault) => `${fault.path}: ${fault.message}`).join('; '), options)
    this.name = 'LictorError'
    this.code = faults[0]?.code ?? 'malformed'
    this.path = faults[0]?.path ?? ''
    this.faults = faults
  }

  /** Each entry of the package holds a copy of this class; an error of any of them is one. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'LictorError'
  }
}

/** A handle was freed, or belongs to another engine, index or session. */
export function staleHandle(path: string, message: string): LictorError {
  return new LictorError([{ code: 'stale_handle', path, message }])
}

/** A misspelt option would otherwise be one that was left out. */
export function onlyOptions(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  const message = `unknown option; known: ${known.join(', ')}`
  throw new LictorError(unknown.map((name) => ({ code: 'unknown_field', path: `options.${name}`, message })))
}

/** Calls into wasm; what it throws becomes a `LictorError`. */
export function guarded<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw translate(error)
  }
}

function translate(error: unknown): unknown {
  // What wasm throws is an `Error` by that name and not of this class.
  if (!(error instanceof LictorError) || error.constructor === LictorError) return error
  const faults = 'faults' in error && Array.isArray(error.faults) ? (error.faults as Fault[]) : []
  return new LictorError(faults)
}
