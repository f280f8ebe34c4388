/**
 * Folds changes into the chunks, rewriting only chunks that hold one of their keys. This is also how something leaves:
 * nothing of it stays in a chunk or in the log. Plans only; `view.ts` writes.
 */

import type { Entry } from '../../sync/protocol.js'
import type { Keyed } from './blocks.js'
import { compare, keyed, unpack } from './blocks.js'
import type { Draft } from './draft.js'
import { bySeal } from './draft.js'
import { DiskError } from './disk.js'
import type { Block, Slot, ViewHead } from './head.js'
import { chunkFor, open } from './unfold.js'

/** Changes by key; null where the entry leaves. */
export type Changes = Map<string, Entry | null>

/** Reads blocks by their ids; undefined for one that is gone. */
export type Fetch = (ids: number[]) => Promise<(Block | undefined)[]>

/** `now` says which keys go into the chunks; the rest of the log, and of the changes, is one log anew. */
export async function fold(
  draft: Draft,
  head: ViewHead,
  changes: Changes,
  now: (key: string) => boolean,
  fetch: Fetch,
  user: string,
): Promise<void> {
  const live = head.slots.filter(({ id }) => !draft.dropped.has(id))
  const read = async (slots: Slot[]): Promise<Entry[]> => {
    const blocks = await fetch(slots.map(({ id }) => id))
    const lists = await Promise.all(
      slots.map(async (slot, i) => {
        const bytes = await open(head, slot, blocks[i], draft.sealer, user)
        const entries = typeof bytes === 'string' ? null : unpack(bytes)
        if (entries) return entries
        throw new DiskError('corrupt', 'a block of the view is damaged or gone; pull everything anew')
      }),
    )
    return lists.flat()
  }
  const log = live.filter(({ part }) => part === 'log')
  const all: Changes = new Map((await read(log)).map((entry) => [keyed(entry).key, entry]))
  for (const [key, entry] of changes) all.set(key, entry)
  draft.drop(log)
  const later = [...all].flatMap(([key, entry]) => (entry && !now(key) ? [{ key, entry }] : []))
  const folded = [...all].filter(([key]) => now(key))
  for (const [seal, group] of touched(folded, draft)) {
    const chunks = live
      .filter((slot) => slot.part === 'chunk' && slot.seal === seal)
      .map((slot) => ({ slot, first: draft.index.firsts.get(slot.id) ?? '' }))
      .sort((a, b) => compare(a.first, b.first))
    for (const run of runs(chunks, group)) {
      const before = await read(run.chunks)
      const after = merge(before, run.changes)
      // What was to leave was never there.
      if (after.length === before.length && [...run.changes.values()].every((entry) => entry === null)) continue
      draft.drop(run.chunks)
      await draft.chunks(seal, after)
    }
  }
  for (const [key, entry] of folded) if (entry === null) draft.index.sealed.delete(key)
  for (const [seal, group] of bySeal(later)) await draft.log(seal, group)
}

type Change = [key: string, entry: Entry | null]

/** The changes of each seal. What moves from one to another leaves the first. */
function touched(changes: readonly Change[], draft: Draft): Map<string | undefined, Change[]> {
  const groups = new Map<string | undefined, Change[]>()
  const add = (seal: string | undefined, change: Change): void => {
    const group = groups.get(seal)
    if (group) group.push(change)
    else groups.set(seal, [change])
  }
  for (const [key, entry] of changes) {
    const before = draft.index.sealed.get(key)
    if (entry === null || entry.seal !== before) add(before, [key, null])
    if (entry !== null) add(entry.seal, [key, entry])
  }
  return groups
}

/** Neighbouring chunks that are rewritten go together, so that what shrank becomes one. */
function runs(
  chunks: readonly { slot: Slot; first: string }[],
  changes: readonly Change[],
): { chunks: Slot[]; changes: Changes }[] {
  const each = new Map<{ slot: Slot; first: string } | undefined, Changes>()
  for (const [key, entry] of changes) {
    const chunk = chunkFor(chunks, key)
    const its = each.get(chunk)
    if (its) its.set(key, entry)
    else each.set(chunk, new Map([[key, entry]]))
  }
  const homeless = each.get(undefined)
  if (homeless) return [{ chunks: [], changes: homeless }]
  const found: { chunks: Slot[]; changes: Changes }[] = []
  let open = false
  for (const chunk of chunks) {
    const its = each.get(chunk)
    const run = found.at(-1)
    if (its && open && run) {
      run.chunks.push(chunk.slot)
      for (const [key, entry] of its) run.changes.set(key, entry)
    } else if (its) found.push({ chunks: [chunk.slot], changes: its })
    open = its !== undefined
  }
  return found
}

function merge(before: readonly Entry[], changes: Changes): Keyed[] {
  const kept = before.map(keyed).filter(({ key }) => !changes.has(key))
  for (const [key, entry] of changes) if (entry) kept.push({ key, entry })
  return kept.sort((a, b) => compare(a.key, b.key))
}
