/**
 * What one write will do to a view: blocks that go and blocks that come. Made in memory, before any transaction, because
 * encryption must not be awaited inside one.
 */

import type { ClosedRelation, Entry } from '../../sync/protocol.js'
import type { Part } from '../../sync/parts.js'
import type { Bytes, Keyed } from './blocks.js'
import { checksum, packed } from './blocks.js'
import type { ViewMeta } from './disk.js'
import type { Block, Slot, ViewHead } from './head.js'
import { FORMAT, about, parted } from './head.js'
import type { Sealer } from './seal.js'
import type { Index } from './unfold.js'

export class Draft {
  readonly dropped = new Set<number>()
  readonly added: Block[] = []
  private readonly slots: Slot[] = []
  private next: number

  constructor(
    private readonly from: Pick<ViewHead, 'born' | 'gen' | 'next' | 'slots'>,
    readonly index: Index,
    readonly sealer: Sealer,
    private readonly user: string,
  ) {
    this.next = from.next
  }

  /** Of another view than the one there is; `next` is the id of its first block. */
  static anew(born: string, sealer: Sealer, user: string, next = 1): Draft {
    const index: Index = { born, gen: 0, firsts: new Map(), sealed: new Map(), locked: new Set() }
    return new Draft({ born, gen: 0, next, slots: [] }, index, sealer, user)
  }

  drop(slots: Iterable<Slot>): void {
    for (const { id } of slots) {
      this.dropped.add(id)
      this.index.firsts.delete(id)
    }
  }

  /** All of a seal, without opening it. */
  dropSeal(seal: string): void {
    this.drop(this.from.slots.filter((slot) => slot.seal === seal))
    for (const [key, its] of this.index.sealed) if (its === seal) this.index.sealed.delete(key)
  }

  async chunks(seal: string | undefined, entries: readonly Keyed[]): Promise<void> {
    await Promise.all([...packed(entries, seal)].map((part) => this.chunk(part)))
    this.note(seal, entries)
  }

  /** One part, as it is. */
  async chunk({ seal, keys, bytes }: Part): Promise<void> {
    const slot = await this.add('chunk', seal, bytes)
    this.index.firsts.set(slot.id, keys[0] ?? '')
    if (seal !== undefined) for (const key of keys) this.index.sealed.set(key, seal)
  }

  async log(seal: string | undefined, entries: readonly Keyed[]): Promise<void> {
    await Promise.all([...packed(entries, seal)].map(({ bytes }) => this.add('log', seal, bytes)))
    this.note(seal, entries)
  }

  /** The head that goes with these blocks. Certificates that name what is sealed are sealed as well. */
  async head(meta: ViewMeta, seals: Iterable<string>): Promise<ViewHead> {
    const { open, sealed } = parted(meta.closed, new Set(seals), (key) => this.index.sealed.get(key))
    this.drop(this.from.slots.filter(({ part }) => part === 'closed'))
    const encoder = new TextEncoder()
    // Without the key of its seal a certificate is left out: to know less is safe.
    const lists = [...sealed].filter(([seal]) => this.sealer.mark(seal) !== undefined)
    await Promise.all(
      lists.map(([seal, list]: [string, ClosedRelation[]]) =>
        this.add('closed', seal, encoder.encode(JSON.stringify(list))),
      ),
    )
    const slots = [...this.from.slots.filter(({ id }) => !this.dropped.has(id)), ...this.slots]
    const { born, gen } = this.from
    this.index.gen = gen + 1
    return { format: FORMAT, born, gen: gen + 1, next: this.next, slots, meta: { ...meta, closed: open } }
  }

  private note(seal: string | undefined, entries: readonly Keyed[]): void {
    for (const { key } of entries) {
      if (seal === undefined) this.index.sealed.delete(key)
      else this.index.sealed.set(key, seal)
    }
  }

  private async add(part: Slot['part'], seal: string | undefined, bytes: Bytes): Promise<Slot> {
    const slot: Slot = { id: this.next, part, size: bytes.length }
    this.next += 1
    this.slots.push(slot)
    if (seal === undefined) {
      this.added.push({ id: slot.id, bytes, sum: checksum(bytes) })
      return slot
    }
    slot.seal = seal
    const sealed = await this.sealer.seal(seal, about(this.user, this.from.born, slot), bytes)
    slot.mark = sealed.mark
    this.added.push({ id: slot.id, bytes: sealed.bytes, sum: checksum(sealed.bytes), iv: sealed.iv })
    return slot
  }
}

/** By seal; undefined for what is not sealed. */
export function bySeal(list: Iterable<Keyed>): Map<Entry['seal'], Keyed[]> {
  const groups = new Map<Entry['seal'], Keyed[]>()
  for (const one of list) {
    const group = groups.get(one.entry.seal)
    if (group) group.push(one)
    else groups.set(one.entry.seal, [one])
  }
  return groups
}
