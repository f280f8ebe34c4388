/**
 * From blocks to entries: chunks of each seal in order, with the log laid over them. Reading only; what does not open
 * is locked, what does not fit is damage.
 */

import type { ClosedRelation, Entry } from '../../sync/protocol.js'
import { keyText } from '../../store/entities.js'
import type { Bytes, Keyed } from './blocks.js'
import { checksum, compare, keyed, unpack } from './blocks.js'
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
  entries: Entry[]
  closed: ClosedRelation[]
  index: Index
}

/** Chunks of one seal (undefined: of none), by their first keys. */
interface Chunk {
  first: string
  entries: Entry[]
}

/** Null for damage. */
export async function unfold(
  head: ViewHead,
  rows: readonly unknown[],
  sealer: Sealer,
  user: string,
): Promise<Unfolded | null> {
  const blocks = new Map(rows.filter(isBlock).map((block) => [block.id, block]))
  if (blocks.size !== rows.length || blocks.size !== head.slots.length) return null
  const opened = await Promise.all(head.slots.map((slot) => open(head, slot, blocks.get(slot.id), sealer, user)))
  if (opened.includes('damaged')) return null
  // A seal opens as a whole: half of what is in it would pass for all.
  const locked = new Set(
    head.slots.flatMap(({ seal }, i) => (seal !== undefined && opened[i] === 'locked' ? seal : [])),
  )
  const index: Index = { born: head.born, gen: head.gen, firsts: new Map(), sealed: new Map(), locked }
  const chunks = new Map<string | undefined, Chunk[]>()
  const log = new Map<string, Keyed>()
  let closed = head.meta.closed
  try {
    for (const [i, slot] of head.slots.entries()) {
      const bytes = opened[i]
      if (!(bytes instanceof Uint8Array) || (slot.seal !== undefined && locked.has(slot.seal))) continue
      const list = unpack(bytes)
      if (list === null) return null
      if (slot.part === 'closed') closed = [...closed, ...(list as unknown as ClosedRelation[])]
      else if (slot.part === 'log') for (const one of list.map(keyed)) log.set(one.key, one)
      else addChunk(slot, list, chunks, index)
    }
    for (const list of chunks.values()) list.sort((a, b) => compare(a.first, b.first))
    const more = layOver(log, chunks, index)
    const whole = [...chunks.values()].flat().map(({ entries }) => entries)
    return { entries: ([] as Entry[]).concat(...whole, more), closed, index }
  } catch {
    // An entry without a key: bytes that pass their checksum and are none of ours.
    return null
  }
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

/** Where `key` is in a sorted list, or would be. */
export function place(entries: readonly Entry[], key: string): { at: number; found: boolean } {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const entry = entries[middle]
    if (entry && keyText(entry.k) < key) low = middle + 1
    else high = middle
  }
  const entry = entries[low]
  return { at: low, found: entry !== undefined && keyText(entry.k) === key }
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

function addChunk(slot: Slot, entries: Entry[], chunks: Map<string | undefined, Chunk[]>, index: Index): void {
  const [head] = entries
  if (!head) return
  const first = keyText(head.k)
  index.firsts.set(slot.id, first)
  const list = chunks.get(slot.seal)
  if (list) list.push({ first, entries })
  else chunks.set(slot.seal, [{ first, entries }])
  if (slot.seal !== undefined) for (const { k } of entries) index.sealed.set(keyText(k), slot.seal)
}

/** Puts the log's entries in their places; those that have none yet are returned. */
function layOver(log: Map<string, Keyed>, chunks: Map<string | undefined, Chunk[]>, index: Index): Entry[] {
  const more: Entry[] = []
  for (const { key, entry } of log.values()) {
    if (entry.seal !== undefined) index.sealed.set(key, entry.seal)
    const entries = chunkFor(chunks.get(entry.seal) ?? [], key)?.entries
    const { at, found } = place(entries ?? [], key)
    if (entries && found) entries[at] = entry
    else more.push(entry)
  }
  return more
}
