/**
 * What a server asks of a store beyond `Store`: its own bookkeeping in the same transaction, lists that run in the
 * database, and one writer at a time. All host stores pass one suite (`tests/store/host-suite.mjs`).
 */

import type { JsonObject, Where } from '../types.js'
import type { Changed } from './journal.js'
import type { Change, Revision, Store } from './store.js'

/** A row of the host's bookkeeping: devices, verdicts, views, sessions. No fact, and never seen by the engine. */
export interface Cell {
  /** ASCII, at most 1,024 characters, ordered as bytes. */
  key: string
  text: string
}

export interface Write {
  /** Changes of facts. With them the revision moves and listeners are told. */
  changes?: Change[]
  /** The revision they were decided at; required with `changes`. */
  expected?: Revision
  /** Bookkeeping to write (`null` removes). Alone it leaves the revision where it is. */
  cells?: { key: string; text: string | null }[]
  /** Bookkeeping that must still stand so (`null`: must not be there); otherwise `conflict` and nothing is written. */
  guards?: { key: string; text: string | null }[]
}

/** What rules and lists look at in a record. `engine.columns` gives it. */
export interface RecordColumns {
  type: string
  state: string
  primary: string | null
  secondary: string[]
  owners: string[]
  /** What its named fields hold, as terms of an index: `access=restricted`. */
  terms: string[]
}

/** What a host store needs of an engine. */
export interface ColumnSource {
  readonly policy: { readonly hash: string }
  /** The policy's document, of an engine: what it shows to some only is not searched. */
  readonly document?: JsonObject | undefined
  columns(record: JsonObject): RecordColumns
  /** The address of what no search looks into: what an index keeps of access lists says who is on them. */
  readonly unsearched?: readonly string[] | undefined
}

export interface ListQuery {
  /** `engine.filter(...).where`: holds no `unknown` (the host looks up what is missing first). */
  where: Where
  type?: string
  states?: string[]
  /** In this community, primary or secondary. */
  community?: string
  owner?: string
  /** Words that all occur in the record's text (lower case, Unicode letters and digits). */
  q?: string
  order?: 'id' | '-id' | 'updated' | '-updated'
  /** `next` of the page before. */
  after?: string
  limit: number
  /** Count the hits: up to 10,000, and asking no more records than that. `gte`: there are at least so many. */
  total?: boolean
}

export interface Hit {
  id: string
  type: string
  value: JsonObject
  /** When it was last written, in milliseconds since 1970, by the store's clock. */
  updated: number
}

export interface ListPage {
  revision: Revision
  hits: Hit[]
  /** Where the next page starts; left out on the last one. */
  next?: string
  total?: { value: number; relation: 'eq' | 'gte' }
}

export interface HostStore extends Store {
  /** Writes all or nothing. As `commit`, with bookkeeping. */
  write(write: Write): Promise<Revision>
  cell(key: string): Promise<string | null>
  /** Cells whose key starts with `prefix`, in key order. */
  cells(prefix: string, options?: { after?: string; limit?: number }): Promise<Cell[]>
  /**
   * What commits after `since` wrote or deleted; null where that is not known (any more), and where it is more than
   * `limit` keys. A saving for whoever follows the store: null is always a right answer.
   */
  changed(since: Revision, limit: number): Promise<Changed | null>
  /** A page of records, decided by the database; its cost does not grow with the number of records. */
  list(query: ListQuery): Promise<ListPage>
  /**
   * Runs `work` while no other `exclusive` work runs, in any process on the same data. A hint that saves conflicts:
   * `expected` and `guards` are what keeps writes right.
   */
  exclusive<T>(work: () => Promise<T>): Promise<T>
}
