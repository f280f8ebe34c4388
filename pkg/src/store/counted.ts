/**
 * What a host counts about a community for one call: whether any record is in it that a guard keeps out elsewhere, whether
 * any request waits for it. The engine says which lists hold such records and whether one of them counts; the database finds
 * them. Nothing of it is stored: it is put into the facts of that call, under `counted`.
 */

import type { SyncEngine } from '../sync/engine.js'
import { whole } from '../sync/whole.js'
import type { CommunityFact, FactsInput, Key, Revision } from '../types.js'
import type { HostStore } from './host.js'
import { StoreError } from './store.js'

export type Counter = Pick<SyncEngine, 'counting' | 'counts'>

type CountedName = keyof NonNullable<CommunityFact['counted']>
type CountedKey = { relation: 'community'; id: string; field: CountedName }

/** Every field that is counted; the compiler asks for it. */
const COUNTED: { [name in CountedName]: true } = { guarded_records: true, open_requests: true }

/** Hits a list gives at once. One that counts is enough. */
const PAGE = 100

/** Reads of all that is wanted, each at one revision. */
const TRIES = 3

/** The facts that are wanted, as a host's store holds them, with what must be counted. */
export async function factsOf(
  store: Pick<HostStore, 'facts' | 'list'>,
  engine: Counter,
  wanted: Key[],
): Promise<FactsInput> {
  const counted = wanted.filter(isCounted)
  for (let tries = 0; tries < TRIES; tries++) {
    const facts = whole(await store.facts(wanted))
    const found = counted.length === 0 ? facts : await withCounts(store, engine, counted, facts)
    if (found !== null) return found
  }
  throw new StoreError('conflict', 'others wrote while records were counted; try again')
}

/** Null: the store moved on between the facts and a count. */
async function withCounts(
  store: Pick<HostStore, 'list'>,
  engine: Counter,
  counted: CountedKey[],
  facts: FactsInput,
): Promise<FactsInput | null> {
  const communities = new Map(Object.entries(facts.communities ?? {}))
  for (const key of counted) {
    const community = communities.get(key.id)
    if (community === undefined) continue
    const any = await isAny(store, engine, key, facts)
    if (any === null) return null
    communities.set(key.id, { ...community, counted: { ...community.counted, [key.field]: any } })
  }
  return { ...facts, communities: Object.fromEntries(communities) }
}

async function isAny(
  store: Pick<HostStore, 'list'>,
  engine: Counter,
  key: CountedKey,
  facts: FactsInput,
): Promise<boolean | null> {
  const revision: Revision | undefined = facts.revision
  for (const { type, where } of engine.counting(key)) {
    let after: string | undefined
    do {
      const page = await store.list({ type, where, limit: PAGE, ...(after !== undefined && { after }) })
      if (page.revision !== revision) return null
      // A condition may mean more records than count.
      if (page.hits.some(({ value }) => engine.counts(key, value, facts))) return true
      after = page.next
    } while (after !== undefined)
  }
  return false
}

function isCounted(key: Key): key is CountedKey {
  return key.relation === 'community' && 'field' in key && key.field !== undefined && Object.hasOwn(COUNTED, key.field)
}
