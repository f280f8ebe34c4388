import * as glue from '../wasm/lictor.js'
import { Checker, Facts } from './checker.js'
import { factsOf } from './facts-for.js'
import { guarded, LictorError, onlyOptions, staleHandle } from './errors.js'
import type { PresetName, PresetVocabularies, RepositoryVocabulary } from './generated/presets.js'
import { appliedAt } from './policy-words.js'
import { DEFAULT_PRESET, loadPreset } from './presets.js'
import { buildIndex, ResidentIndex } from './resident/index.js'
import { ResidentReplica } from './resident/replica.js'
import { ResidentSession } from './resident/session.js'
import type { RecordColumns } from './store/host.js'
import type { Replica } from './sync/engine.js'
import type { Decided, Entry, Intent, Scope as ViewScope, ViewBase } from './sync/protocol.js'
import type {
  Answer,
  Call,
  Choice,
  Counting,
  Decision,
  Evaluation,
  FactsInput,
  Filter,
  Index,
  IndexSource,
  Json,
  JsonObject,
  Key,
  OwnAction,
  PermissionQuery,
  RecordId,
  Resource,
  Scope,
  Session,
  StepResult,
  Subject,
  Vocabulary,
  ExplainedLists,
  Operations,
  Where,
  Who,
} from './types.js'
import { ready } from './wasm.js'

const ANSWERS: readonly Answer[] = ['deny', 'allow', 'unknown']

/** Names of the fields a policy gives addresses for. */
export type FieldName = 'primary' | 'secondary' | 'state' | 'owners'

/** Loads the default policy, `repository`. */
export function createEngine(): Promise<Engine<RepositoryVocabulary>>
/** Loads a shipped policy, with changes (JSON Merge Patch over its document) if given. */
export function createEngine<N extends PresetName>(options: {
  policy: N
  changes?: JsonObject
}): Promise<Engine<PresetVocabularies[N]>>
/** Loads the default policy with changes. */
export function createEngine(options: { changes: JsonObject }): Promise<Engine<RepositoryVocabulary>>
/** Loads a policy document of your own. */
export function createEngine<V extends Vocabulary = Vocabulary>(options: {
  policy: JsonObject
  changes?: JsonObject
}): Promise<Engine<V>>
export async function createEngine(
  options: { policy?: string | JsonObject; changes?: JsonObject } = {},
): Promise<Engine> {
  onlyOptions(options, ['policy', 'changes'])
  const policy = options.policy ?? DEFAULT_PRESET
  const [document] = await Promise.all([typeof policy === 'string' ? loadPreset(policy) : policy, ready()])
  return new Engine(guarded(() => new glue.WasmEngine(document, options.changes)))
}

/** The closed word lists: reasons, errors, relations, with the meaning of each word. */
export async function vocabulary(): Promise<[list: string, words: [word: string, meaning: string][]][]> {
  await ready()
  return glue.vocabulary() as [string, [string, string][]][]
}

/** Decisions under one policy. Make it with `createEngine`. */
export class Engine<V extends Vocabulary = Vocabulary> extends Checker<V, Decision> {
  /** The number of each action of records in an index, for `session.can` where every nanosecond counts. */
  readonly codes: { readonly [action in OwnAction<V>]: number }
  readonly #wasm: glue.WasmEngine
  #unsearched: readonly string[] | undefined

  /** @internal */
  constructor(wasm: glue.WasmEngine) {
    super(wasm)
    this.#wasm = wasm
    const numbers = this.policy.actions.map((action, number) => [action, number] as const)
    this.codes = Object.freeze(Object.fromEntries(numbers)) as { readonly [action in OwnAction<V>]: number }
  }

  get #engine(): glue.WasmEngine {
    // Whether it was freed, what it is built on knows.
    return this.live && this.#wasm
  }

  /**
   * The same as `actions`, with what an interface shows of each: whether it can be done now, and what is in the way. Of a
   * membership (`{ type: 'member', community, member }`) what its operations would come to, and those of its request.
   */
  options(
    evaluation: { subject: Subject; resource: Resource },
    facts: FactsInput<V> | Facts,
  ): { [action in V['action']]?: Choice } {
    return this.#with(facts, (engine, read) => engine.options(evaluation, read) as { [action in V['action']]?: Choice })
  }

  /** Everybody the facts know of who may, or might. */
  who(evaluation: { action: Evaluation<V>['action']; resource: Resource }, facts: FactsInput<V> | Facts): Who {
    return this.#with(facts, (engine, read) => engine.who(evaluation, read) as Who)
  }

  /** Which access lists speak of a record, which of them count, and of whom they speak; shown are those the subject may manage. */
  explainLists(evaluation: { subject: Subject; resource: Resource }, facts: FactsInput<V> | Facts): ExplainedLists {
    return this.#with(facts, (engine, read) => engine.explainLists(evaluation, read) as ExplainedLists)
  }

  /** The operations access lists name that the subject may do to a record. */
  operations(evaluation: { subject: Subject; resource: Resource }, facts: FactsInput<V> | Facts): Operations {
    return this.#with(facts, (engine, read) => engine.operations(evaluation, read) as Operations)
  }

  /**
   * The list of what a subject may do an action to, as a test of records and as a condition: of the policy's first type, or
   * of the one named. The condition means records of that type only.
   */
  filter(
    query: { subject: Subject; action: V['action']; type?: string; scope?: Scope },
    facts: FactsInput<V> | Facts,
  ): Filter {
    let wasm: glue.WasmFilter | undefined = this.#with(facts, (engine, read) => engine.filter(query, read))
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

  /**
   * Records as columns in wasm memory, for `session.can` and `session.visible`. All are taken for records of the policy's
   * first type; those of other types are asked about one by one (`check`) or listed by `filter`.
   */
  index(records: IndexSource): Index {
    return buildIndex(this.#engine, this.policy, records)
  }

  /** A subject at these facts, for many quick questions. Facts that change need a new session. */
  session(subject: Subject, facts: FactsInput<V> | Facts): Session<V> {
    const wasm = this.#with(facts, (engine, read) => engine.session(subject, read))
    return new ResidentSession<V>(wasm, this.policy, () => new ResidentIndex(this.#engine.index(), this.policy))
  }

  /** Takes an operation one step: the facts it needs, or what is done and must be written. */
  step(call: Call<V>, facts: FactsInput<V> | Facts): StepResult<V> {
    return this.#with(facts, (engine, read) => engine.step(call, read) as StepResult<V>)
  }

  /**
   * How a host counts what `step` wants of a community (`guarded_records`, `open_requests`): lists that together hold every
   * record that may be counted. It is so if `counts` says so of one of them; the host puts that into `counted` of the
   * community's facts, for this call alone.
   */
  counting(key: Key): Counting[] {
    return guarded(() => this.#engine.counting(key)) as Counting[]
  }

  /** Whether a record is one that is counted for such a key. */
  counts(key: Key, record: JsonObject, facts: FactsInput<V> | Facts): boolean {
    return this.#with(facts, (engine, read) => engine.counts(key, record, read))
  }

  /** The need algebra by itself: needs, excludes, access rows. */
  permits(query: PermissionQuery): boolean {
    return guarded(() => this.#engine.permits(query))
  }

  /** The value of a record's field at the address the policy names; `null` if there is none. */
  field(record: JsonObject, name: FieldName): Json {
    return guarded(() => this.#engine.field(record, text(name, 'name'))) as Json
  }

  /** A copy of the record with the field set. */
  setField(record: JsonObject, name: FieldName, value: Json): JsonObject {
    return guarded(() => this.#engine.set_field(record, text(name, 'name'), value)) as JsonObject
  }

  /** The route of an item's transitions, for hosts that register routes by pattern. */
  transitionRoute(itemRoute: string): string {
    return guarded(() => this.#engine.transition_route(text(itemRoute, 'itemRoute')))
  }

  /** The state matrix of the policy, in Markdown. */
  table(): string {
    return guarded(() => this.#engine.table())
  }

  /** The policy's document, changes applied: what another engine of the same policy is made of. */
  get document(): JsonObject {
    return guarded(() => this.#engine.document()) as JsonObject
  }

  /** What lists look at in a record, of whichever type; a store with lists keeps it in columns. */
  columns(record: JsonObject): RecordColumns {
    return guarded(() => this.#engine.columns(record)) as RecordColumns
  }

  /** The address of what no client writes and no search looks into: what an index keeps of access lists. Empty: there is none. */
  get unsearched(): readonly string[] {
    this.#unsearched ??= appliedAt(this.document) ?? []
    return this.#unsearched
  }

  /** All of a subject's view but its records. The facts must be complete in what concerns the subject. */
  projectBase(query: { subject: Subject; subs: ViewScope[] }, facts: FactsInput<V> | Facts): ViewBase {
    return this.#with(facts, (engine, read) => engine.project_base(query, read) as ViewBase)
  }

  /** Of these records, those the subject may see, as it sees them. */
  projectRecords(
    query: { subject: Subject; records: { [id: RecordId]: JsonObject } },
    facts: FactsInput<V> | Facts,
  ): Entry[] {
    return this.#with(facts, (engine, read) => engine.project_records(JSON.stringify(query), read) as Entry[])
  }

  /**
   * What a subject may be told of these records and of everything else, as facts for a page of its own: what it may not know of is not
   * in them, and instead of access lists what they come to. The facts must be complete in what concerns the subject. Answers that rest on
   * what it is not shown (who else was granted something) are unknown there; a device (`lictor/client`) is told these one by one.
   */
  factsFor(
    query: { subject: Subject; records: { [id: RecordId]: JsonObject } },
    facts: FactsInput<V> | Facts,
  ): FactsInput<V> {
    const { subject } = query
    return this.#with(facts, (engine, read) => {
      const base = engine.project_base({ subject, subs: ['everywhere'] }, read) as ViewBase
      const records = engine.project_records(JSON.stringify(query), read) as Entry[]
      return factsOf(subject, base, records) as FactsInput<V>
    })
  }

  /** What an intent comes to at these facts, whatever the device that made it thought. */
  decide(query: { subject: Subject; intent: Intent; policy_was?: string }, facts: FactsInput<V> | Facts): Decided {
    return this.#with(facts, (engine, read) => engine.decide(query, read) as Decided)
  }

  /** A view in wasm memory, empty: what a device answers from. */
  replica(subject: Subject): Replica {
    return new ResidentReplica(guarded(() => this.#engine.replica(subject)))
  }

  /** @internal Access lists that were read before are not read again. */
  protected override read(data: FactsInput<V>): glue.WasmFacts {
    const engine = this.#engine
    const lists = typeof data === 'object' && data !== null && 'lists' in data ? data.lists : undefined
    if (!(lists instanceof Facts)) return engine.facts(data)
    const { lists: _, acls: __, ...rest } = data
    return engine.facts_with(rest, lists.wasm(this.policy.hash))
  }

  #with<T>(facts: FactsInput<V> | Facts, call: (engine: glue.WasmEngine, facts: glue.WasmFacts) => T): T {
    return this.asked(facts, (_, read) => call(this.#wasm, read))
  }
}

/** Text as it is: the glue would make text of anything. */
function text<T extends string>(value: T, path: string): T {
  if (typeof value === 'string') return value
  throw new LictorError([{ code: 'malformed', path, message: 'expected text' }])
}
