/**
 * The view on a disk: a snapshot in chunks and a log of patches, read whole when it is opened. Disposable: what cannot
 * be read or written is dropped, and the next pull brings it anew. Nothing here decides what the user may see.
 */

import type { Part } from '../../sync/parts.js'
import type { Entry, Op } from '../../sync/protocol.js'
import type { Base, Reader, RowKey, Writer } from './base.js'
import { randomId } from './base.js'
import { keyed, sorted } from './blocks.js'
import type { Keys, ViewDisk, ViewMeta, ViewState } from './disk.js'
import { DiskError } from './disk.js'
import { Draft, bySeal } from './draft.js'
import type { Changes, Fetch } from './fold.js'
import { fold } from './fold.js'
import type { ViewHead } from './head.js'
import { headOf, isBlock, without } from './head.js'
import { Sealer } from './seal.js'
import type { Index } from './unfold.js'
import { unfold } from './unfold.js'

export interface ViewOptions {
  user: string
  /** The log is folded when it has reached so many bytes. Left out: 512 KiB and a quarter of the snapshot. */
  foldAfter?: number
  newId?: () => string
  /** Told when a view is whole, so that those of other versions may go. */
  stands?: () => void
}

const FOLD_AFTER = 512 * 1024

/** How often a write is planned again because another tab wrote meanwhile. */
const ATTEMPTS = 4

export class StoredView implements ViewDisk {
  private index: Index | null = null
  /** A view that comes in parts, and the one it is to replace. */
  private staged: { before: ViewHead | null; draft: Draft; seals: string[]; fence: number } | null = null
  /** Writes of one handle come one after another. */
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly base: Base,
    private readonly options: ViewOptions,
  ) {}

  async load(keys: Keys): Promise<ViewState | null> {
    const sealer = await Sealer.of(keys)
    const [stored, rows] = await this.base.read((tx) => Promise.all([tx.get('meta', 'head'), tx.getAll('blocks')]))
    const head = headOf(stored)
    const whole = head && (await unfold(head, rows, sealer, this.options.user))
    this.index = whole?.index ?? null
    if (!head || !whole) return null
    this.options.stands?.()
    return {
      meta: { ...head.meta, closed: whole.closed },
      lists: whole.lists,
      locked: [...whole.index.locked].sort(),
    }
  }

  reset(meta: ViewMeta, entries: Entry[], keys: Keys, fence: number): Promise<void> {
    return this.inTurn(async () => {
      const sealer = await Sealer.of(keys)
      const draft = Draft.anew((this.options.newId ?? randomId)(), sealer, this.options.user)
      for (const [seal, group] of bySeal(sorted(entries))) await draft.chunks(seal, group)
      const head = await draft.head(meta, Object.keys(keys))
      const write = (): Promise<void> =>
        this.base.write(async (tx) => {
          await guard(tx, fence)
          await keepBundle(tx, meta.bundle)
          tx.clear('blocks')
          put(tx, draft, head)
        })
      // What is there is older than this, and may show what is no longer shown: it goes even if this does not fit.
      await write().catch(async (error: unknown) => {
        if (!isQuota(error)) throw error
        // But for the policy it is under, without which it would say nothing.
        await this.emptied(meta.bundle)
        return write()
      })
      this.index = draft.index
      this.options.stands?.()
    })
  }

  begin(keys: Keys, fence: number): Promise<void> {
    return this.inTurn(async () => {
      this.staged = null
      const sealer = await Sealer.of(keys)
      const before = await this.base.write(async (tx) => {
        await guard(tx, fence)
        const head = headOf(await tx.get('meta', 'head'))
        await sweep(tx, head)
        return head
      })
      const born = (this.options.newId ?? randomId)()
      // Ids beyond those of what is there, which stays until the end.
      const draft = Draft.anew(born, sealer, this.options.user, before?.next)
      this.staged = { before, draft, seals: Object.keys(keys), fence }
    })
  }

  add(part: Part): Promise<void> {
    return this.inTurn(async () => {
      const { before, draft, fence } = this.staging()
      await draft.chunk(part)
      const blocks = draft.added.splice(0)
      await this.base.write(async (tx) => {
        await guard(tx, fence)
        await still(tx, before)
        for (const block of blocks) tx.put('blocks', block.id, block)
      })
    }).catch((error: unknown) => {
      this.staged = null
      throw error
    })
  }

  finish(meta: ViewMeta): Promise<void> {
    return this.inTurn(async () => {
      const { before, draft, seals, fence } = this.staging()
      this.staged = null
      const head = await draft.head(meta, seals)
      await this.base.write(async (tx) => {
        await guard(tx, fence)
        await still(tx, before)
        await keepBundle(tx, meta.bundle)
        put(tx, draft, head)
        await sweep(tx, head)
      })
      this.index = draft.index
      this.options.stands?.()
    })
  }

  patch(meta: ViewMeta, ops: Op[], keys: Keys, fence: number): Promise<void> {
    return this.inTurn(async () => {
      const sealer = await Sealer.of(keys)
      const changes: Changes = new Map(
        ops.map((op) => {
          const { op: _, ...entry } = op
          return [keyed(entry as Entry).key, op.op === 'put' ? (entry as Entry) : null]
        }),
      )
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const done = await this.tryPatch(meta, changes, sealer, Object.keys(keys), fence).catch(
          async (error: unknown) => {
            // The view as it was cannot stay: what this takes away would still be readable.
            if (isQuota(error)) await this.drop()
            throw error
          },
        )
        if (done) return
      }
      throw new DiskError('fenced', 'another tab keeps writing the view; let one tab lead')
    })
  }

  purge(seals: string[], fence: number): Promise<void> {
    return this.inTurn(async () => {
      const gone = new Set(seals)
      const index = this.index
      this.index = null
      const gen = await this.base.write(async (tx) => {
        await guard(tx, fence)
        const head = headOf(await tx.get('meta', 'head'))
        await sweep(tx, head)
        if (!head) return
        const leaves = ({ seal }: { seal?: string }): boolean => seal !== undefined && gone.has(seal)
        for (const { id } of head.slots.filter(leaves)) tx.delete('blocks', id)
        const slots = head.slots.filter((slot) => !leaves(slot))
        const next: ViewHead = { ...head, gen: head.gen + 1, slots, meta: without(head.meta, gone) }
        tx.put('meta', 'head', next)
        return head.born === index?.born && head.gen === index.gen ? next.gen : undefined
      })
      if (!index || gen === undefined) return
      for (const [key, seal] of index.sealed) if (gone.has(seal)) index.sealed.delete(key)
      this.index = { ...index, gen, locked: new Set([...index.locked].filter((seal) => !gone.has(seal))) }
    })
  }

  async bundle(hash: string): Promise<unknown | undefined> {
    const text = await this.base.read((tx) => tx.get('bundles', hash))
    try {
      return typeof text === 'string' ? JSON.parse(text) : undefined
    } catch {
      return undefined
    }
  }

  async putBundle(hash: string, document: unknown): Promise<void> {
    const text = JSON.stringify(document)
    await this.base.write(async (tx) => tx.put('bundles', hash, text))
  }

  async fence(): Promise<number> {
    return fenceOf(await this.base.read((tx) => tx.get('meta', 'fence')))
  }

  /** A leader that was frozen meets the fence here too, whichever database it writes first. */
  async raise(fence: number): Promise<void> {
    await this.base.write((tx) => guard(tx, fence))
  }

  /** Gives up all of it but the fence. False if there was nothing. */
  drop(): Promise<boolean> {
    return this.emptied()
  }

  async close(): Promise<void> {
    this.index = null
    this.base.close()
  }

  async wipe(): Promise<void> {
    this.index = null
    await this.base.wipe()
  }

  /** Gives up all but the fence, and one policy if it is named. */
  private async emptied(kept?: string): Promise<boolean> {
    this.index = null
    return this.base.write(async (tx) => {
      const [head, bundles] = await Promise.all([tx.get('meta', 'head'), tx.getAll('bundles')])
      tx.delete('meta', 'head')
      tx.clear('blocks')
      if (kept === undefined) tx.clear('bundles')
      else await keepBundle(tx, kept)
      return head !== undefined || bundles.length > 0
    })
  }

  private async tryPatch(
    meta: ViewMeta,
    changes: Changes,
    sealer: Sealer,
    seals: string[],
    fence: number,
  ): Promise<boolean> {
    const { head, index } = await this.current(sealer)
    // If it is planned in vain, the next attempt must not meet what this one remembered.
    this.index = null
    const draft = new Draft(head, index, sealer, this.options.user)
    for (const seal of new Set(head.slots.flatMap(({ seal }) => seal ?? []))) checkSeal(head, seal, sealer, draft)
    const hiding = new Set([...changes].flatMap(([key, entry]) => (mayHide(key, entry, index) ? key : [])))
    const full = sizeOf(head, 'log') >= (this.options.foldAfter ?? Math.max(FOLD_AFTER, sizeOf(head, 'chunk') / 4))
    if (full || hiding.size > 0) {
      const now = (key: string): boolean => full || hiding.has(key)
      try {
        await fold(draft, head, changes, now, (ids) => this.fetch(ids, head), this.options.user)
      } catch (error) {
        if (error instanceof Moved) return false
        throw error
      }
    } else {
      const puts = [...changes].flatMap(([key, entry]) => (entry ? { key, entry } : []))
      for (const [seal, group] of bySeal(puts)) await draft.log(seal, group)
    }
    const next = await draft.head(meta, seals)
    const done = await this.base.write(async (tx) => {
      await guard(tx, fence)
      if (!(await stands(tx, head))) return false
      if (meta.bundle !== head.meta.bundle) await keepBundle(tx, meta.bundle)
      put(tx, draft, next)
      await sweep(tx, next)
      return true
    })
    if (done) this.index = index
    return done
  }

  /** The head as it is now, and an index that is good for it. */
  private async current(sealer: Sealer): Promise<{ head: ViewHead; index: Index }> {
    const known = this.index
    const good = (head: ViewHead | null): head is ViewHead =>
      head !== null &&
      known?.born === head.born &&
      known.gen === head.gen &&
      ![...known.locked].some((seal) => sealer.mark(seal) !== undefined)
    const [head, rows] = await this.base.read(async (tx) => {
      const found = headOf(await tx.get('meta', 'head'))
      return [found, good(found) ? [] : await tx.getAll('blocks')] as const
    })
    if (!head) throw new DiskError('cleared', 'there is no view to patch; pull everything anew')
    if (known && good(head)) return { head, index: known }
    const whole = await unfold(head, rows, sealer, this.options.user)
    if (!whole) throw new DiskError('corrupt', 'the view is damaged; pull everything anew')
    return { head, index: whole.index }
  }

  private fetch(ids: number[], head: ViewHead): ReturnType<Fetch> {
    return this.base.read(async (tx) => {
      const [still, ...rows] = await Promise.all([stands(tx, head), ...ids.map((id) => tx.get('blocks', id))])
      // A block that is not there may be one that another tab has written anew.
      if (!still) throw new Moved()
      return rows.map((row) => (isBlock(row) ? row : undefined))
    })
  }

  private staging(): NonNullable<StoredView['staged']> {
    if (this.staged) return this.staged
    throw new DiskError('closed', 'a view that came in parts was given up; pull everything anew')
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work)
    this.last = done.catch(() => {})
    return done
  }
}

/** Another tab wrote while this one was reading: plan again. */
class Moved extends Error {}

async function stands(tx: Reader, { born, gen }: ViewHead): Promise<boolean> {
  const now = headOf(await tx.get('meta', 'head'))
  return now?.born === born && now.gen === gen
}

/**
 * A pull brings the keys of all seals in the view, so a seal without one has left it. One under another key cannot be
 * read again, and leaving it out would pass for absence.
 */
function checkSeal(head: ViewHead, seal: string, sealer: Sealer, draft: Draft): void {
  const mark = sealer.mark(seal)
  if (mark === undefined) return draft.dropSeal(seal)
  if (head.slots.every((slot) => slot.seal !== seal || slot.mark === mark)) return
  throw new DiskError('unavailable', `community \`${seal}\` is sealed under another key here; pull everything anew`)
}

/** Whether something shown before must not be readable any more once this is written. */
function mayHide(key: string, entry: Entry | null, index: Index): boolean {
  if (entry === null || entry.seal !== index.sealed.get(key)) return true
  return entry.missing !== undefined && entry.missing.length > 0
}

function sizeOf(head: ViewHead, part: 'chunk' | 'log'): number {
  return head.slots.reduce((sum, slot) => (slot.part === part ? sum + slot.size : sum), 0)
}

/** Whether nobody has written the view meanwhile. */
async function still(tx: Reader, before: ViewHead | null): Promise<void> {
  if (before ? await stands(tx, before) : headOf(await tx.get('meta', 'head')) === null) return
  throw new DiskError('closed', 'another tab wrote the view meanwhile; pull everything anew')
}

/** Removes the blocks that the head does not name: those it no longer does, and what a view left that never came to its end. */
async function sweep(tx: Writer, head: ViewHead | null): Promise<void> {
  const named = new Set<RowKey>(head?.slots.map(({ id }) => id))
  for (const key of await tx.keys('blocks')) if (!named.has(key)) tx.delete('blocks', key)
}

function put(tx: Writer, draft: Draft, head: ViewHead): void {
  for (const block of draft.added) tx.put('blocks', block.id, block)
  tx.put('meta', 'head', head)
}

/** Other policies' documents have served their time. */
async function keepBundle(tx: Writer, hash: string): Promise<void> {
  const text = await tx.get('bundles', hash)
  tx.clear('bundles')
  if (text !== undefined) tx.put('bundles', hash, text)
}

/** Refuses whoever led before the last claim that this database has seen. */
async function guard(tx: Writer, fence: number): Promise<void> {
  const seen = fenceOf(await tx.get('meta', 'fence'))
  if (fence < seen)
    throw new DiskError('fenced', `another tab leads now (${seen}, this one was ${fence}); nothing was written`)
  if (fence > seen) tx.put('meta', 'fence', fence)
}

function fenceOf(stored: unknown): number {
  return typeof stored === 'number' ? stored : 0
}

function isQuota(error: unknown): boolean {
  return error instanceof DiskError && error.code === 'quota'
}
