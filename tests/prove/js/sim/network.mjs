// The way between a device and the server: what is sent may be lost, late, doubled or answered by somebody else, and an
// answer may never come though the server did what it was asked.

import { SECOND } from './time.mjs'

/** How often what happens to a request, in a bad hour. */
const STORM = { lost: 0.08, unheard: 0.1, doubled: 0.1, broken: 0.04, slow: 0.12 }
const CALM = { lost: 0, unheard: 0, doubled: 0, broken: 0, slow: 0 }

export class Network {
  weather = STORM
  counts = { deliveries: 0, lost: 0, unheard: 0, doubled: 0 }

  constructor({ time, chance, host }) {
    Object.assign(this, { time, chance, host })
  }

  calm() {
    this.weather = CALM
  }

  storm() {
    this.weather = STORM
  }

  /** `fetch` as a tab of a device has it. */
  fetchOf(device, tab) {
    return (url, init) =>
      new Promise((resolve, reject) => {
        const { signal } = init
        if (signal?.aborted) return reject(signal.reason)
        signal?.addEventListener('abort', () => reject(signal.reason))
        const fail = (after) =>
          this.time.after(after, () => tab.later(() => reject(new TypeError('the network failed'))))
        // A tab that dies has its request sent all the same.
        this.#send(device, url, init, fail, (answer) => tab.later(() => resolve(answer)))
      })
  }

  #send(device, url, init, fail, answered) {
    const { chance, counts, weather } = this
    if (device.cut) return fail(chance.below(50))
    const fate = {}
    for (const [name, probability] of Object.entries(weather)) fate[name] = chance.hits(probability)
    if (fate.lost) {
      counts.lost += 1
      // Half of them without a word: then the client's patience decides.
      return chance.hits(0.5) ? fail(chance.below(2000)) : undefined
    }
    const there = fate.slow ? chance.below(40 * SECOND) : chance.between(5, 80)
    const back = fate.slow ? chance.below(10 * SECOND) : chance.between(5, 80)
    if (fate.doubled) {
      counts.doubled += 1
      this.time.after(chance.below(60 * SECOND), () => void this.#deliver(device, url, init).catch(() => {}))
    }
    this.time.after(there, () => {
      this.#deliver(device, url, init).then(
        (answer) => {
          if (fate.unheard) {
            counts.unheard += 1
            return chance.hits(0.5) ? fail(back) : undefined
          }
          counts.deliveries += 1
          const { status, headers, text } = fate.broken ? brokenAnswer(chance) : answer
          // Statuses without a body must not be given one.
          const body = status === 204 ? null : text
          this.time.after(back, () => answered(new Response(body, { status, headers })))
        },
        () => fail(back),
      )
    })
  }

  async #deliver(device, url, { method, headers, body }) {
    this.counts.deliveries += 1
    const { user } = device
    const { pathname } = new URL(url)
    this.host.received(pathname, body)
    const request = new Request(url, { method, headers: { ...headers, user }, ...(body !== undefined && { body }) })
    const response = await this.host.handle(request)
    const text = await response.text()
    this.host.answered(device, pathname, body, response.status, text)
    return { status: response.status, headers: response.headers, text }
  }
}

/** What a captive portal, a proxy or an overloaded gateway says. */
function brokenAnswer(chance) {
  const answers = [
    { status: 503, headers: { 'retry-after': '2' }, text: 'busy' },
    { status: 502, headers: {}, text: '<html>bad gateway</html>' },
    { status: 200, headers: { 'content-type': 'text/html' }, text: '<html>sign in to the wireless network</html>' },
    { status: 404, headers: {}, text: '{}' },
  ]
  return chance.pick(answers)
}
