import type * as glue from '../../wasm/lictor.js'
import { guarded, staleHandle } from '../errors.js'
import type { Replica } from '../sync/engine.js'
import type {
  ClosedRelation,
  Clock,
  Entry,
  Foreseen,
  Intent,
  Lease,
  Op,
  Prediction,
  Replayed,
} from '../sync/protocol.js'
import type { EntityKey, JsonObject, RecordId, Resource, Scope } from '../types.js'

/** A view in wasm memory. Entries cross as JSON text: a view is megabytes, and text is read quickest. */
export class ResidentReplica implements Replica {
  #wasm: glue.WasmReplica | undefined

  constructor(wasm: glue.WasmReplica) {
    this.#wasm = wasm
  }

  get #replica(): glue.WasmReplica {
    if (this.#wasm === undefined) throw staleHandle('replica', 'this view was freed')
    return this.#wasm
  }

  reset(entries: Entry[], closed: ClosedRelation[], locked: readonly string[] = []): void {
    guarded(() => this.#replica.reset(JSON.stringify(entries), JSON.stringify(closed), JSON.stringify(locked)))
  }

  load(entries: Entry[] | Uint8Array): void {
    const bytes = entries instanceof Uint8Array ? entries : new TextEncoder().encode(JSON.stringify(entries))
    guarded(() => this.#replica.load(bytes))
  }

  patch(ops: Op[], closed: ClosedRelation[]): void {
    guarded(() => this.#replica.patch(JSON.stringify(ops), JSON.stringify(closed)))
  }

  leases(leases: Lease[]): void {
    guarded(() => this.#replica.leases(leases))
  }

  rebase(intents: Intent[]): Replayed[] {
    return guarded(() => this.#replica.rebase(JSON.stringify(intents))) as Replayed[]
  }

  can(evaluation: { action: string; resource: Resource }, clock: Clock): Prediction {
    return guarded(() => this.#replica.can(evaluation, clock)) as Prediction
  }

  actions(resource: Resource, clock: Clock): { [action: string]: Prediction } {
    return guarded(() => this.#replica.actions(resource, clock)) as { [action: string]: Prediction }
  }

  options(resource: Resource, clock: Clock): { [action: string]: Foreseen } {
    return guarded(() => this.#replica.options(resource, clock)) as { [action: string]: Foreseen }
  }

  list(query: { action?: string; scope?: Scope; type?: string }): ReturnType<Replica['list']> {
    return guarded(() => this.#replica.list(query)) as ReturnType<Replica['list']>
  }

  record(id: RecordId): { value: JsonObject; missing: string[][]; speculative: boolean } | undefined {
    return guarded(() => this.#replica.record(id)) as ReturnType<Replica['record']>
  }

  confirmed(key: EntityKey): Entry | undefined {
    return guarded(() => this.#replica.confirmed(key)) as Entry | undefined
  }

  entries(): Entry[] {
    return guarded(() => this.#replica.entries()) as Entry[]
  }

  closed(): ClosedRelation[] {
    return guarded(() => this.#replica.closed()) as ClosedRelation[]
  }

  speculative(): EntityKey[] {
    return guarded(() => this.#replica.speculative()) as EntityKey[]
  }

  free(): void {
    this.#wasm?.free()
    this.#wasm = undefined
  }
}
