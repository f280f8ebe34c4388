/** Rounds with the engine: it says what it needs to know, the store is asked, and it is asked again. */

import { factsOf } from '../../store/counted.js'
import type { HostStore } from '../../store/host.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { FactsInput, Key } from '../../types.js'
import type { Asked, Settled } from '../context.js'
import { isLists, type KeptLists } from './lists.js'

/** Look-ups for one question. The engine names all that may matter at once, so more of them would be a fault of it. */
const ROUNDS = 3

/** What answers rest on. */
export interface Ground {
  store: HostStore
  engine: SyncEngine
  clock: () => number
  lists: KeptLists
}

/** Each round reads everything anew, so that an answer rests on one revision; all rest on one moment. */
export async function settle<T>(
  ground: Ground,
  ask: (facts: FactsInput) => Asked<T>,
  start: Key[] = [],
): Promise<Settled<T>> {
  const time = momentOf(ground.clock)
  const wanted = new Map(start.map((key) => [JSON.stringify(key), key]))
  for (let round = 0; ; round++) {
    const facts = { ...(await lookUp(ground, [...wanted.values()])), time }
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

/** The facts, as the store holds them; access lists are read by the engine once, until they change. */
export async function lookUp({ store, engine, lists }: Ground, wanted: Key[]): Promise<FactsInput> {
  const others = wanted.filter((key) => !isLists(key))
  const before = lists.kept
  if (others.length === wanted.length || before !== undefined) {
    const facts =
      others.length > 0 ? await factsOf(store, engine, others) : { revision: await store.revision(), complete: [] }
    if (others.length === wanted.length) return facts
    const found = before && (await lists.given(before, facts))
    if (found) return found
  }
  return lists.keep(await factsOf(store, engine, wanted))
}
