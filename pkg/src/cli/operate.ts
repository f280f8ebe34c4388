/** Questions and operations with facts from a store. What comes of them is the engine's word alone. */

import { factsOf } from '../store/counted.js'
import type { HostStore, Write } from '../store/host.js'
import type { SyncEngine } from '../sync/engine.js'
import type { Call, FactsInput, Key, StepResult } from '../types.js'
import { EXIT, Failure, isNamed } from './failure.js'

export type Done = Extract<StepResult, { t: 'done' }>

/** How often a write is tried: once, and three times more when somebody else was faster. */
const TRIES = 4

/** An answer, and what it still lacks. */
interface Asked<T> {
  value: T
  missing: Key[]
}

export interface Settled<T> {
  value: T
  facts: FactsInput
}

/** What is asked, and what of. */
type Reading = Pick<HostStore, 'facts' | 'list'>

/** Asks until nothing new is missing. Every round reads all its facts at one revision. */
export async function settle<T>(
  engine: SyncEngine,
  store: Reading,
  ask: (facts: FactsInput) => Asked<T>,
  start: Key[] = [],
): Promise<Settled<T>> {
  const wanted = new Map<string, Key>()
  const add = (key: Key): unknown => wanted.set(JSON.stringify(withoutField(key)), withoutField(key))
  start.forEach(add)
  for (;;) {
    const facts = { ...(await factsOf(store, engine, [...wanted.values()])), time: Date.now() }
    const { value, missing } = ask(facts)
    const before = wanted.size
    missing.forEach(add)
    if (wanted.size === before) return { value, facts }
  }
}

/** `step`, at facts that suffice. A refusal is thrown. */
export async function resolve(engine: SyncEngine, store: Reading, call: Call): Promise<Settled<Done>> {
  const { value, facts } = await settle(engine, store, (facts) => {
    const value = engine.step(call, facts)
    return { value, missing: value.t === 'need' ? value.wanted : [] }
  })
  return { value: doneOrRefused(value), facts }
}

/** `step`, and its changes written at the revision it was decided at; decided anew when that has passed. */
export async function carryOut(
  engine: SyncEngine,
  store: HostStore,
  call: Call,
  extra: Pick<Write, 'cells'> = {},
): Promise<Settled<Done>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await store.exclusive(async () => {
        const settled = await resolve(engine, store, call)
        const { changes, revision } = settled.value
        if (changes.length > 0)
          await store.write({ changes, ...(revision !== undefined && { expected: revision }), ...extra })
        return settled
      })
    } catch (error) {
      if (attempt === TRIES || !isNamed(error, 'StoreError') || error.code !== 'conflict') throw error
    }
  }
}

/** What a step came to once no more facts can be had. */
function doneOrRefused(result: StepResult): Done {
  if (result.t === 'need') {
    throw new Failure(EXIT.store, 'corrupt', `the store does not say what is needed: ${JSON.stringify(result.wanted)}`)
  }
  const { error } = result
  if (error) throw new Failure(EXIT.refused, error.code, error.message, { path: error.path })
  return result
}

/** A store gives whole entities. What is counted about a community is no part of it. */
function withoutField(key: Key): Key {
  if (!('field' in key) || key.relation === 'community') return key
  const { field: _, ...rest } = key
  return rest
}
