/** Bookkeeping in memory. What it holds is text, so nobody can change it through an answer. Not for facts: `table.ts`. */

import type { Cell } from './host.js'
import type { CellEntry, CellRange } from './write.js'
import { Shelf, firstAbove } from './shelf.js'
import { cellEnd, guardConflict } from './write.js'

export class CellTable {
  private readonly shelf = new Shelf()

  get(key: string): string | null {
    return this.shelf.texts.get(key) ?? null
  }

  page({ prefix, after, limit }: CellRange): Cell[] {
    const keys = this.shelf.order()
    // A key equal to the prefix belongs to it, so the place before it is sought.
    const start = firstAbove(keys, prefix)
    const first = keys[start - 1] === prefix ? start - 1 : start
    const from = after === undefined ? first : Math.max(first, firstAbove(keys, after))
    const to = firstAbove(keys, cellEnd(prefix))
    return keys
      .slice(from, limit === undefined ? to : Math.min(to, from + limit))
      .map((key) => ({ key, text: this.get(key) ?? '' }))
  }

  check(guards: readonly CellEntry[]): void {
    for (const guard of guards) if (this.get(guard.key) !== guard.text) throw guardConflict(guard)
  }

  apply(cells: readonly CellEntry[]): void {
    for (const { key, text } of cells) {
      if (text === null) this.shelf.del(key)
      else this.shelf.put(key, text)
    }
  }
}
