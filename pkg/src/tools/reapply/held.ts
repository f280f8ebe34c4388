/** All records of a store, held beside its lists: read once, then kept up with what was written since. */

import { keyOf } from '../../store/entities.js'
import type { HostStore } from '../../store/host.js'
import type { JsonObject, Key, Revision } from '../../types.js'
import type { AppliedLists } from '../applied.js'
import type { Tools } from '../tools.js'
import type { Lists } from './standing.js'

/** Records read in one go; each may be a megabyte. */
const PAGE = 200
/** Keys of records that were written since; of more, all are looked at. */
const WRITTEN = 50_000

export class Held {
  readonly lists: AppliedLists
  /** Where the records stand at least; null until they are read. */
  #seen: Revision | null = null

  constructor(tools: Tools) {
    this.lists = tools.applied()
  }

  /** Whether all records are held, and stand where the index does. */
  standsAt(revision: Revision | null): boolean {
    return this.#seen !== null && this.#seen === revision
  }

  /** Reads all records, to be held with these lists. Their ids. */
  async load(store: HostStore, lists: Lists, at: Revision): Promise<string[]> {
    this.lists.change({ acls: Object.fromEntries(lists) })
    const ids: string[] = []
    let after: string | undefined
    for (;;) {
      const page = await store.scan('record', { limit: PAGE, ...(after !== undefined && { after }) })
      const records = page.map(({ key, value }) => [idOf(key), value as JsonObject] as const)
      // Not by assignment: a record may be called `__proto__`.
      this.lists.load(Object.fromEntries(records))
      for (const [id] of records) ids.push(id)
      after = page.at(-1)?.key
      if (page.length < PAGE) break
    }
    this.#seen = at
    return ids
  }

  /** Goes on to other lists, and to records as they are now: those of which the index must keep something else. */
  async goTo(store: HostStore, lists: Lists, written: string[], at: Revision): Promise<string[]> {
    const changed = new Set(this.lists.change({ acls: Object.fromEntries(lists) }))
    for (let from = 0; from < written.length; from += PAGE) {
      const ids = written.slice(from, from + PAGE)
      const { records = {} } = await store.facts(ids.map((id): Key => ({ relation: 'record', id })))
      const now = ids.map((id) => [id, Object.hasOwn(records, id) ? (records[id] ?? null) : null] as const)
      this.lists.change({ records: Object.fromEntries(now) })
    }
    this.#seen = at
    return [...changed, ...written]
  }

  free(): void {
    this.lists.free()
  }
}

/** The records that were written since; null where that is not known, or where they are too many. */
export async function writtenSince(store: HostStore, since: Revision): Promise<string[] | null> {
  const changed = await store.changed(since, WRITTEN)
  return changed === null ? null : changed.keys.filter((key) => key.startsWith('record/')).map(idOf)
}

function idOf(text: string): string {
  const key = keyOf(text)
  return 'id' in key ? key.id : ''
}
