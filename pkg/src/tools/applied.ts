import * as glue from '../../wasm-tools/tools.js'
import { guarded, staleHandle } from '../errors.js'
import type { JsonObject } from '../types.js'

/** What an index keeps of access lists for one record. */
export interface AppliedRecord {
  id: string
  /** Null: nothing, for a record that gets no such field, or that there is not (any more). */
  field: AppliedEntry[] | null
}

/** A list that counts for a record and allows, with whom it names. */
export interface AppliedEntry {
  operation: string
  id: string
  timestamp?: number
  user?: string[]
  role?: string[]
  system_role?: string[]
}

/** Lists and documents by their ids; null removes one. */
export interface AppliedChanges {
  acls?: { [id: string]: JsonObject | null }
  records?: { [id: string]: JsonObject | null }
}

/** Records and access lists, all of them held, and which speak of which. Make it with `tools.applied()`. */
export class AppliedLists {
  #wasm: glue.WasmApplied | undefined
  /** The content hash of the policy. */
  readonly policy: string

  /** @internal */
  constructor(wasm: glue.WasmApplied) {
    this.#wasm = wasm
    this.policy = wasm.policy()
  }

  get #alive(): glue.WasmApplied {
    if (this.#wasm === undefined) throw staleHandle('applied', 'these lists were freed')
    return this.#wasm
  }

  /** How many records are held. */
  get size(): number {
    return this.#alive.count()
  }

  /** Holds records. What that changes is not asked for: to begin with, all of them are to be written. */
  load(records: { [id: string]: JsonObject }): void {
    guarded(() => this.#alive.load(records))
  }

  /** Makes these changes, all or none: the ids of exactly those records whose field is another than before. */
  change(changes: AppliedChanges): string[] {
    return guarded(() => this.#alive.change(changes)) as string[]
  }

  /** What the index is to keep for these records. */
  fields(ids: readonly string[]): AppliedRecord[] {
    return guarded(() => this.#alive.fields(ids)) as AppliedRecord[]
  }

  /** Gives the memory back at once. */
  free(): void {
    this.#wasm?.free()
    this.#wasm = undefined
  }
}
