// Ids and their positions. A `Map` of a hundred thousand fresh strings costs several times what deciding about their
// records does, most of it in the garbage collector; a table of numbers costs it nothing.
import type { RecordId } from '../types.js'

/** After so many steps from where an id belongs, somebody has chosen ids that collide: a `Map` takes over. */
const CROWDED = 48

export class Ids {
  /** In the order they were added. */
  readonly list: RecordId[] = []
  /** Pairs of a hash and a position + 1; at most half of them are taken. */
  #slots: Int32Array
  #map: Map<RecordId, number> | undefined

  constructor(expected: number) {
    this.#slots = new Int32Array(2 * powerOfTwo(2 * expected))
  }

  /** Adds an id; false if it is there already. */
  add(id: RecordId): boolean {
    if (4 * (this.list.length + 1) > this.#slots.length) this.#grow()
    const hashed = hash(id)
    const slot = this.#slot(id, hashed)
    if (slot === undefined) {
      if ((this.#map as Map<RecordId, number>).has(id)) return false
      this.#map?.set(id, this.list.length)
    } else {
      if (this.#slots[slot + 1] !== 0) return false
      this.#slots[slot] = hashed
      this.#slots[slot + 1] = this.list.length + 1
    }
    this.list.push(id)
    return true
  }

  position(id: RecordId): number | undefined {
    const slot = this.#slot(id, hash(id))
    if (slot === undefined) return this.#map?.get(id)
    const next = this.#slots[slot + 1] as number
    return next === 0 ? undefined : next - 1
  }

  /** Where the id is, or would be put; none once a `Map` has taken over. */
  #slot(id: RecordId, hashed: number): number | undefined {
    if (this.#map !== undefined) return undefined
    const slots = this.#slots
    const last = slots.length - 1
    let slot = (2 * hashed) & last
    for (let steps = 0; steps < CROWDED; steps++) {
      const next = slots[slot + 1] as number
      if (next === 0 || (slots[slot] === hashed && this.list[next - 1] === id)) return slot
      slot = (slot + 2) & last
    }
    this.#map = new Map(this.list.map((known, position) => [known, position]))
    return undefined
  }

  #grow(): void {
    if (this.#map !== undefined) return
    this.#slots = new Int32Array(2 * this.#slots.length)
    for (const [position, id] of this.list.entries()) {
      const hashed = hash(id)
      const slot = this.#slot(id, hashed)
      if (slot === undefined) return
      this.#slots[slot] = hashed
      this.#slots[slot + 1] = position + 1
    }
  }
}

/** FNV-1a over UTF-16 units, its high bits mixed into the low ones that are used. */
function hash(id: string): number {
  let hashed = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hashed = Math.imul(hashed ^ id.charCodeAt(at), 0x01000193)
  return hashed ^ (hashed >>> 15)
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(least, 16)))
}
