// One tab of a browser and what tabs of one browser share. A tab can freeze (it keeps its locks and hears nothing) and
// die (it does nothing more, and its locks are free).

export class Browser {
  #locks = new Map()
  #channels = new Map()

  /** As Web Locks do it: one holder, a queue, and whoever steals goes first. */
  request(tab, name, { signal, steal }, held) {
    return new Promise((resolve, reject) => {
      const lock = this.#locks.get(name) ?? { holder: null, queue: [] }
      this.#locks.set(name, lock)
      const abort = () => new DOMException('the lock was not granted', 'AbortError')
      const request = { tab, grant: () => held({}).then(done, done), lose: () => tab.later(() => reject(abort())) }
      const done = (result) => {
        if (lock.holder !== request) return
        resolve(result)
        lock.holder = null
        grantNext(lock)
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
      grantNext(lock)
    })
  }

  channel(tab, name) {
    const all = this.#channels.get(name) ?? new Set()
    this.#channels.set(name, all)
    const listeners = new Set()
    const seat = { tab, hear: (data) => tab.later(() => listeners.forEach((listener) => listener({ data }))) }
    all.add(seat)
    return {
      postMessage: (message) => {
        if (tab.dead) return
        const copy = structuredClone(message)
        for (const other of all) if (other !== seat) queueMicrotask(() => other.hear(copy))
      },
      addEventListener: (_type, listener) => listeners.add(listener),
      close: () => void all.delete(seat),
    }
  }

  /** A tab is no more. */
  bury(tab) {
    for (const all of this.#channels.values()) for (const seat of all) if (seat.tab === tab) all.delete(seat)
    for (const lock of this.#locks.values()) {
      lock.queue = lock.queue.filter((one) => one.tab !== tab)
      if (lock.holder?.tab !== tab) continue
      lock.holder = null
      grantNext(lock)
    }
  }
}

function grantNext(lock) {
  if (lock.holder !== null || lock.queue.length === 0) return
  lock.holder = lock.queue.shift()
  const { tab, grant } = lock.holder
  tab.later(grant)
}

export class Tab {
  dead = false
  frozen = false
  client = null
  #held = []
  #woken = new Set()

  constructor(browser, time) {
    this.browser = browser
    this.time = time
  }

  /** What this tab would do now; a frozen one does it when it thaws, a dead one never. */
  later(work) {
    if (this.dead) return
    if (this.frozen) this.#held.push(work)
    else work()
  }

  freeze() {
    this.frozen = true
  }

  thaw() {
    this.frozen = false
    // One task after the other, as a browser hands them out: what the first sets going is under way before the next.
    this.#held.splice(0).forEach((work, i) => this.time.after(3 * i, () => this.later(work)))
  }

  die() {
    this.dead = true
    this.#held = []
    this.browser.bury(this)
  }

  /** The network came back, or somebody looks at the page. */
  wake() {
    for (const changed of this.#woken) this.later(changed)
  }

  /** Hands on what `promise` comes to when this tab can hear of it: never, if it died. */
  hears(promise) {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.later(() => resolve(value)),
        (error) => this.later(() => reject(error)),
      )
    })
  }

  /** A disk as this tab reaches it. */
  gate({ outbox, view }) {
    return { outbox: this.#gated(outbox), view: this.#gated(view) }
  }

  #gated(part) {
    return new Proxy(part, {
      get: (target, name) => {
        const method = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return (...args) => {
          if (this.dead) return new Promise(() => {})
          return this.hears(method.apply(target, args))
        }
      },
    })
  }

  /** The outside of the client that runs in this tab. `clock` is the device's. */
  environment(clock, chance) {
    return {
      clock,
      random: (count) => chance.bytes(count),
      schedule: (work, ms) => this.time.after(ms, () => this.later(work)),
      locks: { request: (name, options, held) => this.browser.request(this, name, options, held) },
      channel: (name) => this.browser.channel(this, name),
      connectivity: {
        subscribe: (changed) => {
          this.#woken.add(changed)
          return () => this.#woken.delete(changed)
        },
      },
    }
  }
}
