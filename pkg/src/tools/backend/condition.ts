import * as glue from '../../../wasm-tools/tools.js'
import { guarded, staleHandle } from '../../errors.js'
import type { JsonObject, Key } from '../../types.js'
import type { OpenSearchCondition, OpenSearchOptions, SqlCondition, SqlOptions } from './shapes.js'

/** One rule, to be said in the language of a back end. Make it with `tools.filter` or `tools.query`. */
export class Condition {
  #wasm: glue.WasmCondition | undefined
  /** Facts that must be looked up before it can be said; until then it is refused. */
  readonly missing: readonly Key[]

  /** @internal */
  constructor(wasm: glue.WasmCondition) {
    this.#wasm = wasm
    this.missing = guarded(() => wasm.missing()) as Key[]
  }

  /** Whether a record is meant: what is asked of each hit of an `over` result. Throws for a record the policy cannot read. */
  matches(record: JsonObject, id?: string): boolean {
    // Numbers of answers, as everywhere between wasm and JavaScript: 1 is allow.
    return guarded(() => this.#alive().answer(id, record)) === 1
  }

  /**
   * A long condition is soon answered and long compiled: PostgreSQL does without where the host says `SET LOCAL jit TO off`.
   */
  toSQL(options: SqlOptions): SqlCondition {
    return guarded(() => this.#alive().sql(options)) as SqlCondition
  }

  toOpenSearch(options: OpenSearchOptions = {}): OpenSearchCondition {
    return guarded(() => this.#alive().opensearch(options)) as OpenSearchCondition
  }

  /** Gives the memory back at once. */
  free(): void {
    this.#wasm?.free()
    this.#wasm = undefined
  }

  #alive(): glue.WasmCondition {
    if (this.#wasm === undefined) throw staleHandle('condition', 'this condition was freed')
    return this.#wasm
  }
}
