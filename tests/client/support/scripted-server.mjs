// A server that speaks the protocol and decides nothing by itself: a test says what its verdicts are, which entries
// there are, and what goes wrong on the way. The real server is met in `real-server.test.mjs`.

export class ScriptedServer {
  entries = new Map()
  closed = []
  leases = []
  keys = {}
  epoch = 'e1'
  policy
  bundles = {}
  rev = 1
  now
  /** Every request that arrived: path and body. */
  requests = []
  /** What is answered instead, in turn: a Response, `lost` (no answer, nothing done), `unheard` (done, no answer). */
  faults = []
  devices = new Map()
  #changed = new Map()
  #decided = new Map()

  constructor({ policy, now }) {
    this.policy = policy
    this.now = now
    this.fetch = (url, init) => this.#answer(url, init)
  }

  /** Whether to accept; an intent that is accepted has its effects. A test replaces it. */
  judge() {
    return { r: 'accepted' }
  }

  put(k, v, more = {}) {
    this.rev += 1
    this.entries.set(JSON.stringify(k), { k, v, ...more })
    this.#changed.set(JSON.stringify(k), this.rev)
  }

  del(k) {
    this.rev += 1
    this.entries.delete(JSON.stringify(k))
    this.#changed.set(JSON.stringify(k), this.rev)
  }

  of(path) {
    return this.requests.filter((request) => request.path === path)
  }

  /** The number of times an intent was carried out, by idempotency key. */
  times(idem) {
    return this.#decided.get(idem)?.times ?? 0
  }

  token(device) {
    return `${this.epoch}.${device}.${this.rev}`
  }

  async #answer(url, { body, method, signal } = {}) {
    signal?.throwIfAborted()
    const path = new URL(url).pathname.replace(/^\/sync\//, '')
    const asked = body === undefined ? undefined : JSON.parse(body)
    this.requests.push({ path, body: asked, method })
    const fault = path === 'events' ? undefined : this.faults.shift()
    if (fault === 'silent')
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    if (fault === 'lost') throw new TypeError('fetch failed')
    if (typeof fault === 'function') return fault(asked, path)
    if (fault instanceof Response) return fault
    const answer = Response.json(this.#route(path, asked))
    if (fault === 'unheard') throw new TypeError('fetch failed')
    return answer
  }

  #route(path, asked) {
    if (path === 'pull') return this.pull(asked)
    if (path === 'push') return this.push(asked)
    if (path.startsWith('bundle/')) return this.bundles[path.slice('bundle/'.length)]
    return {}
  }

  pull({ device, cookie, have, ackVerdicts }) {
    if (have.bundle !== this.policy) return { t: 'bundle_required', hash: this.policy }
    const { lastN, verdicts } = this.#device(device)
    const common = {
      next: this.token(device),
      serverNow: this.now(),
      closed: this.closed,
      leases: this.leases,
      verdicts: verdicts.filter(({ n }) => n > ackVerdicts),
      lastN,
      keys: this.keys,
    }
    const [epoch, owner, rev] = (cookie ?? '').split('.')
    if (epoch !== this.epoch || owner !== device) return { t: 'reset', entries: [...this.entries.values()], ...common }
    const ops = [...this.#changed]
      .filter(([, at]) => at > Number(rev))
      .map(([key]) =>
        this.entries.has(key) ? { op: 'put', ...this.entries.get(key) } : { op: 'del', k: JSON.parse(key) },
      )
    return { t: 'patch', base: cookie, ops, ...common }
  }

  push({ device: name, intents }) {
    const device = this.#device(name)
    const verdicts = []
    for (const intent of intents) {
      const before = device.verdicts.find(({ n }) => n === intent.n)
      const stop = (code) => ({ verdicts, lastN: device.lastN, stop: { n: intent.n, code, message: code } })
      if (before !== undefined) {
        if (before.idem !== intent.idem) return stop('idem_mismatch')
        verdicts.push(before)
        continue
      }
      if (intent.n !== device.lastN + 1) return stop('gap')
      const judged = this.#decided.get(intent.idem)?.judged ?? this.judge(intent)
      if (!this.#decided.has(intent.idem) && judged.r !== 'rejected') this.#carryOut(intent)
      this.#decided.set(intent.idem, {
        judged,
        times: (this.#decided.get(intent.idem)?.times ?? 0) + (this.#decided.has(intent.idem) ? 0 : 1),
      })
      device.lastN = intent.n
      const verdict = { n: intent.n, idem: intent.idem, at: this.token(name), sameBase: true, ...judged }
      device.verdicts.push(verdict)
      verdicts.push(verdict)
    }
    return { verdicts, lastN: device.lastN }
  }

  #carryOut({ action, target, args }) {
    const entry = this.entries.get(JSON.stringify(target))
    if (action === 'create') return this.put(target, args.record)
    if (!args.set) return
    const v = structuredClone(entry.v)
    for (const { path, value } of args.set) v[path] = value
    this.put(target, v)
  }

  #device(name) {
    if (!this.devices.has(name)) this.devices.set(name, { lastN: 0, verdicts: [] })
    return this.devices.get(name)
  }
}
