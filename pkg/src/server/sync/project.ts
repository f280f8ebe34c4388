/** What one user sees, out of the store at one revision. The engine decides what that is; here it is fetched for it. */

import type { Facts } from '../../checker.js'
import { whole } from '../../sync/whole.js'
import { object, once } from '../../policy-words.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { ClosedRelation, Entry, Scope } from '../../sync/protocol.js'
import type { EntityKey, FactsInput, Filter, JsonObject, Key, Revision, Subject } from '../../types.js'
import { momentOf } from '../context/settle.js'
import { Problem } from '../problem.js'
import { turn } from '../turn.js'
import { recordTypes } from '../types.js'
import type { Row } from './cells.js'
import { keyOfRow, rowName } from './cells.js'
import { digest } from './digest.js'
import { sameRevision } from './steady.js'
import type { Sync } from './sync.js'

/** One entry as its user sees it. As text, because a view has tens of thousands and most are only compared, or sent. */
export interface Projected {
  k: EntityKey
  seal: string | undefined
  text: string
  /** Stands for the entry as it is. */
  hash: string
  /** The moment from which on it looks otherwise, though nothing is written: an answer that travels with it ends then. */
  until?: number
}

/** All of a view but its records. */
export interface Base {
  /** What it was made of; records are projected over the same. */
  facts: FactsInput
  /** The same, read once; whoever made the base frees them. */
  read: Facts
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
const ALL_LISTS: Key = { relation: 'acl' }

export async function baseAt(sync: Sync, asking: Asking, revision: Revision): Promise<Base> {
  const facts = await factsOf(sync, asking, revision)
  return baseOf(sync, asking, { ...facts, time: momentOf(sync.context.now) })
}

/** Runs `work` on the base at a revision. */
export async function withBase<T>(
  sync: Sync,
  asking: Asking,
  revision: Revision,
  work: (base: Base) => Promise<T>,
): Promise<T> {
  const base = await baseAt(sync, asking, revision)
  try {
    return await work(base)
  } finally {
    base.read.free()
  }
}

/** As `baseAt`, of facts that are at hand. */
export function baseOf(sync: Sync, { subject, subs }: Asking, facts: FactsInput): Base {
  const { engine } = sync.context
  const read = engine.facts(facts)
  const { entries, closed } = engine.projectBase({ subject, subs }, read)
  const found = named(entries)
  const lines = [...found].map(([name, { hash }]) => `${name} ${hash}`).sort()
  return { facts, read, entries: found, closed, digest: digest(`${lines.join('\n')}\n\n${JSON.stringify(closed)}`) }
}

/** A membership no rule about this user looks at. To which groups it belongs is the engine's to know. */
export function isOthers(key: EntityKey, user: string): boolean {
  return key.relation === 'membership' && key.user !== undefined && key.user !== user
}

/** The communities whose members the facts hold. */
export function membersHeld({ complete }: FactsInput): Set<string> {
  const proofs = complete === true ? [] : complete || []
  return new Set(proofs.flatMap(({ relation, where }) => (relation === 'membership' && where?.community) || []))
}

/** Some records as the user sees them; those it may not see are left out. */
export function recordsOf(
  sync: Sync,
  { subject }: Asking,
  base: Base,
  records: { [id: string]: JsonObject },
): Map<string, Projected> {
  if (Object.keys(records).length === 0) return new Map()
  return named(sync.context.engine.projectRecords({ subject, records }, base.read))
}

/** Everything the user sees within what its device holds; where others write meanwhile, some of it as it was before. */
export async function wholeView(sync: Sync, asking: Asking, base: Base): Promise<Map<string, Projected>> {
  const all = new Map(base.entries)
  for await (const records of recordsWithin(sync, asking, base.read)) {
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
  for await (const records of recordsAt(sync, ids, revision)) {
    for (const [name, projected] of recordsOf(sync, asking, base, records)) all.set(name, projected)
  }
  return all
}

/** Those of these records that are there, batch by batch. */
export async function* recordsAt(
  sync: Sync,
  ids: string[],
  revision: Revision,
): AsyncGenerator<{ [id: string]: JsonObject }> {
  for (let from = 0; from < ids.length; from += BATCH) {
    if (from > 0) await turn()
    const keys = ids.slice(from, from + BATCH).map((id): Key => ({ relation: 'record', id }))
    const { revision: now, records = {} } = await sync.context.store.facts(keys)
    sameRevision(now, revision)
    yield records
  }
}

/** The ids of records among the rows that are shown. */
export function recordsIn(rows: Map<string, Row>): string[] {
  return [...rows].flatMap(([name, row]) => {
    const key = keyOfRow(name, row)
    return key.relation === 'record' && row.gone === undefined ? [key.id] : []
  })
}

/** Of these records, those that belong to what the device holds. Throws for one the policy cannot read. */
export function within(
  sync: Sync,
  { subject, subs }: Asking,
  { read }: Base,
  records: { [id: string]: JsonObject },
): { [id: string]: JsonObject } {
  const { engine } = sync.context
  const filters = new Map<string, Filter[]>()
  const filtersOf = (type: string): Filter[] => {
    const found = filters.get(type)
    if (found !== undefined) return found
    const made = subs.flatMap((scope) =>
      sights(sync, type).map((action) => engine.filter({ subject, action, type, scope }, read)),
    )
    filters.set(type, made)
    return made
  }
  try {
    const held = Object.entries(records).filter(([id, record]) => {
      const { type } = engine.columns(record)
      return filtersOf(type).some((filter) => filter.matches(record, id))
    })
    return Object.fromEntries(held)
  } finally {
    for (const filter of [...filters.values()].flat()) filter.free()
  }
}

/**
 * All that a projection may look at but the records: every community (the engine conceals those it must), the user, its
 * access, access lists where the policy knows any, and who is a member where the device asks for that. The engine says what of
 * them is shown.
 */
async function factsOf(sync: Sync, { user, subs }: Asking, revision: Revision): Promise<FactsInput> {
  const { store } = sync.context
  const own: Key[] = [
    { relation: 'user', id: user },
    { relation: 'membership', where: { user } },
  ]
  const mine = whole(await store.facts([...own, ALL_COMMUNITIES]))
  sameRevision(mine.revision, revision)
  const communities = new Set((mine.memberships ?? []).map(({ community }) => community))
  if (showsOthers(sync.context.engine))
    for (const id of asked(subs, Object.keys(mine.communities ?? {}), sync)) communities.add(id)
  const members = [...communities].map((community): Key => ({ relation: 'membership', where: { community } }))
  const lists = sync.context.engine.document.acls === undefined ? [] : [ALL_LISTS]
  const rows: Key = { relation: 'access', where: {} }
  const facts = await sync.context.facts([...own, ...members, rows, ALL_COMMUNITIES, ...lists])
  sameRevision(facts.revision, revision)
  return facts
}

/** Whether the policy shows members to anybody outside of their community. */
const showsOthers = once(({ document }: SyncEngine) => {
  const { members_public, members_pending } = object(document.community)
  return members_public !== undefined || members_pending !== undefined
})

/**
 * Communities a device holds as such. Whoever holds everything gets the members of few communities, or of none: of more it
 * subscribes to those it wants.
 */
function asked(subs: Scope[], all: string[], { options }: Sync): string[] {
  if (subs.includes('everywhere') && all.length <= options.communities) return all
  return subs.flatMap((scope) => (typeof scope === 'string' ? [] : [scope.community]))
}

/** What shows somebody a record: that they may read it or, once it is gone, see its tombstone. */
function sights({ context: { engine } }: Sync, type: string): string[] {
  const { policy, document } = engine
  const machine = [policy, ...policy.machines].find(({ types }) => types.some(({ key }) => key === type))
  const { action } = object(document.tombstone)
  return typeof action === 'string' && machine?.actions.includes(action) ? ['read', action] : ['read']
}

async function* recordsWithin(
  sync: Sync,
  { subject, subs }: Asking,
  facts: Facts,
): AsyncGenerator<{ [id: string]: JsonObject }> {
  const { engine, store } = sync.context
  const seen = new Set<string>()
  for (const scope of subs) {
    const asked = recordTypes(engine).flatMap(({ key: type }) => sights(sync, type).map((action) => ({ type, action })))
    for (const { type, action } of asked) {
      const filter = engine.filter({ subject, action, type, scope }, facts)
      const { where } = filter
      filter.free()
      let after: string | undefined
      do {
        if (after !== undefined) await turn()
        const page = await store.list({ where, type, limit: BATCH, ...(after !== undefined && { after }) })
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
  return new Map(
    entries.map((entry) => {
      const text = JSON.stringify(entry)
      const answers = Object.values(entry.derived ?? {})
      const until = earliest(answers.map((answer) => (typeof answer === 'string' ? undefined : answer.until)))
      const more = until === undefined ? {} : { until }
      return [rowName(entry.k), { k: entry.k, seal: entry.seal, text, hash: digest(text), ...more }]
    }),
  )
}

/** The first of the moments that are known. */
export function earliest(moments: Iterable<number | undefined>): number | undefined {
  let first: number | undefined
  for (const moment of moments) if (moment !== undefined && (first === undefined || moment < first)) first = moment
  return first
}
