/** What is found while an export is read: faults, which end the import, and what was taken and what was left, which are told. */

import { type Fault, LictorError } from '../errors.js'

const MAX_FAULTS = 100

/**
 * Why something was left: it is `derived` (worked out here anew, or said in another file), there is `no_place` for it here, or it is
 * `unknown` (nobody here knows what it means). What is `kept` was taken as it is, though nothing here looks at it.
 */
export type Why = 'derived' | 'no_place' | 'unknown' | 'kept'

export interface Noted {
  /** A kind of thing, for example `records.links`. */
  what: string
  why: Why
  count: number
  /** Where the first of them stands. */
  example: string
}

export class Log {
  readonly #faults: Fault[] = []
  readonly #taken = new Map<string, number>()
  readonly #noted = new Map<string, Noted>()

  fault(path: string, message: string, code = 'malformed'): void {
    if (this.#faults.length < MAX_FAULTS) this.#faults.push({ code, path, message })
  }

  take(kind: string, count = 1): void {
    this.#taken.set(kind, (this.#taken.get(kind) ?? 0) + count)
  }

  note(what: string, why: Why, example: string): void {
    const found = this.#noted.get(what)
    if (found) found.count += 1
    else this.#noted.set(what, { what, why, count: 1, example })
  }

  /** Throws every fault there was. */
  mustBeSound(): void {
    if (this.#faults.length > 0) throw new LictorError([...this.#faults])
  }

  get taken(): { [kind: string]: number } {
    return Object.fromEntries(this.#taken)
  }

  get noted(): Noted[] {
    return [...this.#noted.values()]
  }
}
