// What every engine answers: what is allowed. `lictor/check` is this alone, over a `.wasm` that does no more; the engine of
// `lictor` is more.
import type * as glue from '../wasm-check/check.js'
import { guarded, staleHandle } from './errors.js'
import type { Evaluation, Explained, FactsInput, PolicyInfo, Resource, Subject, Verdict, Vocabulary } from './types.js'

/** What `WasmEngine.look` is asked for. */
const [CHECK, EXPLAIN, ACTIONS, TRANSITIONS] = [0, 1, 2, 3]

/** Facts, read and checked once. Make it with `engine.facts`; everything that takes facts takes it. */
export class Facts {
  readonly #policy: string
  #wasm: glue.WasmFacts | undefined

  /** @internal */
  constructor(wasm: glue.WasmFacts, policy: string) {
    this.#wasm = wasm
    this.#policy = policy
  }

  /** @internal The facts, for the policy against whose words they were checked. */
  wasm(policy: string): glue.WasmFacts {
    if (this.#wasm === undefined) throw staleHandle('facts', 'these facts were freed')
    if (this.#policy !== policy) throw staleHandle('facts', 'these facts were read under another policy')
    return this.#wasm
  }

  /** Gives the memory back at once instead of when the garbage collector finds out. */
  free(): void {
    this.#wasm?.free()
    this.#wasm = undefined
  }
}

/** What a policy allows. Make it with `createEngine`. `D`: what it says of a decision. */
export class Checker<V extends Vocabulary = Vocabulary, D extends Verdict = Verdict> {
  /** The policy's words and its content hash. */
  readonly policy: PolicyInfo
  #wasm: glue.WasmEngine | undefined

  /** @internal */
  constructor(wasm: glue.WasmEngine) {
    this.#wasm = wasm
    this.policy = guarded(() => wasm.info()) as PolicyInfo
  }

  /** @internal The engine; an error once it was freed. */
  protected get live(): glue.WasmEngine {
    if (this.#wasm === undefined) throw staleHandle('engine', 'this engine was freed')
    return this.#wasm
  }

  /** Reads facts once, to be used many times. */
  facts(data: FactsInput<V>): Facts {
    return new Facts(
      guarded(() => this.read(plain(data))),
      this.policy.hash,
    )
  }

  /** One decision. */
  check(evaluation: Evaluation<V>, facts: FactsInput<V> | Facts): D {
    return this.asked(facts, (engine, read) => engine.look(CHECK, evaluation, read) as D)
  }

  /**
   * Every action at once: those of the machine of the resource's type. For a resource that does not exist yet, `create`
   * only; for a community, what can be done to it (if the policy has a machine for that) and `create` in it.
   */
  actions(
    evaluation: { subject: Subject; resource: Resource },
    facts: FactsInput<V> | Facts,
  ): { [action in V['action']]?: D } {
    return this.asked(
      facts,
      (engine, read) => engine.look(ACTIONS, evaluation, read) as { [action in V['action']]?: D },
    )
  }

  /** One decision with the whole rule behind it. */
  explain(evaluation: Evaluation<V>, facts: FactsInput<V> | Facts): D & Explained {
    return this.asked(facts, (engine, read) => engine.look(EXPLAIN, evaluation, read) as D & Explained)
  }

  /** Transitions: those of the state, those the subject may run now, those it might in another state. */
  transitions(
    evaluation: { subject: Subject; resource: Resource },
    facts: FactsInput<V> | Facts,
  ): { in_state: V['transition'][]; now: V['transition'][]; in_any_state: V['transition'][] } {
    return this.asked(
      facts,
      (engine, read) =>
        engine.look(TRANSITIONS, evaluation, read) as {
          in_state: V['transition'][]
          now: V['transition'][]
          in_any_state: V['transition'][]
        },
    )
  }

  /** Gives the memory back at once. */
  free(): void {
    this.#wasm?.free()
    this.#wasm = undefined
  }

  /** @internal */
  protected read(data: FactsInput<V>): glue.WasmFacts {
    return this.live.facts(data)
  }

  /** @internal Asks something at facts, which are read first if they are plain data. */
  protected asked<T>(facts: FactsInput<V> | Facts, call: (engine: glue.WasmEngine, facts: glue.WasmFacts) => T): T {
    const engine = this.live
    if (facts instanceof Facts) return guarded(() => call(engine, facts.wasm(this.policy.hash)))
    // `lictor` and `lictor/check` have their own, in a `.wasm` of their own.
    if ('wasm' in Object(facts)) throw staleHandle('facts', 'these facts were read by another engine; give it the data')
    return guarded(() => {
      const read = this.read(plain(facts))
      try {
        return call(engine, read)
      } finally {
        read.free()
      }
    })
  }
}

/** "Not all of it" is what nothing said is. */
function plain<V extends Vocabulary>(data: FactsInput<V>): FactsInput<V> {
  return data?.complete === false ? { ...data, complete: [] } : data
}
