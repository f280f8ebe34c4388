// Chance that can be repeated: everything random in a history comes from here.

/** Numbers from a seed (sfc32). */
export class Chance {
  #a
  #b
  #c
  #d = 1

  constructor(seed) {
    this.#a = seed | 0
    this.#b = Math.imul(seed + 0x9e3779b9, 0x85ebca6b) | 0
    this.#c = 0xdeadbeef | 0
    for (let i = 0; i < 15; i++) this.word()
  }

  /** 32 bits. */
  word() {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** From 0 up to 1. */
  fraction() {
    return this.word() / 2 ** 32
  }

  /** A whole number from 0 up to `end`. */
  below(end) {
    return Math.floor(this.fraction() * end)
  }

  between(from, to) {
    return from + this.below(to - from + 1)
  }

  /** True with this probability. */
  hits(probability) {
    return this.fraction() < probability
  }

  pick(list) {
    return list[this.below(list.length)]
  }

  some(list, probability) {
    return list.filter(() => this.hits(probability))
  }

  /** One of the names, by weight. */
  weighted(weights) {
    const all = Object.entries(weights)
    let at = this.fraction() * all.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of all) if ((at -= weight) < 0) return name
    return all.at(-1)[0]
  }

  bytes(count) {
    return Uint8Array.from({ length: count }, () => this.word() >>> 24)
  }
}
