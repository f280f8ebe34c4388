/** What one user sees, out of the store at one revision. The engine decides what that is; here it is fetched for it. */

import { whole } from '../../sync/whole.js'
import type { HostStore } from '../../store/host.js'
import type { ClosedRelation, Entry, Scope } from '../../sync/protocol.js'
import type { FactsInput, JsonObject, Key, Revision, Subject } from '../../types.js'
import { Problem } from '../problem.js'
import { rowName } from './cells.js'
import { digest } from './digest.js'
import { sameRevision } from './steady.js'
import type { Sync } from './sync.js'

export interface Projected {
  entry: Entry
  /** Stands for the entry as it is. */
  hash: string
}

/** All of a view but its records. */
export interface Base {
  /** What it was made of; records are projected over the same. */
  facts: FactsInput
  entries: Map<string, Projected>
  closed: ClosedRelation[]
  /** Stands for all of it. */
  digest: string
}

export interface Asking {
  subject: Subject
  user: string
  subs: Scope[]
}

/** Records are projected so many at a time. */
const BATCH = 500

/** Without an id: all of them. */
const ALL_COMMUNITIES = { relation: 'community' } as unknown as Key

export async function baseAt(sync: Sync, asking: Asking, revision: Revision): Promise<Base> {
  return baseOf(sync, asking, await factsOf(sync.context.store, asking.user, revision))
}

/** As `baseAt`, of facts that are at hand. */
export function baseOf(sync: Sync, { subject, subs }: Asking, facts: FactsInput): Base {
  const { entries, closed } = sync.context.engine.projectBase({ subject, subs }, facts)
  const found = named(entries)
  const lines = [...found].map(([name, { hash }]) => `${name} ${hash}`).sort()
  return { facts, entries: found, closed, digest: digest(`${lines.join('\n')}\n\n${JSON.stringify(closed)}`) }
}

/** Some records as the user sees them; those it may not see are left out. */
export function recordsOf(
  sync: Sync,
  { subject }: Asking,
  base: Base,
  records: { [id: string]: JsonObject },
): Map<string, Projected> {
  if (Object.keys(records).length === 0) return new Map()
  return named(sync.context.engine.projectRecords({ subject, records }, base.facts))
}

/** Everything the user sees within what its device holds. */
export async function wholeView(
  sync: Sync,
  asking: Asking,
  base: Base,
  revision: Revision,
): Promise<Map<string, Projected>> {
  const all = new Map(base.entries)
  for await (const records of recordsWithin(sync, asking, base.facts, revision)) {
    for (const [name, projected] of recordsOf(sync, asking, base, records)) all.set(name, projected)
    if (all.size > sync.options.entries) {
      const message = `more than ${sync.options.entries} entries; subscribe to communities instead of everything`
      throw new Problem(413, 'view_too_large', `subs: ${message}`, { path: 'subs' })
    }
  }
  return all
}

/** These records as the user sees them. */
export async function someRecords(
  sync: Sync,
  asking: Asking,
  base: Base,
  ids: string[],
  revision: Revision,
): Promise<Map<string, Projected>> {
  const all = new Map<string, Projected>()
  for (let from = 0; from < ids.length; from += BATCH) {
    const keys = ids.slice(from, from + BATCH).map((id): Key => ({ relation: 'record', id }))
    const facts = whole(await sync.context.store.facts(keys))
    sameRevision(facts.revision, revision)
    for (const [name, projected] of recordsOf(sync, asking, base, facts.records ?? {})) all.set(name, projected)
  }
  return all
}

/** Whether a record belongs to what the device holds. */
export function isWithin(sync: Sync, { subject, subs }: Asking, facts: FactsInput, record: JsonObject): boolean {
  const { engine } = sync.context
  const type = engine.columns(record).type
  return subs.some((scope) => {
    const filter = engine.filter({ subject, action: 'read', type, scope }, facts)
    try {
      return filter.matches(record)
    } finally {
      filter.free()
    }
  })
}

/**
 * All that a projection may look at but the records: every community (the engine conceals those it must), the user, its
 * access, and who is with it in its communities.
 */
async function factsOf(store: HostStore, user: string, revision: Revision): Promise<FactsInput> {
  const own: Key[] = [
    { relation: 'user', id: user },
    { relation: 'membership', where: { user } },
  ]
  const mine = whole(await store.facts(own))
  sameRevision(mine.revision, revision)
  const communities = new Set((mine.memberships ?? []).map(({ community }) => community))
  const members = [...communities].map((community): Key => ({ relation: 'membership', where: { community } }))
  const facts = whole(await store.facts([...own, ...members, { relation: 'access', where: {} }, ALL_COMMUNITIES]))
  sameRevision(facts.revision, revision)
  return facts
}

async function* recordsWithin(
  sync: Sync,
  { subject, subs }: Asking,
  facts: FactsInput,
  revision: Revision,
): AsyncGenerator<{ [id: string]: JsonObject }> {
  const { engine, store } = sync.context
  const seen = new Set<string>()
  for (const scope of subs) {
    for (const { key: type } of engine.policy.types) {
      const filter = engine.filter({ subject, action: 'read', type, scope }, facts)
      const { where } = filter
      filter.free()
      let after: string | undefined
      do {
        const page = await store.list({ where, type, limit: BATCH, ...(after !== undefined && { after }) })
        sameRevision(page.revision, revision)
        const fresh = page.hits.filter(({ id }) => !seen.has(id))
        for (const { id } of fresh) seen.add(id)
        // `fromEntries` defines properties; assigning would trip over a record whose id is `__proto__`.
        yield Object.fromEntries(fresh.map(({ id, value }) => [id, value]))
        after = page.next
      } while (after !== undefined)
    }
  }
}

function named(entries: Entry[]): Map<string, Projected> {
  return new Map(entries.map((entry) => [rowName(entry.k), { entry, hash: digest(JSON.stringify(entry)) }]))
}
