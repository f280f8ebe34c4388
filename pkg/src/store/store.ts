import type {
  AccessRow,
  Change,
  CommunityFact,
  EntityKey,
  FactsInput,
  Json,
  JsonObject,
  Key,
  Relation,
  Revision,
} from '../types.js'

/**
 * Where facts live. A store never decides; it looks up, certifies what it looked up, and commits changes at an
 * expected revision, all or nothing.
 */
export interface Store {
  /** The current position. Moves with every commit; never repeats, not even after the store was cleared. */
  revision(): Promise<Revision>
  /** The facts named, read at one revision, with a certificate for each (what is certified and not given is absent). */
  facts(wanted: Key[]): Promise<FactsInput>
  /** Everything (for a resident engine), read at one revision, certified complete. */
  all(): Promise<FactsInput>
  /**
   * Entities of one relation in key order; `after` is the last key of the page before. Keys are ASCII (`entities.ts`),
   * so their order is the same in every store. Without `limit`: all of them.
   */
  scan(relation: Relation, options?: { after?: string; limit?: number }): Promise<{ key: string; value: Json }[]>
  /**
   * Writes all changes and returns the new revision, or throws `StoreError` with code `conflict` and writes nothing.
   * Resolves only after the change is durable as the store understands it (IndexedDB: a strict transaction).
   */
  commit(changes: Change[], expected: Revision): Promise<Revision>
  /**
   * Called with the new revision after each commit, by whoever (other tabs too, where the store can know). Commits made
   * elsewhere may be heard as one call with the newest revision. A listener that throws harms nobody else.
   */
  subscribe(listener: (revision: Revision) => void): () => void
  close(): Promise<void>
}

/**
 * `unavailable`: the data could not be reached now, or it is not known whether a write arrived; ask again (`expected`
 * and guards keep a repeated write from happening twice).
 */
export type StoreErrorCode =
  'conflict' | 'closed' | 'quota' | 'blocked' | 'cleared' | 'version' | 'corrupt' | 'invalid' | 'unavailable'

export class StoreError extends Error {
  readonly code: StoreErrorCode
  /** For `invalid`: where the fault is, for example `changes[0].value.title`. The message starts with it. */
  readonly path?: string
  constructor(code: StoreErrorCode, message: string, options: { cause?: unknown; path?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'StoreError'
    this.code = code
    if (options.path !== undefined) this.path = options.path
  }

  /** Each entry of the package holds a copy of this class; an error of any of them is one. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'StoreError'
  }
}

export type { AccessRow, Change, CommunityFact, EntityKey, FactsInput, Json, JsonObject, Key, Relation, Revision }
