/**
 * The head of a view: one row that lists every block there is. A block without its line here, or a line without its
 * block, is damage. What the head says is readable by whoever has the device, so it names seals and nothing inside them.
 */

import type { ClosedRelation } from '../../sync/protocol.js'
import { keyText } from '../../store/entities.js'
import type { Bytes } from './blocks.js'
import { isObject } from './base.js'
import type { ViewMeta } from './disk.js'

/** Raised when the rows mean something new: every other format counts as no view. */
export const FORMAT = 2

export interface Slot {
  /** Never given twice, so that a block is never rewritten in place. */
  id: number
  /** `closed`: the certificates that name what is inside a seal. */
  part: 'chunk' | 'log' | 'closed'
  size: number
  seal?: string
  /** Of the key it is sealed under. */
  mark?: string
}

export interface ViewHead {
  format: typeof FORMAT
  /** The identity of this view, from one `reset` to the next. */
  born: string
  /** Moves with every write. */
  gen: number
  /** The id of the next block. */
  next: number
  /** In the order they were written in. */
  slots: Slot[]
  meta: ViewMeta
}

/** One row of `blocks`. */
export interface Block {
  id: number
  bytes: Bytes
  sum: number
  /** Where it is sealed. */
  iv?: Bytes
}

/** The head, or null for none that this version understands. */
export function headOf(value: unknown): ViewHead | null {
  if (!isObject(value) || value.format !== FORMAT) return null
  const { born, gen, next, slots, meta } = value
  const sound = typeof born === 'string' && typeof gen === 'number' && typeof next === 'number' && isObject(meta)
  return sound && Array.isArray(slots) && slots.every(isObject) ? (value as unknown as ViewHead) : null
}

export function isBlock(value: unknown): value is Block {
  return isObject(value) && typeof value.id === 'number' && value.bytes instanceof Uint8Array
}

/** What a sealed block is bound to: it opens nowhere else and for nobody else. */
export function about(user: string, born: string, { id, part, seal }: Pick<Slot, 'id' | 'part' | 'seal'>): string {
  return JSON.stringify(['lictor view', FORMAT, user, born, seal, part, id])
}

/** Parts certificates into those that anybody may read and those that name something of a seal. */
export function parted(
  closed: readonly ClosedRelation[],
  seals: ReadonlySet<string>,
  sealOf: (key: string) => string | undefined,
): { open: ClosedRelation[]; sealed: Map<string, ClosedRelation[]> } {
  const open: ClosedRelation[] = []
  const sealed = new Map<string, ClosedRelation[]>()
  for (const one of closed) {
    const seal = sealIn(one, seals, sealOf)
    if (seal === undefined) open.push(one)
    else sealed.set(seal, [...(sealed.get(seal) ?? []), one])
  }
  return { open, sealed }
}

function sealIn(
  { relation, where = {} }: ClosedRelation,
  seals: ReadonlySet<string>,
  sealOf: (key: string) => string | undefined,
): string | undefined {
  if (where.community !== undefined && seals.has(where.community)) return where.community
  if (where.id === undefined || relation === 'membership') return undefined
  if (relation === 'community' && seals.has(where.id)) return where.id
  return sealOf(keyText({ relation, id: where.id }))
}

/** The meta of a view without all that names these communities. */
export function without(meta: ViewMeta, seals: ReadonlySet<string>): ViewMeta {
  const named = (scope: ViewMeta['subs'][number]): boolean => typeof scope === 'object' && seals.has(scope.community)
  const none = (): undefined => undefined
  return {
    ...meta,
    closed: parted(meta.closed, seals, none).open,
    leases: meta.leases.filter(({ scope }) => !named(scope)),
    subs: meta.subs.filter((scope) => !named(scope)),
  }
}
