/** A list tried on records that are there: how many it would speak of. The engine says of each. */

import type { HostStore } from '../store/host.js'
import type { SyncEngine } from '../sync/engine.js'
import type { Filter, JsonObject } from '../types.js'

/** What a list finds. `gte`: not all records were looked at. */
export interface Found {
  total: number
  relation: 'eq' | 'gte'
  /** The first of them. */
  ids: string[]
}

/** Records looked at, and in one go. */
const LOOKED = 10_000
const PAGE = 100
/** Ids that are named. */
const NAMED = 20

/** The id of the list that is tried; nobody sees it. */
const TRIED = 'tried'

/** `readable` are filters of what may be known, by the types of records; nothing else is counted. */
export async function findRecords(
  engine: Pick<SyncEngine, 'facts' | 'explainLists'>,
  store: Pick<HostStore, 'list'>,
  acl: JsonObject,
  readable: { type: string; filter: Filter }[],
): Promise<Found> {
  const found: Found = { total: 0, relation: 'eq', ids: [] }
  const facts = engine.facts({ acls: { [TRIED]: acl }, complete: [{ relation: 'acl' }] })
  let looked = 0
  try {
    for (const { type, filter } of readable) {
      let after: string | undefined
      do {
        if (looked >= LOOKED) return { ...found, relation: 'gte' }
        const { where } = filter
        const page = await store.list({ type, where, order: 'id', limit: PAGE, ...(after !== undefined && { after }) })
        for (const { id, value } of page.hits) {
          looked += 1
          if (!filter.matches(value, id)) continue
          const resource = { type, id, properties: value }
          const { matched } = engine.explainLists({ subject: { type: 'system' }, resource }, facts)
          // Outside its states it does not match; there is no other list that could stand before it.
          if (!matched.some(({ counts }) => counts === 'allow')) continue
          found.total += 1
          if (found.ids.length < NAMED) found.ids.push(id)
        }
        after = page.next
      } while (after !== undefined)
    }
    return found
  } finally {
    facts.free()
  }
}
