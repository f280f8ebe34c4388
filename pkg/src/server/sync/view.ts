/**
 * A device's view: what it was last shown of every entity, kept as rows beside the facts. Looking at it brings the rows
 * up to date with what its user may see now, and says what changed since a revision of the view.
 *
 * The view's revision moves only if the projection did. Whatever else happens in the store leaves no trace here.
 */

import type { Scope } from '../../sync/protocol.js'
import type { Revision } from '../../types.js'
import type { CellText, Device, Proofs, Stored } from './cells.js'
import {
  cellsOfRows,
  deviceKey,
  newDevice,
  proofsKey,
  readDevice,
  readProofs,
  readRows,
  readRowsSince,
} from './cells.js'
import { digest } from './digest.js'
import { caughtUp, followed } from './follow.js'
import { DAY } from './options.js'
import type { Asking, Base, Projected } from './project.js'
import { earliest, recordsIn, someRecords, wholeView, withBase } from './project.js'
import { changedRows, inOrder, opsOf } from './rows.js'
import { Moved, sameRevision, steadily } from './steady.js'
import type { Owner, Sync } from './sync.js'
import { NotYours, behind } from './sync.js'

export interface Wish extends Owner {
  /** What the device holds; left out: what it held last. */
  subs?: Scope[]
  /** Says what changed since this revision of the view, or gives all of it; left out: neither. */
  since?: number | 'start'
  /** Verdicts up to this number are stored on the device. */
  acked?: number
}

export interface View {
  device: Device
  proofs: Proofs
  /** What changed, as texts; null where that is no longer known, or was not asked for. */
  ops: string[] | null
  /** All of it, in order; null where it was not asked for. */
  entries: Projected[] | null
}

/** A view as it is found, and what is written to keep it so. */
export interface Found {
  view: View
  cells: CellText[]
}

/** One look: the store at one revision, and the device as it stood before. */
export interface Looking {
  wish: Wish
  asking: Asking
  before: Device
  /** The device as it stands afterwards, but for what looking finds. */
  next: Device
  revision: Revision
}

export function look(sync: Sync, wish: Wish): Promise<View> {
  return steadily(sync.context.store, () => lookOnce(sync, wish))
}

async function lookOnce(sync: Sync, wish: Wish): Promise<View> {
  const { context } = sync
  const { store, engine } = context
  const stored = await readDevice(store, wish.device)
  if (stored !== null && stored.value.user !== wish.user) throw new NotYours()
  const before = stored?.value ?? newDevice(wish.user)
  if (typeof wish.since === 'number' && wish.since > before.rev) throw behind()
  const revision = await store.revision()
  const asking = { subject: wish.subject, user: wish.user, subs: wish.subs ?? before.subs }
  const asked = askedText(sync, asking)
  const now = { seen: Math.floor(context.now() / DAY), acked: Math.max(before.acked, wish.acked ?? 0) }
  const next: Device = { ...before, ...now, subs: asking.subs, asked, bundle: engine.policy.hash }
  delete next.out
  const looking: Looking = { wish, asking, before, next, revision }
  const isOver = before.due !== undefined && before.due <= context.now()
  const isKnown = before.at !== null && before.asked === asked && before.out === undefined && !isOver
  const found = isKnown ? await (before.at === revision ? unmoved : followed)(sync, looking) : null
  const { view, cells } = found ?? (await computed(sync, looking))
  await keep(sync, wish.device, stored, view.device, cells)
  return view
}

/** A view that depends on this much beside the store. What a secret link is good for ends at a moment no write tells of. */
function askedText(sync: Sync, { subject, subs }: Asking): string {
  const { engine, now } = sync.context
  const timed = subject.type !== 'system' && (subject.properties?.links ?? []).length > 0
  return digest(JSON.stringify([subject, subs, engine.policy.hash, ...(timed ? [now()] : [])]))
}

/** Nothing was written since: nothing but what is asked for is projected. */
async function unmoved(sync: Sync, { wish, asking, next: device, revision }: Looking): Promise<Found | null> {
  const { store } = sync.context
  const proofs = await readProofs(store, wish.device)
  if (proofs === null) return null
  const { since } = wish
  if (since === undefined || since === device.rev) {
    return { view: { device, proofs, ops: since === undefined ? null : [], entries: null }, cells: [] }
  }
  return withBase(sync, asking, revision, async (base) => {
    if (since === 'start' || since < device.floor) {
      const all = await wholeView(sync, asking, base)
      sameRevision(await store.revision(), revision)
      return { view: { device, proofs, ops: null, entries: inOrder(all) }, cells: [] }
    }
    const rows = await readRowsSince(store, wish.device, since, device.rev)
    const seen = new Map([...base.entries, ...(await someRecords(sync, asking, base, recordsIn(rows), revision))])
    return { view: { device, proofs, ops: opsOf(rows, seen, since), entries: null }, cells: [] }
  })
}

/** All of the view is projected and compared with its rows. */
function computed(sync: Sync, looking: Looking): Promise<Found> {
  const { store } = sync.context
  const { wish, asking, next: before, revision } = looking
  return withBase(sync, asking, revision, async (base) => {
    const all = await wholeView(sync, asking, base)
    const at = await caughtUp(sync, looking, base, all)
    const [rows, held] = await Promise.all([readRows(store, wish.device), readProofs(store, wish.device)])
    const rev = before.rev + 1
    const changed = changedRows(rows, all, rev, sync.context.now())
    const proofs = proofsOf(base, all, held, rev)
    const text = JSON.stringify(proofs)
    const isNew = held === null || text !== JSON.stringify(held)
    const moved = changed.size > 0 || isNew
    const { due: _, ...lasting } = before
    const due = earliest(Array.from(all.values(), ({ until }) => until))
    const device: Device = {
      ...lasting,
      at,
      base: base.digest,
      size: all.size,
      ...(due !== undefined && { due }),
      ...(moved && { rev, ground: rev }),
    }
    const cells = moved ? cellsOfRows(wish.device, rev, changed) : []
    if (isNew) cells.push({ key: proofsKey(wish.device), text })
    const { since } = wish
    const reaches = typeof since === 'number' && since >= before.floor && since <= device.rev
    const ops = reaches ? opsOf(new Map([...rows, ...changed]), all, since) : null
    return { view: { device, proofs, ops, entries: since === undefined || reaches ? null : inOrder(all) }, cells }
  })
}

/** A community that comes back gets another key: what the device kept under the former one stays closed. */
function proofsOf(base: Base, all: Map<string, Projected>, before: Proofs | null, rev: number): Proofs {
  const names = new Set([...all.values()].flatMap(({ seal }) => seal ?? []))
  const seals = new Map(Object.entries(before?.seals ?? {}))
  return {
    closed: base.closed,
    seals: Object.fromEntries([...names].sort().map((community) => [community, seals.get(community) ?? rev])),
  }
}

/** Writes what changed, if the device still stands where it was read. */
async function keep(
  sync: Sync,
  id: string,
  stored: Stored<Device> | null,
  device: Device,
  cells: CellText[],
): Promise<void> {
  const { store } = sync.context
  const text = JSON.stringify(device)
  const before = stored?.text ?? null
  if (text === before) {
    // Nothing to write; but an intent decided meanwhile would belong to this answer.
    if ((await store.cell(deviceKey(id))) !== before) throw new Moved()
    return
  }
  const guards = [{ key: deviceKey(id), text: before }]
  await store.write({ cells: [{ key: deviceKey(id), text }, ...cells], guards })
  if (device.rev !== stored?.value.rev) sync.moved(id, device.rev)
}
