// What the store was told, seen below everything that may go wrong: each intent decided, each text that was new. The
// server knows nothing of it.

import { keyText } from './keys.mjs'

const MARKER = /«\d+»/g

export class Ledger {
  /** Decisions in the order they were written: `{epoch, user, device, n, idem, r, code, sameBase, predicted, effects}`. */
  decisions = []
  /** By marker: how often it came into the store anew, in the present epoch. */
  introduced = new Map()
  /** Faults that need no end of the history to be seen. */
  faults = []
  epoch = 0
  /** By marker: the entities it was ever part of. */
  places = new Map()
  #texts = new Map()
  #verdicts = new Map()
  #owners = new Map()

  /** The store begins anew with these facts. */
  begin(facts) {
    this.epoch += 1
    this.#verdicts.clear()
    this.#owners.clear()
    this.#texts.clear()
    for (const [id, value] of Object.entries(facts.records))
      this.#changed({ op: 'put', key: { relation: 'record', id }, value })
    for (const [id, value] of Object.entries(facts.communities))
      this.#changed({ op: 'put', key: { relation: 'community', id }, value })
    for (const [id, value] of Object.entries(facts.acls))
      this.#changed({ op: 'put', key: { relation: 'acl', id }, value })
    this.introduced.clear()
  }

  /** A write that was made. */
  wrote({ changes = [], cells = [] }) {
    for (const change of changes) this.#changed(change)
    for (const { key, text } of cells) {
      if (text === null) continue
      if (key.startsWith('device/')) this.#owners.set(key.slice('device/'.length), JSON.parse(text).user)
    }
    for (const { key, text } of cells) {
      if (text === null || !key.startsWith('verdict/')) continue
      const before = this.#verdicts.get(key)
      if (before !== undefined && before !== text) this.faults.push(['exactly once', `${key} was decided again`])
      this.#verdicts.set(key, text)
      const [, device] = key.split('/')
      const { n, idem, r, code, sameBase, predicted } = JSON.parse(text)
      const user = this.#owners.get(device)
      this.decisions.push({
        epoch: this.epoch,
        user,
        device,
        n,
        idem,
        r,
        code,
        sameBase,
        predicted,
        effects: changes.length > 0,
      })
    }
  }

  /** The decisions of the present epoch, by idempotency key. */
  decided() {
    const found = new Map()
    for (const decision of this.decisions) {
      if (decision.epoch !== this.epoch) continue
      found.set(decision.idem, [...(found.get(decision.idem) ?? []), decision])
    }
    return found
  }

  #changed({ op, key, value }) {
    if (!['record', 'community', 'acl'].includes(key.relation)) return
    const name = keyText(key)
    const before = this.#texts.get(name) ?? ''
    const after = op === 'put' ? JSON.stringify(value) : ''
    this.#texts.set(name, after)
    for (const marker of markersIn(after)) {
      if (before.includes(marker)) continue
      this.introduced.set(marker, (this.introduced.get(marker) ?? 0) + 1)
      this.places.set(marker, (this.places.get(marker) ?? new Set()).add(name))
    }
  }
}

export function markersIn(text) {
  return new Set(text.match(MARKER))
}

/** What an intent would write, without what its user saw there before. */
export function written(args) {
  return JSON.stringify(args, (name, value) => (name === 'was' ? undefined : value))
}
