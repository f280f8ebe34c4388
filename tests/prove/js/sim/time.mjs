// Time that only a history moves. Between two events everything runs that waits for nothing but its turn.

/** A day, in milliseconds. */
export const DAY = 86_400_000
export const SECOND = 1000
export const MINUTE = 60 * SECOND

export class Time {
  /** Milliseconds since 1970: what is so, whatever devices believe. */
  now = Date.UTC(2027, 0, 15, 12)
  /** Events that ran. */
  count = 0
  #heap = []
  #order = 0

  /** Runs `work` after `ms`; gives the function that calls it off. */
  after(ms, work) {
    const event = { at: this.now + Math.max(0, ms), order: this.#order++, work }
    push(this.#heap, event)
    return () => void (event.work = null)
  }

  delay(ms) {
    return new Promise((resolve) => void this.after(ms, resolve))
  }

  /** Runs all that falls due within `ms`, or until `done` says so. */
  async run(ms, done = () => false) {
    const end = this.now + ms
    await idle()
    while (this.#heap.length > 0 && this.#heap[0].at <= end) {
      if (done()) return true
      const event = pop(this.#heap)
      if (event.work === null) continue
      this.now = Math.max(this.now, event.at)
      this.count += 1
      event.work()
      await idle()
    }
    this.now = end
    return done()
  }

  /** Nothing happens for a long time: what was to come comes later, as when all machines sleep. */
  leap(ms) {
    this.now += ms
    for (const event of this.#heap) event.at += ms
  }
}

/** Promises that are ready run before this resolves. There is nothing else to wait for: no threads, no real timers. */
function idle() {
  return new Promise((resolve) => setImmediate(resolve))
}

const before = (a, b) => a.at < b.at || (a.at === b.at && a.order < b.order)

function push(heap, event) {
  heap.push(event)
  for (let i = heap.length - 1; i > 0;) {
    const parent = (i - 1) >> 1
    if (!before(heap[i], heap[parent])) return
    ;[heap[i], heap[parent]] = [heap[parent], heap[i]]
    i = parent
  }
}

function pop(heap) {
  const first = heap[0]
  const last = heap.pop()
  if (heap.length === 0) return first
  heap[0] = last
  for (let i = 0; ;) {
    let least = i
    for (const child of [2 * i + 1, 2 * i + 2])
      if (child < heap.length && before(heap[child], heap[least])) least = child
    if (least === i) return first
    ;[heap[i], heap[least]] = [heap[least], heap[i]]
    i = least
  }
}
