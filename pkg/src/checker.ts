// What every engine answers: what is allowed. `lictor/check` is this alone, over a `.wasm` that does no more; the engine of
// `lictor` is more.
import type * as glue from '../wasm-check/check.js'
import { guarded, staleHandle } from './errors.js'
import type {
  Answer,
  Decision,
  Evaluation,
  Explanation,
  FactsInput,
  Filter,
  JsonObject,
  PolicyInfo,
  Resource,
  Scope,
  Subject,
  Vocabulary,
  Where,
} from './types.js'

const ANSWERS: readonly Answer[] = ['deny', 'allow', 'unknown']

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

/** What a policy allows. Make it with `createEngine`. */
export class Checker<V extends Vocabulary = Vocabulary> {
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
  check(evaluation: Evaluation<V>, facts: FactsInput<V> | Facts): Decision {
    return this.asked(facts, (engine, read) => engine.look(CHECK, evaluation, read) as Decision)
  }

  /**
   * Every action at once: those of the machine of the resource's type. For a resource that does not exist yet, `create`
   * only; for a community, what can be done to it (if the policy has a machine for that) and `create` in it.
   */
  actions(
    evaluation: { subject: Subject; resource: Resource },
    facts: FactsInput<V> | Facts,
  ): { [action in V['action']]?: Decision } {
    return this.asked(
      facts,
      (engine, read) => engine.look(ACTIONS, evaluation, read) as { [action in V['action']]?: Decision },
    )
  }

  /** One decision with the whole rule behind it. */
  explain(evaluation: Evaluation<V>, facts: FactsInput<V> | Facts): Explanation {
    return this.asked(facts, (engine, read) => engine.look(EXPLAIN, evaluation, read) as Explanation)
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

  /**
   * The list of what a subject may do an action to, as a test of records and as a condition: of the policy's first type, or
   * of the one named. The condition means records of that type only.
   */
  filter(
    query: { subject: Subject; action: V['action']; type?: string; scope?: Scope },
    facts: FactsInput<V> | Facts,
  ): Filter {
    let wasm: glue.WasmFilter | undefined = this.asked(facts, (engine, read) => engine.filter(query, read))
    const where = guarded(() => wasm?.residual()) as Where
    const answer = (record: JsonObject, id?: string): Answer => {
      const filter = wasm
      if (filter === undefined) throw staleHandle('filter', 'this filter was freed')
      return ANSWERS[guarded(() => filter.answer(record, id))] ?? 'unknown'
    }
    return {
      answer,
      matches: (record, id) => answer(record, id) === 'allow',
      where,
      free: () => {
        wasm?.free()
        wasm = undefined
      },
    }
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
