/** Rounds with the engine: it says what it needs to know, the store is asked, and it is asked again. */

import { type Counter, factsOf } from '../../store/counted.js'
import type { HostStore } from '../../store/host.js'
import type { FactsInput, Key } from '../../types.js'
import type { Asked, Settled } from '../context.js'

/** Look-ups for one question. The engine names all that may matter at once, so more of them would be a fault of it. */
const ROUNDS = 3

/** What answers rest on. */
export interface Ground {
  store: HostStore
  engine: Counter
  clock: () => number
}

/** Each round reads everything anew, so that an answer rests on one revision; all rest on one moment. */
export async function settle<T>(
  { store, engine, clock }: Ground,
  ask: (facts: FactsInput) => Asked<T>,
  start: Key[] = [],
): Promise<Settled<T>> {
  const time = momentOf(clock)
  const wanted = new Map(start.map((key) => [JSON.stringify(key), key]))
  for (let round = 0; ; round++) {
    const facts = { ...(await lookUp(store, engine, [...wanted.values()])), time }
    const { value, missing } = ask(facts)
    if (missing.length === 0) return { value, facts, revision: facts.revision ?? '' }
    for (const key of missing) wanted.set(JSON.stringify(key), key)
    if (round === ROUNDS) {
      const keys = missing.map((key) => JSON.stringify(key)).join(', ')
      throw new Error(`the engine still lacks facts after ${ROUNDS} look-ups: ${keys}`)
    }
  }
}

/** `facts.time`: whole milliseconds. */
export function momentOf(clock: () => number): number {
  return Math.trunc(clock())
}

async function lookUp(store: HostStore, engine: Counter, wanted: Key[]): Promise<FactsInput> {
  return wanted.length > 0 ? factsOf(store, engine, wanted) : { revision: await store.revision(), complete: [] }
}
