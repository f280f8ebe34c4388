/** Texts by key, and their keys in order once somebody asked for an order. Not for looking inside the texts. */

export class Shelf {
  readonly texts = new Map<string, string>()
  private sorted: string[] | null = null

  put(key: string, text: string): void {
    if (this.sorted && !this.texts.has(key)) this.sorted.splice(firstAbove(this.sorted, key), 0, key)
    this.texts.set(key, text)
  }

  del(key: string): void {
    if (this.texts.delete(key) && this.sorted) this.sorted.splice(firstAbove(this.sorted, key) - 1, 1)
  }

  order(): readonly string[] {
    return (this.sorted ??= [...this.texts.keys()].sort())
  }

  forgetOrder(): void {
    this.sorted = null
  }
}

/** The position of the first key greater than `key` (keys are ASCII: code units order them as bytes would). */
export function firstAbove(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') > key) high = middle
    else low = middle + 1
  }
  return low
}
