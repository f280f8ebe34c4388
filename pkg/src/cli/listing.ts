/** Records of a type that somebody may read, as they see them, a page after the other. */

import type { HostStore } from '../store/host.js'
import { firstWith, type Page } from '../store/list/first.js'
import type { SyncEngine } from '../sync/engine.js'
import { missingIn } from '../sync/where.js'
import type { Filter, Key, RecordView, Subject, Where } from '../types.js'
import { settle } from './operate.js'

export interface Wanted {
  subject: Subject
  type: string
  states?: string[]
  community?: string
  /** Those with this in a field come first: `open_access=true`. */
  first?: string
  /** At most so many. */
  limit: number
}

/** A record as it is seen, with its type. */
export interface Listed extends RecordView {
  type: string
}

/** Records looked at in one go. */
const PAGE = 100

/** What is there up to the limit, and whether there is more. */
export async function listed(
  engine: SyncEngine,
  store: HostStore,
  { subject, type, states, community, first, limit }: Wanted,
): Promise<{ found: Listed[]; more: boolean }> {
  const where = await conditionFor(engine, store, subject, type)
  const pageOf = (part: (where: Where) => Where, limit: number, after?: string): Promise<Page> =>
    store.list({
      where: part(where),
      type,
      order: 'id',
      limit,
      ...(states !== undefined && { states }),
      ...(community !== undefined && { community }),
      ...(after !== undefined && { after }),
    })
  const found: Listed[] = []
  let after: string | undefined
  do {
    const page: Page = await (first === undefined
      ? pageOf((where) => where, PAGE, after)
      : firstWith(first, PAGE, after, pageOf))
    for (const { id, value } of page.hits) {
      const view = await seen(engine, store, subject, { type, id, properties: value })
      if (view) found.push({ ...view, type })
      if (found.length > limit) return { found: found.slice(0, limit), more: true }
    }
    after = page.next
  } while (after !== undefined)
  return { found, more: false }
}

/** The rule for reading, with the subject folded in and nothing unknown left. */
async function conditionFor(engine: SyncEngine, store: HostStore, subject: Subject, type: string): Promise<Where> {
  const filter = await filterFor(engine, store, subject, type)
  filter.free()
  return filter.where
}

/** The same, to be asked of records one by one too. Whoever asked for it frees it. */
export async function filterFor(engine: SyncEngine, store: HostStore, subject: Subject, type: string): Promise<Filter> {
  const user: Key[] =
    subject.type === 'user'
      ? [
          { relation: 'user', id: String(subject.id) },
          { relation: 'membership', where: { user: String(subject.id) } },
        ]
      : []
  let found: Filter | undefined
  const { value } = await settle(
    engine,
    store,
    (facts) => {
      found?.free()
      found = engine.filter({ subject, action: 'read', type }, facts)
      return { value: found, missing: missingIn(found.where) }
    },
    [{ relation: 'community' }, { relation: 'access', where: {} }, ...user],
  )
  return value
}

async function seen(
  engine: SyncEngine,
  store: HostStore,
  subject: Subject,
  resource: { type: string; id: string; properties: RecordView['record'] },
): Promise<RecordView | undefined> {
  const { value } = await settle(engine, store, (facts) => {
    const result = engine.step({ do: 'read', subject, resource }, facts)
    return { value: result, missing: result.t === 'need' ? result.wanted : [] }
  })
  return value.t === 'done' && value.outcome === 'ok' ? value.view : undefined
}
