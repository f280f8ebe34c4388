/**
 * Records that the policy cannot read: of a type or state it does not know, or malformed. Nobody may see such a one, so it
 * is in no list and no view, and nobody who asks is told of it. Whoever runs the server is.
 */

import type { HostStore } from '../store/host.js'
import type { SyncEngine } from '../sync/engine.js'
import type { JsonObject } from '../types.js'
import { keyOf } from '../store/entities.js'
import type { Job } from './context.js'

export interface Unreadable {
  id: string
  why: string
}

/** Records looked at, and those of them that cannot be read. `next`: where to go on; none at the end. */
export interface Inspection {
  looked: number
  found: Unreadable[]
  next?: string
}

const PAGE = 500
/** One run of the scheduled job: it must not hold up the others. */
const RUN = 20_000

/** Looks at the next records in the order of their keys. */
export async function inspect(
  engine: Pick<SyncEngine, 'columns'>,
  store: Pick<HostStore, 'scan'>,
  after?: string,
): Promise<Inspection> {
  const page = await store.scan('record', { limit: PAGE, ...(after === undefined ? {} : { after }) })
  const found = page.flatMap(({ key, value }): Unreadable[] => {
    const entity = keyOf(key)
    try {
      engine.columns(value as JsonObject)
      return []
    } catch (error) {
      return [{ id: 'id' in entity ? entity.id : key, why: error instanceof Error ? error.message : String(error) }]
    }
  })
  const last = page.length < PAGE ? undefined : page.at(-1)?.key
  return { looked: page.length, found, ...(last === undefined ? {} : { next: last }) }
}

/** Tells the host of each such record once, a part of the store at every run. */
export function inspection(): Job {
  const told = new Set<string>()
  let after: string | undefined
  return {
    name: 'unreadable',
    async run({ engine, store, report }) {
      let count = 0
      for (let looked = 0; looked < RUN; looked += PAGE) {
        const { found, next } = await inspect(engine, store, after)
        for (const { id, why } of found) {
          count += 1
          if (told.has(id)) continue
          told.add(id)
          report(new Error(`the policy cannot read record \`${id}\`, so nobody sees it: ${why}`))
        }
        after = next
        if (after === undefined) break
      }
      return count
    },
  }
}
