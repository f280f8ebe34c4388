// The server side: a store that outlives everything but a reset, and nodes that come and go over it. A node is the real
// handler. Between any two calls to the store time passes, so requests interleave, and a node can die there.

import { createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'
import { DAY, MINUTE } from './time.mjs'
import { engineOf } from './engines.mjs'

/** Short times, so that a history meets the ends of them. */
const SYNC = { lease: 2 * DAY, keep: 20 * MINUTE, silent: 30 * DAY }

/** How often a node dies right after a write. */
const DIES = 0.03

export class Host {
  nodes = []
  /** Whether nodes die by themselves. */
  stormy = false
  /** Users whose session ended: the server wants them to sign in. */
  signedOut = new Set()
  store = null
  policy = 0
  counts = { requests: 0, crashes: 0, resets: 0, policies: 0, rolls: 0, jobs: 0 }
  faults = []
  /** Called with each request as it arrives, and with what a node answered. */
  received = () => {}
  answered = () => {}
  #closing = []

  constructor({ time, chance, ledger, facts, model, bug, size }) {
    Object.assign(this, { time, chance, ledger, model, bug, size })
    this.facts = facts
  }

  async start() {
    await this.reset()
  }

  /** A store of another identity, as it was at the beginning: a disk that was lost, a backup of old. */
  async reset() {
    for (const node of this.nodes) this.kill(node)
    const options = { columns: await engineOf(this.model, 0), now: () => this.time.now }
    this.store = await openMemoryStore(structuredClone(this.facts), options)
    this.ledger.begin(this.facts)
    this.counts.resets += 1
    await this.up()
  }

  /** Starts nodes until there are enough. */
  async up() {
    while (this.nodes.length < this.size) this.nodes.push(await this.#node())
  }

  /** All nodes speak another policy from now on. */
  async deploy(policy) {
    for (const node of [...this.nodes]) this.kill(node)
    this.policy = policy
    this.counts.policies += 1
    await this.up()
  }

  /** As `deploy`, one node after the other: for so long, nodes of both policies answer over one store. */
  async roll(policy, ms) {
    this.policy = policy
    this.counts.rolls += 1
    this.nodes.push(await this.#node())
    this.time.after(ms, () => void this.finish())
  }

  /** Nodes of an earlier policy end, and there are enough of the present one. */
  async finish() {
    for (const node of this.nodes.filter(({ policy }) => policy !== this.policy)) this.kill(node)
    await this.up()
  }

  /** A node dies in the middle of whatever it does. */
  kill(node) {
    node.dead = true
    node.died()
    this.nodes = this.nodes.filter((one) => one !== node)
    this.#closing.push(node.handler)
  }

  /** As `kill`; another one starts by itself after a while. */
  crash(node) {
    this.counts.crashes += 1
    this.kill(node)
    this.time.after(this.chance.below(20_000), () => void this.up())
  }

  /** What a node answers; fails if there is none, or it dies over it. */
  async handle(request) {
    if (this.nodes.length === 0) throw new TypeError('connection refused')
    const node = this.chance.pick(this.nodes)
    this.counts.requests += 1
    const reset = node.death.then(() => {
      throw new TypeError('connection reset')
    })
    const asked = request.clone()
    const answered = node.handler(request).then((response) => {
      const planted = response.status === 200 ? this.bug?.answer : undefined
      return planted?.(response, { request: asked, host: this, node }) ?? response
    })
    return Promise.race([answered, reset])
  }

  /** Scheduled work on one of the nodes. */
  async housekeeping() {
    const node = this.chance.pick(this.nodes)
    if (node === undefined) return
    this.counts.jobs += 1
    await Promise.race([node.handler.housekeeping(), node.death])
  }

  /** Somebody else writes to the store. `make` gives the changes from what is there. */
  async write(make) {
    for (;;) {
      const facts = await this.store.all()
      const changes = make(facts)
      if (changes.length === 0) return
      try {
        await this.store.write({ changes, expected: facts.revision })
        this.ledger.wrote({ changes })
        return
      } catch (error) {
        if (error.code !== 'conflict') throw error
      }
    }
  }

  get mismatches() {
    return this.ledger.decisions.filter(
      ({ sameBase, predicted, r }) =>
        sameBase && predicted !== 'unknown' && predicted !== (r === 'rejected' ? 'deny' : 'allow'),
    )
  }

  async close() {
    for (const node of [...this.nodes]) this.kill(node)
    for (const handler of this.#closing) await handler.close()
  }

  async #node() {
    let died
    const { policy } = this
    const node = { policy, dead: false, death: new Promise((resolve) => (died = resolve)) }
    node.died = died
    const engine = await engineOf(this.model, policy)
    const reached = this.#reached(node, this.store)
    node.handler = createHandler({
      engine,
      store: this.bug?.store?.(reached, this) ?? reached,
      now: () => this.time.now,
      secret: 'a secret of the simulator that is long enough',
      sync: SYNC,
      authenticate: (request) => {
        const id = request.headers.get('user')
        return this.signedOut.has(id) ? new Response(null, { status: 401 }) : { type: 'user', id }
      },
      onError: (error) => {
        if (!node.dead) this.faults.push(error)
      },
    })
    return node
  }

  /** The store as a node reaches it: calls take time, and after its death none arrives. */
  #reached(node, store) {
    const never = new Promise(() => {})
    const pass = async () => {
      if (this.chance.hits(0.25)) await this.time.delay(this.chance.below(12))
      if (node.dead) await never
    }
    const through =
      (method) =>
      async (...args) => {
        await pass()
        const result = await method.apply(store, args)
        await pass()
        return result
      }
    const write = async (given) => {
      await pass()
      // Noted in the same turn as it is made.
      const revision = await store.write(given)
      this.ledger.wrote(given)
      // The worst moment to die: it is done, and nobody will ever hear of it.
      if (this.stormy && this.chance.hits(DIES)) this.crash(node)
      await pass()
      return revision
    }
    // Whoever dies lets go of the lock.
    const exclusive = (work) => store.exclusive(() => Promise.race([work(), node.death]))
    return new Proxy(store, {
      get: (_, name) => {
        const value = Reflect.get(store, name)
        if (name === 'write') return write
        if (name === 'exclusive') return exclusive
        if (name === 'subscribe') return value.bind(store)
        return typeof value === 'function' ? through(value) : value
      },
    })
  }
}
