// A device that speaks the protocol and nothing else: it makes commands, sends each until it is decided, and keeps the
// bytes of every verdict. Whatever is cut off is sent again; two answers to one command must be the same bytes.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

const BATCH = 10

export class Pusher {
  /** Texts of verdicts, by number. */
  verdicts = new Map()
  intents = []
  resent = 0
  cutOff = 0

  /** `urls` gives where to send the next request; `impatience` is how often a request is given up at once. */
  constructor({ name, urls, impatience = 0 }) {
    Object.assign(this, { name, urls, impatience })
  }

  /** Records of its own, changes of them, and now and then what must be refused. */
  make(count) {
    for (let n = 1; n <= count; n++) this.intents.push(this.#intent(n))
  }

  /** Pushes until everything is decided. */
  async run() {
    while (this.verdicts.size < this.intents.length) {
      const from = this.verdicts.size
      await this.#push(this.intents.slice(from, from + BATCH))
    }
  }

  /** Sends everything again: each verdict must be the same bytes. */
  async again() {
    for (let from = 0; from < this.intents.length; from += BATCH) {
      const batch = this.intents.slice(from, from + BATCH)
      while (!(await this.#push(batch)));
      this.resent += batch.length
    }
  }

  /** Numbers of the commands that were accepted. */
  get accepted() {
    return [...this.verdicts].filter(([, text]) => JSON.parse(text).r !== 'rejected').map(([n]) => n)
  }

  #intent(n) {
    const { name } = this
    const whole = { n, idem: `${name}-${n}`, actor: name, base: null, predicted: 'unknown', causes: [] }
    const made = { wall: Date.now() }
    const record = (number) => ({ relation: 'record', id: `${name}-${number}` })
    if (n % 5 === 0)
      // The record was made two before, without a note.
      return {
        ...whole,
        made,
        action: 'update',
        target: record(n - 2),
        args: { set: [{ path: 'note', value: `${n}` }] },
      }
    const community = n % 7 === 0 ? 'nowhere' : 'c'
    const args = { community, record: { 'oarepo:primaryCommunity': community, title: `${name} ${n}` } }
    return { ...whole, made, action: 'create', target: record(n), args }
  }

  /** True if everything was answered. */
  async #push(intents) {
    const stop = new AbortController()
    const impatient = Math.random() < this.impatience
    const calm = setTimeout(() => stop.abort(), impatient ? Math.random() * 30 : 20_000)
    try {
      const response = await fetch(`${this.urls()}/sync/push`, {
        method: 'POST',
        signal: stop.signal,
        headers: { 'content-type': 'application/json', user: this.name },
        body: JSON.stringify({ v: 1, device: this.name, intents }),
      })
      const text = await response.text()
      if (response.status >= 500) throw new Error(`status ${response.status}`)
      assert.equal(response.status, 200, text)
      const { verdicts, stop: stopped } = JSON.parse(text)
      assert.ok(stopped === undefined || stopped.code === 'retry_later', text)
      for (const verdict of verdicts) this.#keep(verdict)
      if (stopped !== undefined) await sleep(Math.random() * 50)
      return stopped === undefined
    } catch (error) {
      if (error.code === 'ERR_ASSERTION') throw error
      this.cutOff += 1
      await sleep(20 + Math.random() * 60)
      return false
    } finally {
      clearTimeout(calm)
    }
  }

  /** A verdict's text stands in the answer as it is stored, so what it parses to gives that text again. */
  #keep(verdict) {
    const text = JSON.stringify(verdict)
    const known = this.verdicts.get(verdict.n)
    assert.equal(verdict.idem, this.intents[verdict.n - 1].idem)
    assert.equal(known ?? text, text, 'a verdict sent again is another one')
    this.verdicts.set(verdict.n, text)
  }
}

/** Waits until so many more verdicts have arrived; false if `over` says that there will be none. */
export async function answered(pushers, more, over) {
  const count = () => pushers.reduce((sum, { verdicts }) => sum + verdicts.size, 0)
  for (const enough = count() + more; !over(); await sleep(2)) if (count() >= enough) return true
  return false
}

/** What the store holds is what was accepted: nothing lost, nothing done twice, nothing that was refused. */
export function compare(pushers, records) {
  const expected = new Map()
  for (const { name, intents, accepted } of pushers) {
    for (const n of accepted) {
      const { action, target, args } = intents[n - 1]
      if (action === 'create') expected.set(target.id, { title: `${name} ${n}` })
      else expected.get(target.id).note = args.set[0].value
    }
  }
  const found = new Map(
    Object.entries(records).map(([id, { title, note }]) => [id, note === undefined ? { title } : { title, note }]),
  )
  const lost = [...expected.keys()].filter((id) => !found.has(id)).length
  const extra = [...found.keys()].filter((id) => !expected.has(id)).length
  assert.deepEqual({ lost, extra }, { lost: 0, extra: 0 })
  assert.deepEqual([...found].sort(), [...expected].sort())
  const sum = (name) => pushers.reduce((total, pusher) => total + pusher[name], 0)
  return {
    devices: pushers.length,
    commands: pushers.reduce((total, { intents }) => total + intents.length, 0),
    accepted: pushers.reduce((total, { accepted }) => total + accepted.length, 0),
    'requests cut off': sum('cutOff'),
    'verdicts asked for again, the same bytes': sum('resent'),
    lost,
    doubled: extra,
  }
}
