/**
 * From blocks to lists of entries, which stay text: the engine reads them once, and nobody before it. What does not open
 * is locked, what does not fit is damage.
 */

import type { ClosedRelation } from '../../sync/protocol.js'
import { readPart } from '../../sync/parts.js'
import type { Bytes } from './blocks.js'
import { checksum, compare, listIn } from './blocks.js'
import type { Block, Slot, ViewHead } from './head.js'
import { about, isBlock } from './head.js'
import type { Sealer } from './seal.js'

/** What a handle remembers, so that a patch need not read the whole view. Good for one generation of one view. */
export interface Index {
  born: string
  gen: number
  /** The first key of each chunk. In memory only: inside a seal even a key is a secret. */
  firsts: Map<number, string>
  /** The seal of each sealed entry. */
  sealed: Map<string, string>
  locked: ReadonlySet<string>
}

export interface Unfolded {
  /** Chunks, and behind them the log. */
  lists: Bytes[]
  closed: ClosedRelation[]
  index: Index
}

/** Null for damage. */
export async function unfold(
  head: ViewHead,
  rows: readonly unknown[],
  sealer: Sealer,
  user: string,
): Promise<Unfolded | null> {
  // Blocks that the head does not name are of a view that never came to its end.
  const blocks = new Map(rows.filter(isBlock).map((block) => [block.id, block]))
  const opened = await Promise.all(head.slots.map((slot) => open(head, slot, blocks.get(slot.id), sealer, user)))
  if (opened.includes('damaged')) return null
  // A seal opens as a whole: half of what is in it would pass for all.
  const locked = new Set(
    head.slots.flatMap(({ seal }, i) => (seal !== undefined && opened[i] === 'locked' ? seal : [])),
  )
  const index: Index = { born: head.born, gen: head.gen, firsts: new Map(), sealed: new Map(), locked }
  const chunks: { first: string; list: Bytes }[] = []
  const log: Bytes[] = []
  let closed = head.meta.closed
  for (const [i, { id, part, seal }] of head.slots.entries()) {
    const bytes = opened[i]
    if (!(bytes instanceof Uint8Array) || (seal !== undefined && locked.has(seal))) continue
    if (part === 'closed') {
      const list = listIn(bytes)
      if (list === null) return null
      closed = [...closed, ...(list as ClosedRelation[])]
      continue
    }
    const read = readPart(bytes)
    if (read === null) return null
    const [first = ''] = read.head.keys
    if (seal !== undefined) for (const key of read.head.keys) index.sealed.set(key, seal)
    if (part === 'log') log.push(read.list)
    else {
      index.firsts.set(id, first)
      chunks.push({ first, list: read.list })
    }
  }
  // In the order of keys they are read quickest.
  chunks.sort((a, b) => compare(a.first, b.first))
  return { lists: [...chunks.map(({ list }) => list), ...log], closed, index }
}

/** The bytes of a block as they were before sealing. */
export async function open(
  head: Pick<ViewHead, 'born'>,
  slot: Slot,
  block: Block | undefined,
  sealer: Sealer,
  user: string,
): Promise<Bytes | 'locked' | 'damaged'> {
  if (!block || checksum(block.bytes) !== block.sum) return 'damaged'
  if (slot.seal === undefined) return block.bytes
  if (!block.iv) return 'damaged'
  if (sealer.mark(slot.seal) !== slot.mark) return 'locked'
  return (await sealer.open(slot.seal, about(user, head.born, slot), block.iv, block.bytes)) ?? 'locked'
}

/** The chunk that holds `key` if any does: the last that begins at or before it, else the first. */
export function chunkFor<T extends { first: string }>(chunks: readonly T[], key: string): T | undefined {
  let [low, high] = [0, chunks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((chunks[middle]?.first ?? '') <= key) low = middle + 1
    else high = middle
  }
  return chunks[Math.max(0, low - 1)]
}
