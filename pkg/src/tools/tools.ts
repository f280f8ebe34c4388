import * as glue from '../../wasm-tools/tools.js'
import { guarded, LictorError, onlyOptions, staleHandle } from '../errors.js'
import type { PresetName } from '../generated/presets.js'
import { DEFAULT_PRESET, loadPreset } from '../presets.js'
import type { FactsInput, JsonObject, Scope, Subject } from '../types.js'
import { AppliedLists } from './applied.js'
import { Condition } from './backend/condition.js'
import type { FieldTypes } from './backend/shapes.js'
import type {
  Administers,
  AdministersCall,
  KnownAction,
  RegisteredAction,
  RowsCall,
  RowsChanged,
  UserFixture,
  UsersFile,
  UsersInput,
} from './shapes.js'
import { text } from './text.js'
import { ready } from './wasm.js'

export interface ToolsOptions {
  /** The name of a shipped policy or a document; `repository` if left out. */
  policy?: PresetName | JsonObject
  /** JSON Merge Patch over it. */
  changes?: JsonObject
  /** Actions of the host's own, by name. */
  actions?: { [name: string]: RegisteredAction }
}

/** Loads the tools of a policy. */
export async function createTools(options: ToolsOptions = {}): Promise<Tools> {
  onlyOptions(options, ['policy', 'changes', 'actions'])
  const policy = options.policy ?? DEFAULT_PRESET
  const [document] = await Promise.all([typeof policy === 'string' ? loadPreset(policy) : policy, ready()])
  return new Tools(guarded(() => new glue.WasmTools(document, options.changes, options.actions)))
}

/** What the engine says about accounts and access rows. Make it with `createTools`. */
export class Tools {
  #wasm: glue.WasmTools | undefined

  /** @internal */
  constructor(wasm: glue.WasmTools) {
    this.#wasm = wasm
  }

  get #tools(): glue.WasmTools {
    if (this.#wasm === undefined) throw staleHandle('tools', 'these tools were freed')
    return this.#wasm
  }

  /** The policy as bytes, for `createEngine` of `lictor/check` of this version. */
  compiled(): Uint8Array {
    return guarded(() => this.#tools.compiled())
  }

  /** Every action that access rows may name, with its meaning. */
  actions(): KnownAction[] {
    return guarded(() => this.#tools.actions()) as KnownAction[]
  }

  /** What is to be written so that an action is allowed, denied, or neither, to some. */
  access(call: RowsCall): RowsChanged {
    return guarded(() => this.#tools.access(call)) as RowsChanged
  }

  /** Whether somebody administers accounts, roles and rows, and holds all the actions that what they do would give or take. */
  administers(call: AdministersCall): Administers {
    return guarded(() => this.#tools.administers(call)) as Administers
  }

  /** What a file of users comes to. Every fault of it is in the error. */
  users(input: UsersInput): UsersFile {
    return guarded(() => this.#tools.fixture(input)) as UsersFile
  }

  /** One account, by the rules of a file's entries; here it is an error if it is there already. */
  account(input: UsersInput): UserFixture {
    return guarded(() => this.#tools.account(input)) as UserFixture
  }

  /** Refuses what is no name for a global role. */
  mustBeRole(name: string): void {
    const wrong = guarded(() => this.#tools.wrongRole(text(name, 'name')))
    if (wrong !== undefined) throw new LictorError([{ code: 'invalid_id', path: 'name', message: wrong }])
  }

  /** The hash to keep: Argon2id, in the PHC form. Takes some tens of milliseconds, on purpose. */
  hashPassword(password: string): string {
    return guarded(() => glue.hashPassword(text(password, 'password')))
  }

  /** Whether a password is the one that was hashed. What is no hash of ours is nobody's password. */
  verifyPassword(password: string, hash: string): boolean {
    return guarded(() => glue.verifyPassword(text(password, 'password'), text(hash, 'hash')))
  }

  /** A password of 20 characters that nobody can guess. */
  randomPassword(): string {
    return guarded(() => glue.randomPassword())
  }

  /** A user's id that nobody has had. */
  randomId(): string {
    return guarded(() => glue.randomId())
  }

  /**
   * The list of what a subject may do an action to, for a host's own index: `.toSQL({dialect})`, `.toOpenSearch()`. As
   * `engine.filter`, with which each hit of an `over` result is checked. With `applied`, the index keeps what access lists come to
   * (`reapply`) and is asked for that: then the facts need not hold them.
   */
  filter(
    query: { subject: Subject; action: string; type?: string; scope?: Scope },
    facts: FactsInput,
    { applied = false }: { applied?: boolean } = {},
  ): Condition {
    return new Condition(guarded(() => glue.WasmCondition.ofList(this.#tools, query, facts, applied)))
  }

  /** The query of an access list, for a host's own index. `types` are those of fields that are no keywords. */
  query(query: JsonObject, types: FieldTypes = {}): Condition {
    return new Condition(guarded(() => glue.WasmCondition.ofQuery({ query, types })))
  }

  /**
   * What access lists come to for each record, for an index that keeps it: after a change it says which records are to be
   * written again. Of no records and no lists yet.
   */
  applied(): AppliedLists {
    return new AppliedLists(guarded(() => new glue.WasmApplied(this.#tools)))
  }

  /** Gives the memory back at once. */
  free(): void {
    this.#wasm?.free()
    this.#wasm = undefined
  }
}
