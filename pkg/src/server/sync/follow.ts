/**
 * Bringing a view up to date after somebody else's writes, at a cost that goes with what they wrote. A record as its
 * user sees it is made of the record and of what the rest of the view is made of (`factsOf` in `project.ts`), so where
 * nothing of the latter was written, only the records that were can look different. Anything else is looked at whole.
 */

import { keyOf } from '../../store/entities.js'
import { readable } from '../../store/sql/readable.js'
import type { JsonObject, Revision } from '../../types.js'
import { cellsOfRows, readProofs, readRowsSince, readSomeRows, rowName } from './cells.js'
import type { Asking, Base, Projected } from './project.js'
import {
  earliest,
  isOthers,
  membersHeld,
  recordsAt,
  recordsIn,
  recordsOf,
  someRecords,
  withBase,
  within,
} from './project.js'
import { changedRows, growthOf, opsOf } from './rows.js'
import { Moved, isDisturbance, sameRevision } from './steady.js'
import type { Sync } from './sync.js'
import type { Found, Looking } from './view.js'

/** More changed entities than this are no saving. */
const LIMIT = 1000
/** Reading the records that others wrote is short work, and seldom disturbed twice. */
const TRIES = 5

/** Null where all of the view must be looked at. */
export async function followed(sync: Sync, looking: Looking): Promise<Found | null> {
  const { wish, asking, before, next, revision } = looking
  const { store } = sync.context
  const { since } = wish
  if (before.at === null || before.size === undefined) return null
  if (since === 'start' || (since !== undefined && since < before.floor)) return null
  const changed = await store.changed(before.at, LIMIT)
  const proofs = await readProofs(store, wish.device)
  if (changed === null || proofs === null) return null
  sameRevision(changed.revision, revision)
  const size = before.size
  return withBase(sync, asking, revision, async (base) => {
    const ids = recordsAmong(changed.keys, asking.user, base)
    if (ids === null || base.digest !== before.base) return null
    const seen = await held(sync, asking, base, ids, revision)
    const rows = await readSomeRows(
      store,
      wish.device,
      ids.map((id) => rowName({ relation: 'record', id })),
    )
    const rev = before.rev + 1
    const moves = changedRows(rows, seen, rev, sync.context.now())
    const grown = size + growthOf(rows, moves)
    // Whoever looks at everything says why it is too much.
    if (grown > sync.options.entries) return null
    const earlier = since === undefined ? null : await readRowsSince(store, wish.device, since, before.rev)
    let ops: string[] | null = null
    if (since !== undefined && earlier !== null) {
      const others = recordsIn(earlier).filter((id) => !seen.has(rowName({ relation: 'record', id })))
      const all = new Map([...base.entries, ...(await someRecords(sync, asking, base, others, revision)), ...seen])
      ops = opsOf(new Map([...earlier, ...moves]), all, since)
    }
    sameRevision(await store.revision(), revision)
    const moved = moves.size > 0 && { rev, ground: rev }
    const due = earliest([next.due, ...Array.from(seen.values(), ({ until }) => until)])
    const device = { ...next, at: revision, size: grown, ...(due !== undefined && { due }), ...moved }
    const cells = moves.size > 0 ? cellsOfRows(wish.device, rev, moves) : []
    return { view: { device, proofs, ops, entries: null }, cells }
  })
}

/** The records among what was written; null if something else was that the view may be made of. */
function recordsAmong(keys: string[], user: string, { facts }: Base): string[] | null {
  // Members of other communities are not looked at. Of which communities the user is a member did not change, or all is.
  const looked = membersHeld(facts)
  const ids: string[] = []
  for (const text of keys) {
    const key = keyOf(text)
    if (key.relation === 'record') ids.push(key.id)
    else if (key.relation === 'user' && key.id !== user) continue
    else if (key.relation === 'membership' && isOthers(key, user) && !looked.has(key.community)) continue
    else return null
  }
  return ids
}

/**
 * Makes a view out of what was read of it while others wrote, beginning at this revision: what they wrote is read again. Returns
 * the revision of which it is then. Whatever else than records they wrote, all of it must be looked at again.
 */
export async function caughtUp(
  sync: Sync,
  { asking, revision }: Looking,
  base: Base,
  all: Map<string, Projected>,
): Promise<Revision> {
  const { store } = sync.context
  for (let tries = 1; ; tries++) {
    if ((await store.revision()) === revision) return revision
    const changed = await store.changed(revision, LIMIT)
    const ids = changed && recordsAmong(changed.keys, asking.user, base)
    if (changed === null || ids === null) throw new Moved()
    try {
      const seen = await held(sync, asking, base, ids, changed.revision)
      for (const id of ids) all.delete(rowName({ relation: 'record', id }))
      for (const [name, projected] of seen) all.set(name, projected)
      return changed.revision
    } catch (error) {
      if (tries === TRIES || !isDisturbance(error)) throw error
    }
  }
}

/** Those of these records that the user may see and the device holds. */
async function held(
  sync: Sync,
  asking: Asking,
  base: Base,
  ids: string[],
  revision: Revision,
): Promise<Map<string, Projected>> {
  const { engine } = sync.context
  const seen = new Map<string, Projected>()
  for await (const records of recordsAt(sync, ids, revision)) {
    const known: [string, JsonObject][] = Object.entries(records).filter(
      ([, record]) => readable(engine, record) !== null,
    )
    const all = recordsOf(sync, asking, base, within(sync, asking, base, Object.fromEntries(known)))
    for (const [name, projected] of all) seen.set(name, projected)
  }
  return seen
}
