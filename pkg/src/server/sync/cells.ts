/** The bookkeeping of devices in the store's cells: what is kept, under which keys, as which text. */

import { keyOf, keyText } from '../../store/entities.js'
import type { HostStore } from '../../store/host.js'
import { newEpoch } from '../../store/revision.js'
import { StoreError } from '../../store/store.js'
import type { ClosedRelation, Scope, Verdict } from '../../sync/protocol.js'
import type { EntityKey, Revision } from '../../types.js'
import { digest } from './digest.js'

export interface Device {
  user: string
  /** The last intent that was decided. */
  lastN: number
  /** The view's revision. */
  rev: number
  /**
   * Where the store stood when the view was exact: what has changed since then, and nothing else, may be shown otherwise
   * than its rows say. Null: it must be computed anew.
   */
  at: Revision | null
  /** How many entries it has; left out where a server of before computed it. */
  size?: number
  /** The first moment at which some of it looks otherwise though nothing is written; left out where there is none. */
  due?: number
  /** For what it was computed: subject, subscriptions, policy. */
  asked: string
  subs: Scope[]
  /** Content hash of the policy it was computed under. */
  bundle: string
  /** Stands for all of the view but its records. */
  base: string
  /** Predictions made on a view older than this rest on something else than what the server decides on. */
  ground: number
  /** Patches reach back to this revision. */
  floor: number
  /** Verdicts up to this number are stored on the device. */
  acked: number
  /** The day (since 1970) it was last heard of. */
  seen: number
  /** Its view was forgotten, and there may be rows left to remove. */
  out?: true
}

/** What a device was last shown of one entity. */
export interface Row {
  /** Stands for the entry; null once it left the view. */
  h: string | null
  /** The view revision it changed at. */
  r: number
  /** The last view revision at which somebody else changed it, where that is another. */
  f?: number
  /** When it left, in milliseconds since 1970. */
  gone?: number
  /** The entity, where the row's name is not its whole key. */
  k?: EntityKey
}

/** What a view proves, and which seals are in it. */
export interface Proofs {
  closed: ClosedRelation[]
  /** By community: the view revision it came into the view at. */
  seals: { [community: string]: number }
}

/** Who decided an idempotency key, and what came of it: enough to answer once the verdict itself is trimmed. */
export interface Decision {
  device: string
  n: number
  r: Verdict['r']
  code?: Verdict['code']
}

export const DEVICES = 'device/'
export const deviceKey = (device: string): string => DEVICES + device
export const proofsKey = (device: string): string => `proofs/${device}`
export const rowPrefix = (device: string): string => `view/${device}/`
/** Names of rows by the view revision they changed at, for the latest revisions. */
export const movedPrefix = (device: string): string => `moved/${device}/`
const movedKey = (device: string, rev: number): string => movedPrefix(device) + String(rev).padStart(10, '0')
export const verdictPrefix = (device: string): string => `verdict/${device}/`
/** Ten digits, so that the order of the keys is that of the numbers. */
export const verdictKey = (device: string, n: number): string => verdictPrefix(device) + String(n).padStart(10, '0')
export const idemKey = (user: string, idem: string): string =>
  `idem/${short(encodeURIComponent(user))}/${encodeURIComponent(idem)}`

/** The largest number of an intent. */
export const MAX_N = 9_999_999_999

/** A key of a cell may have 1,024 characters, and the ids of an entity may be longer. */
const MAX_PART = 512
const short = (text: string): string => (text.length > MAX_PART ? `~${digest(text)}${text.slice(0, 400)}` : text)

/** The name an entity has among the rows of a view. */
export const rowName = (key: EntityKey): string => short(keyText(key))
export const isShort = (name: string): boolean => name.startsWith('~')

/** The entity a row is about. */
export function keyOfRow(name: string, row: Row): EntityKey {
  return row.k ?? keyOf(name)
}

export function newDevice(user: string): Device {
  const none = { at: null, asked: '', subs: [], bundle: '', base: '' }
  return { user, lastN: 0, rev: 0, ...none, ground: 0, floor: 0, acked: 0, seen: 0 }
}

/** A cell as it is written; null removes it. */
export interface CellText {
  key: string
  text: string | null
}

export interface Stored<T> {
  /** As it stands in the store, for guards. */
  text: string | null
  value: T
}

export async function readDevice(store: HostStore, device: string): Promise<Stored<Device> | null> {
  const text = await store.cell(deviceKey(device))
  return text === null ? null : { text, value: JSON.parse(text) as Device }
}

export async function readRow(store: HostStore, device: string, name: string): Promise<Row | null> {
  const text = await store.cell(rowPrefix(device) + name)
  return text === null ? null : (JSON.parse(text) as Row)
}

export async function readRows(store: HostStore, device: string): Promise<Map<string, Row>> {
  const prefix = rowPrefix(device)
  const cells = await store.cells(prefix)
  return new Map(cells.map(({ key, text }) => [key.slice(prefix.length), JSON.parse(text) as Row]))
}

/** Revisions of a view whose rows can be found without looking at all of them. */
const TRACED = 100
/** More rows than these are looked for among all. */
const WIDE = 1000

/** What is written when rows changed at a revision of the view: the rows, and their names by that revision. */
export function cellsOfRows(device: string, rev: number, rows: Map<string, Row>): CellText[] {
  const cells: CellText[] = [...rows].map(([name, row]) => ({
    key: rowPrefix(device) + name,
    text: JSON.stringify(row),
  }))
  if (rows.size <= WIDE) cells.push({ key: movedKey(device, rev), text: JSON.stringify([...rows.keys()]) })
  if (rev > TRACED) cells.push({ key: movedKey(device, rev - TRACED), text: null })
  return cells
}

/** The rows that changed after revision `since` of a view that is at `rev`. */
export async function readRowsSince(
  store: HostStore,
  device: string,
  since: number,
  rev: number,
): Promise<Map<string, Row>> {
  const moved =
    rev - since > TRACED
      ? []
      : await store.cells(movedPrefix(device), { after: movedKey(device, since), limit: TRACED })
  const rows =
    moved.length === rev - since
      ? await readSomeRows(store, device, new Set(moved.flatMap(({ text }) => JSON.parse(text) as string[])))
      : await readRows(store, device)
  return new Map([...rows].filter(([, { r }]) => r > since))
}

/** Those of these rows that are there. */
export async function readSomeRows(
  store: HostStore,
  device: string,
  names: Iterable<string>,
): Promise<Map<string, Row>> {
  const found = await Promise.all([...names].map(async (name) => [name, await readRow(store, device, name)] as const))
  return new Map(found.flatMap(([name, row]) => (row === null ? [] : [[name, row]])))
}

export async function readProofs(store: HostStore, device: string): Promise<Proofs | null> {
  const text = await store.cell(proofsKey(device))
  return text === null ? null : (JSON.parse(text) as Proofs)
}

/** The texts of verdicts from `after` on, exactly as they were stored. */
export async function readVerdicts(store: HostStore, device: string, after: number, last: number): Promise<string[]> {
  if (after >= last) return []
  const cells = await store.cells(verdictPrefix(device), { after: verdictKey(device, after) })
  return cells.filter(({ key }) => key <= verdictKey(device, last)).map(({ text }) => text)
}

const EPOCH = 'sync/epoch'

/** The identity of the store. A store that was emptied, or is another, has another. */
export async function epochOf(store: HostStore): Promise<string> {
  const stored = await store.cell(EPOCH)
  if (stored !== null) return stored
  const epoch = newEpoch()
  try {
    await store.write({ cells: [{ key: EPOCH, text: epoch }], guards: [{ key: EPOCH, text: null }] })
    return epoch
  } catch (error) {
    if (!isConflict(error)) throw error
    return epochOf(store)
  }
}

export function isConflict(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'conflict'
}
