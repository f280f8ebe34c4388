/** The columns of a record, where the policy can read it. */

import type { ColumnSource, RecordColumns } from '../host.js'
import type { JsonObject } from '../store.js'

/**
 * Null for a record that the policy cannot read (a state it does not know, say). Nobody may see such a one, so it is in
 * no list; writing it, or a change of policy, must not fail over it.
 */
export function readable(source: ColumnSource, record: JsonObject): RecordColumns | null {
  try {
    return source.columns(record)
  } catch {
    return null
  }
}
