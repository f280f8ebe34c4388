/**
 * A device's view: what it was last shown of every entity, kept as rows beside the facts. Looking at it brings the rows
 * up to date with what its user may see now, and says what changed since a revision of the view.
 *
 * The view's revision moves only if the projection did. Whatever else happens in the store leaves no trace here.
 */

import type { Entry, Op, Scope } from '../../sync/protocol.js'
import type { Revision } from '../../types.js'
import type { Device, Proofs, Row, Stored } from './cells.js'
import { deviceKey, isShort, keyOfRow, newDevice, proofsKey, readDevice, readRows, rowPrefix } from './cells.js'
import { digest } from './digest.js'
import { DAY } from './options.js'
import type { Asking, Base, Projected } from './project.js'
import { baseAt, someRecords, wholeView } from './project.js'
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
  /** What changed; null where that is no longer known, or was not asked for. */
  ops: Op[] | null
  /** All of it, in order; null where it was not asked for. */
  entries: Entry[] | null
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
  const isExact = before.at === revision && before.asked === asked && before.out === undefined
  const found = isExact ? await unmoved(sync, wish, asking, next, revision) : null
  const { view, cells } = found ?? (await computed(sync, wish, asking, next, revision))
  await keep(sync, wish.device, stored, view.device, cells)
  return view
}

/** A view that depends on this much beside the store. */
function askedText(sync: Sync, { subject, subs }: Asking): string {
  return digest(JSON.stringify([subject, subs, sync.context.engine.policy.hash]))
}

interface Found {
  view: View
  cells: { key: string; text: string | null }[]
}

/** Nothing was written since: nothing but what is asked for is projected. */
async function unmoved(
  sync: Sync,
  wish: Wish,
  asking: Asking,
  device: Device,
  revision: Revision,
): Promise<Found | null> {
  const text = await sync.context.store.cell(proofsKey(wish.device))
  if (text === null) return null
  const proofs = JSON.parse(text) as Proofs
  const { since } = wish
  if (since === undefined || since === device.rev) {
    return { view: { device, proofs, ops: since === undefined ? null : [], entries: null }, cells: [] }
  }
  const base = await baseAt(sync, asking, revision)
  if (since === 'start' || since < device.floor) {
    const all = await wholeView(sync, asking, base, revision)
    return { view: { device, proofs, ops: null, entries: inOrder(all) }, cells: [] }
  }
  const rows = new Map([...(await readRows(sync.context.store, wish.device))].filter(([, { r }]) => r > since))
  const ids = [...rows].flatMap(([name, row]) => {
    const key = keyOfRow(name, row)
    return key.relation === 'record' && row.gone === undefined ? [key.id] : []
  })
  const all = new Map([...base.entries, ...(await someRecords(sync, asking, base, ids, revision))])
  return { view: { device, proofs, ops: opsOf(rows, all, since), entries: null }, cells: [] }
}

/** All of the view is projected and compared with its rows. */
async function computed(sync: Sync, wish: Wish, asking: Asking, before: Device, revision: Revision): Promise<Found> {
  const { store } = sync.context
  const base = await baseAt(sync, asking, revision)
  const all = await wholeView(sync, asking, base, revision)
  const [rows, proofsText] = await Promise.all([readRows(store, wish.device), store.cell(proofsKey(wish.device))])
  sameRevision(await store.revision(), revision)
  const rev = before.rev + 1
  const changed = changedRows(rows, all, rev, sync.context.now())
  const proofs = proofsOf(base, all, proofsText === null ? null : (JSON.parse(proofsText) as Proofs), rev)
  const text = JSON.stringify(proofs)
  const moved = changed.size > 0 || text !== proofsText
  const device: Device = { ...before, at: revision, base: base.digest, ...(moved && { rev, ground: rev }) }
  const cells = [...changed].map(([name, row]) => ({ key: rowPrefix(wish.device) + name, text: JSON.stringify(row) }))
  if (text !== proofsText) cells.push({ key: proofsKey(wish.device), text })
  const { since } = wish
  const reaches = typeof since === 'number' && since >= before.floor && since <= device.rev
  const ops = reaches ? opsOf(new Map([...rows, ...changed]), all, since) : null
  return { view: { device, proofs, ops, entries: since === undefined || reaches ? null : inOrder(all) }, cells }
}

/** Rows that no longer say what the user sees. */
function changedRows(rows: Map<string, Row>, all: Map<string, Projected>, rev: number, now: number): Map<string, Row> {
  const changed = new Map<string, Row>()
  for (const [name, { hash, entry }] of all) {
    if (rows.get(name)?.h === hash) continue
    changed.set(name, { h: hash, r: rev, ...(isShort(name) && { k: entry.k }) })
  }
  for (const [name, row] of rows) {
    if (row.gone !== undefined || all.has(name)) continue
    changed.set(name, { h: null, r: rev, gone: now, ...(row.k && { k: row.k }) })
  }
  return changed
}

/** A community that comes back gets another key: what the device kept under the former one stays closed. */
function proofsOf(base: Base, all: Map<string, Projected>, before: Proofs | null, rev: number): Proofs {
  const names = new Set([...all.values()].flatMap(({ entry }) => (entry.seal === undefined ? [] : [entry.seal])))
  const seals = new Map(Object.entries(before?.seals ?? {}))
  return {
    closed: base.closed,
    seals: Object.fromEntries([...names].sort().map((community) => [community, seals.get(community) ?? rev])),
  }
}

function opsOf(rows: Map<string, Row>, all: Map<string, Projected>, since: number): Op[] {
  const ops: [name: string, op: Op][] = []
  for (const [name, row] of rows) {
    if (row.r <= since) continue
    const projected = all.get(name)
    if (row.gone !== undefined) ops.push([name, { op: 'del', k: keyOfRow(name, row) }])
    else if (projected !== undefined) ops.push([name, { op: 'put', ...projected.entry }])
    // The rows say it is there and the projection does not: they are not of one revision.
    else throw new Moved()
  }
  return byName(ops)
}

function inOrder(all: Map<string, Projected>): Entry[] {
  return byName([...all].map(([name, { entry }]): [string, Entry] => [name, entry]))
}

/** An order that does not depend on what else there is in the store. */
function byName<T>(pairs: [name: string, value: T][]): T[] {
  return pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value)
}

/** Writes what changed, if the device still stands where it was read. */
async function keep(
  sync: Sync,
  id: string,
  stored: Stored<Device> | null,
  device: Device,
  cells: Found['cells'],
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
