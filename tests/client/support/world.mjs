// The world outside a client, made up: time that a test moves, seeded chance, tabs that share locks and a channel and
// can be frozen. Nothing here waits for a real clock.

export class World {
  wall = Date.UTC(2027, 0, 15, 12)
  mono = 0
  #timers = new Set()
  #locks = new Map()
  #channels = new Map()
  #seed

  constructor(seed = 7) {
    this.#seed = seed
  }

  /** The outside of one tab, for `openClient`. `freeze` stops its timers, messages, requests and lock news. */
  tab(fetch) {
    const tab = { frozen: false, held: [], opened: [], wake: new Set() }
    const later = (work) => (tab.frozen ? tab.held.push(work) : work())
    const env = {
      clock: { wall: () => this.wall, monotonic: () => this.mono },
      random: (bytes) => Uint8Array.from({ length: bytes }, () => this.#chance()),
      schedule: (work, ms) => {
        const timer = { at: this.mono + ms, work: () => later(work) }
        this.#timers.add(timer)
        return () => void this.#timers.delete(timer)
      },
      fetch: async (url, init) => {
        if (tab.frozen) await new Promise((resolve) => tab.held.push(resolve))
        return fetch(url, init)
      },
      locks: { request: (name, options, held) => this.#request(name, options, held, later) },
      channel: (name) => this.#channel(name, later),
      connectivity: {
        subscribe: (changed) => {
          tab.wake.add(changed)
          return () => tab.wake.delete(changed)
        },
      },
    }
    return {
      env,
      freeze: () => (tab.frozen = true),
      thaw: () => {
        tab.frozen = false
        for (const work of tab.held.splice(0)) work()
      },
      online: () => tab.wake.forEach((changed) => changed()),
    }
  }

  /** Moves the clocks and runs what falls due, in order. */
  async advance(ms) {
    const end = this.mono + ms
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#timers.delete(next)
      this.#move(next.at)
      next.work()
      await settle()
    }
    this.#move(end)
    await settle()
  }

  #move(to) {
    this.wall += Math.max(0, to - this.mono)
    this.mono = Math.max(this.mono, to)
  }

  #chance() {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0
    return this.#seed >>> 24
  }

  /** As Web Locks do it: one holder, a queue, and whoever steals goes first. */
  #request(name, { signal, steal }, held, later) {
    return new Promise((resolve, reject) => {
      const lock = this.#locks.get(name) ?? { holder: null, queue: [] }
      this.#locks.set(name, lock)
      const abort = () => new DOMException('the lock was not granted', 'AbortError')
      const request = { grant: () => held({}).then(done, done), lose: () => later(() => reject(abort())) }
      const done = (result) => {
        if (lock.holder !== request) return
        resolve(result)
        lock.holder = null
        next()
      }
      const next = () => {
        if (lock.holder !== null || lock.queue.length === 0) return
        lock.holder = lock.queue.shift()
        const { grant } = lock.holder
        later(grant)
      }
      signal?.addEventListener('abort', () => {
        lock.queue = lock.queue.filter((one) => one !== request)
        reject(abort())
      })
      if (steal) {
        lock.holder?.lose()
        lock.holder = null
        lock.queue.unshift(request)
      } else lock.queue.push(request)
      next()
    })
  }

  #channel(name, later) {
    const all = this.#channels.get(name) ?? new Set()
    this.#channels.set(name, all)
    const listeners = new Set()
    const seat = { hear: (data) => later(() => listeners.forEach((listener) => listener({ data }))) }
    all.add(seat)
    return {
      postMessage: (message) => {
        const copy = structuredClone(message)
        for (const other of all) if (other !== seat) queueMicrotask(() => other.hear(copy))
      },
      addEventListener: (_, listener) => listeners.add(listener),
      close: () => void all.delete(seat),
    }
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle() {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Waits until something is so; for what works on other threads, as encryption does. */
export async function until(holds, about = String(holds)) {
  for (let turn = 0; turn < 20_000; turn++) {
    if (await holds()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error(`never came true: ${about}`)
}
