// One device of one user: its disk, its clock, its tabs with the real client in them, and what was promised to the user
// on it. What a client holds in memory is seen through the replicas that its engine gave it.

import { MemoryMedium, openClient, openMemoryDisk } from 'lictor/client'
import { Leaders } from './leaders.mjs'
import { Browser, Tab } from './tab.mjs'
import { engineOf, engineOfDocument } from './engines.mjs'
import { DAY } from './time.mjs'

const YEAR = 365 * DAY

export class Device {
  tabs = []
  cut = false
  /** By idempotency key: what the client said is saved. `{n, marker, given}`. */
  saved = new Map()
  /** Idempotency keys that were on the disk when the browser cleared it. */
  cleared = new Set()
  counts = { crashes: 0, clearings: 0, opened: 0, logouts: 0 }
  faults = []

  constructor({ name, user, world }) {
    Object.assign(this, { name, user, world })
    const { chance, time } = world
    this.browser = new Browser()
    this.leaders = new Leaders((about) => world.violate('one leader writes', `${name}: ${about}`))
    this.subs = subscriptions(chance, world.communities)
    // Most clocks are right, some are off by minutes, a few by years.
    const skew = chance.weighted({ right: 6, minutes: 2, years: 2 })
    this.skew = { right: 0, minutes: chance.between(-300_000, 300_000), years: chance.between(-5, 5) * YEAR }[skew]
    const started = time.now
    this.clock = { wall: () => time.now + this.skew, monotonic: () => time.now - started }
    this.medium = new MemoryMedium({
      random: () => chance.fraction(),
      pause: () => (chance.hits(0.4) ? time.delay(chance.below(15)) : Promise.resolve()),
    })
  }

  /** The browser's profile as it is on the disk, on another machine: what runs there takes itself for this device. */
  copy(name) {
    const twin = new Device({ name, user: this.user, world: this.world })
    for (const [part, platter] of Object.entries(twin.medium.platters)) {
      const { exists, safe } = this.medium.platters[part]
      Object.assign(platter, { exists, safe: structuredClone(safe), rows: structuredClone(safe) })
    }
    twin.medium.mark = structuredClone(this.medium.mark)
    twin.subs = this.subs
    twin.saved = structuredClone(this.saved)
    twin.cleared = new Set(this.cleared)
    return twin
  }

  /** Opens the client in one more tab. */
  async open() {
    const { chance, time, network, bug } = this.world
    const tab = new Tab(this.browser, time)
    const seen = { replicas: [] }
    const watched = (engine) => watchedEngine(bug?.engine?.(engine) ?? engine, seen)
    const disk = async () => {
      const newId = () => Array.from(chance.bytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('')
      const opened = await openMemoryDisk({ medium: this.medium, user: this.user, newId })
      return tab.gate(this.leaders.watch(bug?.disk?.(opened, this) ?? opened))
    }
    this.tabs.push(tab)
    const { subs } = this
    tab.seen = seen
    tab.shown = new Map()
    tab.clearings = this.counts.clearings
    this.counts.opened += 1
    const opening = openClient({
      engine: watched(await engineOf(this.world.model, 0)),
      createEngine: async ({ policy }) => watched(await engineOfDocument(policy)),
      url: 'http://server/sync',
      user: { type: 'user', id: this.user },
      subs,
      feed: false,
      disk,
      ...tab.environment(this.clock, chance),
      fetch: network.fetchOf(this, tab),
    })
    // A tab that dies while it opens never gets so far.
    const client = await opening.catch((error) => this.#unopened(tab, error))
    if (client === null || tab.dead) return null
    tab.client = client
    // Another one was told to hold something else while this one opened.
    if (subs !== this.subs) client.hold(this.subs)
    client.subscribe((topic, { sync }) => {
      if (topic === 'outbox') this.#look(tab)
      // What the user takes leave of is not missed.
      if (sync === 'logged-out') for (const one of this.saved.values()) one.given = true
    })
    this.#checkKept(tab)
    return tab
  }

  /** Tabs in which something can be done now. */
  get awake() {
    const isOpen = ({ client }) => client !== null && client.status().sync !== 'logged-out'
    return this.tabs.filter((tab) => !tab.dead && !tab.frozen && isOpen(tab))
  }

  /** Everything on this device stops at once. */
  crash() {
    this.counts.crashes += 1
    for (const tab of this.tabs) this.#bury(tab)
    this.medium.crash()
    this.tabs = []
  }

  /** One tab is gone; the others go on. */
  kill(tab) {
    this.#bury(tab)
    this.tabs = this.tabs.filter((one) => one !== tab)
  }

  async close() {
    for (const tab of this.tabs) {
      tab.thaw()
      // Closing waits for what the client is doing, which may wait for time to pass.
      tab.client?.close().catch(() => {})
    }
    await this.world.time.run(2000)
    for (const tab of this.tabs) this.#bury(tab)
    this.tabs = []
  }

  /** The browser clears the storage of the site, whoever has it open. */
  clear() {
    this.counts.clearings += 1
    for (const idem of this.saved.keys()) this.cleared.add(idem)
    this.medium.clear()
    this.leaders.cleared()
  }

  /** The user signs out, if the client lets them. */
  async logout(tab) {
    await tab.client.logout()
    this.counts.logouts += 1
    for (const tab of this.tabs) this.#bury(tab)
    this.tabs = []
  }

  /** Does something in a tab, and notes what the client promised. */
  async act(tab, work, marker) {
    let done
    try {
      done = await work(tab.client)
    } catch (error) {
      if (tab.dead) return null
      if (error.name === 'ClientError') return null
      this.faults.push(error)
      return null
    }
    const item = tab.client.outbox().find(({ intent }) => intent.n === done.n)
    if (item === undefined) {
      this.faults.push(new Error(`${this.name}: intent ${done.n} is said to be saved and is not in the outbox`))
      return null
    }
    const { idem } = item.intent
    if (!this.#isOnDisk(idem)) this.faults.push(new Error(`${this.name}: ${idem} is said to be saved before it was`))
    this.saved.set(idem, { marker, given: false })
    return idem
  }

  /** The user needs this one no more. */
  giveUp(idem) {
    const one = this.saved.get(idem)
    if (one !== undefined) one.given = true
  }

  #bury(tab) {
    tab.die()
    for (const { replica } of tab.seen.replicas) replica.free()
    tab.seen.replicas = []
  }

  #unopened(tab, error) {
    if (!tab.dead) this.faults.push(error)
    return null
  }

  #isOnDisk(idem) {
    const kept = this.medium.platters.out.safe.get('kept')
    return [...(kept?.values() ?? [])].some(({ intent }) => intent.idem === idem)
  }

  /**
   * Work goes from waiting to decided, and never back while the page lives and keeps its device and its disk. While it waits it
   * is on its way or it is not; every time it was is counted.
   */
  #look(tab) {
    // Each tab that finds its storage cleared stores what it knows, and finds it in its own time.
    const isWhole = tab.clearings === this.counts.clearings
    const name = this.medium.platters.out.rows.get('meta')?.get('head')?.device
    for (const { intent, state, verdict, attempts = 0 } of tab.client.outbox()) {
      const before = tab.shown.get(intent.idem)
      // A change of device gives it another number, and nothing else.
      const { theirs: quoted, ...rest } = verdict ?? {}
      const said = verdict && JSON.stringify({ ...rest, n: 0 })
      // What others wrote may leave it.
      const theirs = JSON.stringify(quoted)
      tab.shown.set(intent.idem, { state, said, theirs, attempts, name: before?.state === state ? before.name : name })
      if (state === 'sent' && attempts === 0)
        this.world.violate('order of states', `${this.name}: ${intent.idem} is on its way, and no attempt is counted`)
      if (before === undefined || !isWhole) continue
      const back = RANK[state] < RANK[before.state] && (RANK[before.state] === 1 || before.name === name)
      if (back) this.world.violate('order of states', `${this.name}: ${intent.idem} was ${before.state}, is ${state}`)
      const isForgotten = verdict === undefined && attempts < before.attempts
      if (isForgotten) this.world.violate('order of states', `${this.name}: attempts of ${intent.idem} were forgotten`)
      const isAnother = before.said !== said || (theirs !== undefined && before.theirs !== theirs)
      if (before.said !== undefined && isAnother)
        this.world.violate('order of states', `${this.name}: the verdict of ${intent.idem} is another one`)
    }
  }

  /** Whatever was saved is there when the device is opened again. */
  #checkKept(tab) {
    const kept = new Set(tab.client.outbox().map(({ intent }) => intent.idem))
    for (const [idem, { given }] of this.saved) {
      if (given || kept.has(idem) || this.cleared.has(idem) || this.world.isAccepted(idem)) continue
      this.world.violate('nothing lost', `${this.name}: ${idem} was saved and is gone from the device`)
    }
  }
}

const RANK = { saved: 0, sent: 0, accepted: 1, accepted_changed: 1, rejected: 1 }

function subscriptions(chance, communities) {
  const kind = chance.weighted({ everywhere: 6, mine: 2, one: 2 })
  if (kind === 'one') return [{ community: chance.pick(communities) }]
  return [kind]
}

/** The engine, which also remembers the replicas it makes and what they were last told is complete. */
function watchedEngine(engine, seen) {
  return new Proxy(engine, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (name !== 'replica') return typeof value === 'function' ? value.bind(target) : value
      return (subject) => {
        const replica = target.replica(subject)
        const one = { replica }
        seen.replicas.push(one)
        return new Proxy(replica, {
          get: (_, method) => {
            const found = Reflect.get(replica, method)
            if (method === 'reset' || method === 'patch')
              return (changes, closed, locked) => {
                one.closed = closed
                found.call(replica, changes, closed, locked)
              }
            if (method === 'free')
              return () => {
                seen.replicas = seen.replicas.filter((other) => other !== one)
                replica.free()
              }
            return typeof found === 'function' ? found.bind(replica) : found
          },
        })
      }
    },
  })
}
