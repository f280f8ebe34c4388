// Watches what devices are told of revisions: one that moved though nothing in the answer did would tell of things that
// the user may not know of.

/** The view's revision in a token. Only the server reads tokens; the simulator looks over its shoulder. */
export function revisionOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString())[3]
}

export class Revisions {
  patches = 0
  moves = 0
  /** By token: what was said to be complete and which keys there were. */
  #proofs = new Map()

  constructor(violated) {
    this.violated = violated
  }

  /** The store is another. */
  forget() {
    this.#proofs.clear()
  }

  pulled({ device }, answer) {
    if (answer.t !== 'patch' && answer.t !== 'reset') return
    const { next, closed, keys } = answer
    const proofs = JSON.stringify([closed, keys])
    this.#proofs.set(`${device} ${revisionOf(next)}`, proofs)
    if (answer.t === 'reset') return
    const [before, after] = [revisionOf(answer.base), revisionOf(next)]
    this.patches += 1
    if (before === after) {
      if (answer.ops.length > 0) this.violated(`${device}: ${answer.ops.length} changes at the same revision ${after}`)
      return
    }
    this.moves += 1
    // There and back again is a move too, and what was in between may have been answered to nobody.
    const between = Array.from({ length: after - before }, (_, i) => this.#proofs.get(`${device} ${before + i}`))
    if (answer.ops.length === 0 && between.every((one) => one === proofs))
      this.violated(`${device}: went from revision ${before} to ${after}, and nothing changed`)
  }
}
