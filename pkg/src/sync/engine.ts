/** The engine as the client and the server use it. `createEngine` of `lictor` gives one; tests may give another. */

import type {
  Call,
  Counting,
  Decision,
  Evaluation,
  ExplainedLists,
  Explanation,
  FactsInput,
  Filter,
  JsonObject,
  Key,
  Operations,
  PolicyInfo,
  RecordId,
  Resource,
  Scope as ListScope,
  StepResult,
  Subject,
  Who,
} from '../types.js'
import type { Facts } from '../checker.js'
import type { RecordColumns } from '../store/host.js'
import type {
  ClosedRelation,
  Clock,
  Decided,
  Entry,
  Intent,
  Lease,
  Op,
  Foreseen,
  Prediction,
  Replayed,
  Scope,
  ViewBase,
} from './protocol.js'

export interface SyncEngine {
  readonly policy: PolicyInfo
  /** The policy document itself, as it was given (with its changes), for the bundle a client loads. */
  readonly document: JsonObject
  /** The address of what no client writes and no search looks into: what an index keeps of access lists. */
  readonly unsearched?: readonly string[] | undefined
  /** Reads facts once, for several questions. */
  facts(data: FactsInput): Facts
  check(evaluation: Evaluation, facts: FactsInput | Facts): Decision
  actions(
    evaluation: { subject: Subject; resource: Resource },
    facts: FactsInput | Facts,
  ): { [action: string]: Decision | undefined }
  explain(evaluation: Evaluation, facts: FactsInput | Facts): Explanation
  /** Which access lists speak of a record; shown are those the subject may manage. */
  explainLists(evaluation: { subject: Subject; resource: Resource }, facts: FactsInput | Facts): ExplainedLists
  /** The operations of access lists that the subject may do to a record. */
  operations(evaluation: { subject: Subject; resource: Resource }, facts: FactsInput | Facts): Operations
  who(evaluation: { action: Evaluation['action']; resource: Resource }, facts: FactsInput | Facts): Who
  filter(
    query: { subject: Subject; action: string; type?: string; scope?: ListScope },
    facts: FactsInput | Facts,
  ): Filter
  step(call: Call, facts: FactsInput | Facts): StepResult
  /** The lists a host runs to count what `step` wants of a community. */
  counting(key: Key): Counting[]
  /** Whether a record they find is counted. */
  counts(key: Key, record: JsonObject, facts: FactsInput | Facts): boolean
  /** What lists look at in a record. */
  columns(record: JsonObject): RecordColumns
  /** All of a subject's view but its records. */
  projectBase(query: { subject: Subject; subs: Scope[] }, facts: FactsInput | Facts): ViewBase
  /** Of these records, those the subject may see, as it sees them. */
  projectRecords(
    query: { subject: Subject; records: { [id: RecordId]: JsonObject } },
    facts: FactsInput | Facts,
  ): Entry[]
  /** What an intent comes to, decided anew at these facts. */
  decide(query: { subject: Subject; intent: Intent; policy_was?: string }, facts: FactsInput | Facts): Decided
  /** A view held in wasm memory, with pending intents applied over it. */
  replica(subject: Subject): Replica
}

export interface Replica {
  /** Replaces everything confirmed. `locked`: communities whose sealed entries are there and could not be read. */
  reset(entries: Entry[], closed: ClosedRelation[], locked?: readonly string[]): void
  /** Adds entries to what is confirmed (a chunk of a snapshot); JSON text in UTF-8 is quickest. */
  load(entries: Entry[] | Uint8Array): void
  /** Applies a patch to what is confirmed, all of which must be there; `closed` replaces the proofs. Pending intents are off afterwards. */
  patch(ops: Op[], closed: ClosedRelation[]): void
  leases(leases: Lease[]): void
  /** Takes all pending intents off and replays these, in order. */
  rebase(intents: Intent[]): Replayed[]
  /** `clock` bounds the time; after a lease ended answers are unknown. */
  can(evaluation: { action: string; resource: Resource }, clock: Clock): Prediction
  actions(resource: Resource, clock: Clock): { [action: string]: Prediction }
  /** The same, with what is in the way of those that are allowed. */
  options(resource: Resource, clock: Clock): { [action: string]: Foreseen }
  /**
   * Ids of the records the subject may do `action` to (`read` if none is named), in order; those that are unknown apart.
   * `complete`: none can be among what is locked.
   */
  list(query: { action?: string; scope?: ListScope; type?: string }): {
    ids: string[]
    unknown: string[]
    complete: boolean
  }
  /** A record as it is shown, with pending intents applied. */
  record(id: RecordId): { value: JsonObject; missing: string[][]; speculative: boolean } | undefined
  /** An entity as it is confirmed. */
  confirmed(key: import('../types.js').EntityKey): Entry | undefined
  /** Everything confirmed, in key order. */
  entries(): Entry[]
  /** The proofs that hold as they came. Those of which what is locked leaves only a part are not among them. */
  closed(): ClosedRelation[]
  /** Keys of the entities that pending intents changed. */
  speculative(): import('../types.js').EntityKey[]
  free(): void
}
