/** What conditions for a host's own index are asked with, and what they come to. */

import type { Json, JsonObject } from '../../types.js'

/** The types of fields that are no keywords, by dotted path. */
export interface FieldTypes {
  [path: string]: 'keyword' | 'text' | 'integer' | 'number' | 'boolean' | 'date'
}

/**
 * Where the host keeps what `engine.columns(record)` gives, by the names of columns or fields. Left out, lists look at the
 * documents themselves, at the policy's addresses.
 */
export interface ColumnNames {
  /** Text. */
  state: string
  /** Text, or null. */
  primary: string
  /** Lists of texts: `text[]` in PostgreSQL, a JSON array in SQLite. */
  secondary: string
  owners: string
  terms: string
}

export interface SqlOptions {
  dialect: 'postgres' | 'sqlite'
  /** The table, or what it is called in the host's statement; `records` if left out. */
  table?: string
  /** Its column of ids, which are text; `id` if left out. */
  id?: string
  /**
   * Its column of documents, `jsonb` or JSON text; `document` if left out. Access lists ask for documents: beside `columns` they
   * are looked at only where this is said, and are else left to the engine.
   */
  document?: string
  columns?: ColumnNames
  /** How many parameters the host's statement has before these. */
  before?: number
}

/** `equal`: exactly what the rule allows. `over`: that, and perhaps more; the host checks each hit with the engine. */
export interface Sided {
  side: 'equal' | 'over'
  /** Why it may be more. */
  reasons: { code: BackendReason; message: string }[]
}

export type BackendReason =
  | 'engine'
  | 'links'
  | 'owners'
  | 'words'
  | 'numbers'
  | 'written'
  | 'lengths'
  | 'depth'
  | 'names'
  | 'pointers'
  | 'lists'
  | 'denials'

export interface SqlCondition extends Sided {
  /** Stands behind `WHERE`. */
  sql: string
  /** What its placeholders stand for: texts, and for PostgreSQL lists of texts. */
  parameters: (string | string[])[]
  /** Statements that make the indexes it can use. */
  indexes: string[]
}

export interface OpenSearchOptions {
  columns?: ColumnNames
  /** Whether the index has the documents beside `columns`: access lists ask for them, and are else left to the engine. */
  documents?: boolean
}

export interface OpenSearchCondition extends Sided {
  /** Stands well in a `filter`. */
  query: JsonObject
  /** How the index must map the fields it looks at; an index is made with it before documents come in. */
  mappings: JsonObject
  /** Settings of the index that the mapping uses. */
  settings: { [key: string]: Json }
}
