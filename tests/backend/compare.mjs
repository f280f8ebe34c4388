// What a back end finds, held against what the engine says of each record.

import assert from 'node:assert/strict'

/** Counts pairs and sides; throws where something is left out, or where `equal` is not. */
export class Tally {
  pairs = 0
  equal = 0
  over = 0
  more = 0
  reasons = new Map()

  check(found, meant, said, about) {
    const got = new Set(found)
    const show = () => `${about()}\n${JSON.stringify(said)}`
    for (const id of meant) assert.ok(got.has(id), `left out ${id}: ${show()}`)
    const more = found.filter((id) => !meant.has(id))
    if (said.side === 'equal') {
      assert.deepEqual(more, [], `more is found, and it says equal: ${show()}`)
      assert.deepEqual(said.reasons, [])
      this.equal += 1
    } else {
      assert.ok(said.reasons.length > 0, show())
      for (const { code } of said.reasons) this.reasons.set(code, (this.reasons.get(code) ?? 0) + 1)
      this.over += 1
      this.more += more.length
    }
  }

  toString() {
    const why = [...this.reasons].map(([code, count]) => `${code} ${count}`).join(', ')
    return `${this.pairs} pairs; ${this.equal} conditions equal, ${this.over} over (${why}), ${this.more} hits more`
  }
}

/** A query that the engine takes; what it refuses is thrown away, and a few of a thousand tries must do. */
export function accepted(tools, types, make) {
  for (let i = 0; i < 1000; i++) {
    const query = make()
    try {
      return [query, tools.query(query, types)]
    } catch (error) {
      assert.equal(error.name, 'LictorError')
    }
  }
  throw new Error('no query was accepted')
}
