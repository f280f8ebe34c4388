// One history: a repository, users with their devices, an hour in which much goes wrong, and the quiet after it, in which
// everything must have come right. Everything in it follows from the seed.

import { createHash } from 'node:crypto'
import { Chance } from './chance.mjs'
import { check } from './checks.mjs'
import { useCrypto } from './crypto.mjs'
import { Device } from './device.mjs'
import { Host } from './host.mjs'
import { Ledger, markersIn, written } from './ledger.mjs'
import { Network } from './network.mjs'
import { MODELS } from './engines.mjs'
import { Markers } from './repository.mjs'
import { DAY, MINUTE, SECOND, Time } from './time.mjs'
import { meddle, rewrite, use } from './user.mjs'
import { Revisions } from './revisions.mjs'

const STEPS = {
  use: 60,
  meddle: 12,
  crash: 4,
  killTab: 2,
  openTab: 4,
  freeze: 9,
  thaw: 1,
  killNode: 3,
  cut: 4,
  mend: 5,
  clear: 0.7,
  housekeeping: 3,
  leap: 0.7,
  signOut: 0.7,
  signIn: 1,
  reset: 0.4,
  deploy: 0.7,
  roll: 0.7,
  copy: 1,
  full: 0.4,
}

/** So many at most, copies among them. */
const MOST_DEVICES = 9

/** Between two steps at most. */
const PAUSES = { moment: 2 * SECOND, while: 25 * SECOND, long: 2 * MINUTE }

export class World {
  violations = []
  probes = 0
  counts = { revocations: 0, lists: 0, answers: 0, copies: 0 }
  #sent = new Map()
  #digest = createHash('sha256')

  constructor(seed, { model = 'oarepo', bug, steps = 45 } = {}) {
    Object.assign(this, { seed, bug, steps, model: MODELS[model] })
    const chance = new Chance(seed)
    this.chance = chance
    useCrypto(chance)
    globalThis.reportError = (error) => {
      // A disk that is full or was cleared is told to people, and here everybody knows.
      const known = ['storage', 'quota', 'cleared', 'closed']
      if (!known.includes(error.code)) this.fault('reported', error)
    }
    this.time = new Time()
    this.markers = new Markers()
    Object.assign(this, this.model.make(chance, this.markers))
    this.ledger = new Ledger()
    const { time, ledger, facts } = this
    this.host = new Host({ time, chance, ledger, facts, model: this.model, bug, size: chance.between(1, 2) })
    this.network = new Network({ time, chance, host: this.host })
    this.revisions = new Revisions((about) => this.violate('revision moves with the projection alone', about))
    this.host.received = (path, body) => this.#received(path, body)
    this.host.answered = (device, path, body, status, text) => this.#answered(device, path, body, status, text)
  }

  async run() {
    await this.host.start()
    this.devices = this.users.flatMap((user) =>
      Array.from(
        { length: this.chance.between(1, 2) },
        (_, i) => new Device({ name: `${user}-${i}`, user, world: this }),
      ),
    )
    for (const device of this.devices) this.background(device.open())
    for (let round = this.chance.hits(0.3) ? 2 : 1; round > 0 && this.violations.length === 0; round--) {
      await this.#trouble()
      await this.#quiet()
      if (this.chance.hits(0.7) && this.violations.length === 0) {
        await this.#restart()
        await this.#quiet()
      }
    }
    return this.#end()
  }

  violate(invariant, about) {
    this.violations.push({ seed: this.seed, invariant, about })
  }

  /** Something that must not happen, and is none of the invariants. */
  fault(where, error) {
    this.violate('no fault', `${where}: ${error?.stack ?? error}`)
  }

  background(promise) {
    promise.catch((error) => this.fault('in the background', error))
  }

  /** What `promise` comes to, while time goes on. */
  async wait(promise) {
    let over = false
    const settled = promise.finally(() => (over = true))
    settled.catch(() => {})
    await this.time.run(10 * MINUTE, () => over)
    if (!over) throw new Error('never came to an end')
    return settled
  }

  isAccepted(idem) {
    return this.ledger.decisions.some((decision) => decision.idem === idem && decision.r !== 'rejected')
  }

  markersOf(idem) {
    return this.#sent.get(idem) ?? new Set()
  }

  sentMarkers() {
    return new Set([...this.#sent.values()].flatMap((markers) => [...markers]))
  }

  // ---- what happens ---------------------------------------------------------------------------------------------------

  async #trouble() {
    this.network.storm()
    this.host.stormy = true
    for (let i = 0; i < this.steps; i++) {
      const pause = this.chance.weighted({ moment: 14, while: 5, long: 1 })
      await this.time.run(this.chance.below(PAUSES[pause]))
      const kind = this.chance.weighted(STEPS)
      this.#digest.update(`${kind} ${this.time.now}\n`)
      await this.#step(kind)
      if (this.violations.length > 0) return
    }
  }

  async #step(kind) {
    const { chance, host, time } = this
    const device = chance.pick(this.devices)
    const tab = device.awake.length > 0 ? chance.pick(device.awake) : null
    switch (kind) {
      case 'use':
        // People do several things in a row.
        for (let i = chance.between(1, 3); i > 0 && tab !== null; i--) this.background(use(this, device, tab))
        if (device.tabs.length === 0) this.background(device.open())
        return
      case 'meddle':
        return meddle(this)
      case 'crash':
        return device.crash()
      case 'killTab':
        return tab === null ? undefined : device.kill(tab)
      case 'openTab':
        return device.tabs.length < 3 ? this.background(device.open()) : undefined
      case 'freeze':
        return this.#freeze(device)
      case 'thaw':
        return device.tabs.forEach((one) => one.thaw())
      case 'killNode':
        return host.nodes.slice(0, 1).forEach((node) => host.crash(node))
      case 'cut':
        device.cut = true
        return
      case 'mend':
        device.cut = false
        return device.tabs.forEach((one) => one.wake())
      case 'clear':
        return device.clear()
      case 'housekeeping':
        return this.background(host.housekeeping())
      case 'leap':
        return time.leap(chance.between(1, 5) * DAY)
      case 'signOut':
        return void host.signedOut.add(device.user)
      case 'signIn':
        return this.#signIn()
      case 'reset':
        this.revisions.forget()
        return host.reset()
      case 'deploy':
        return host.deploy(chance.below(this.model.policies.length))
      case 'roll':
        return host.roll(chance.below(this.model.policies.length), chance.between(1, 300) * SECOND)
      case 'copy':
        return this.#copy(device)
      default:
        device.medium.quota = chance.between(1000, 20_000)
    }
  }

  /** Somebody copies a profile, and goes on with both. */
  #copy(device) {
    if (this.devices.length >= MOST_DEVICES) return
    this.counts.copies += 1
    const twin = device.copy(`${device.name}-copy${this.counts.copies}`)
    this.devices.push(twin)
    this.background(twin.open())
  }

  /** A leader freezes with an answer on its way, others go on without it, and it wakes again. */
  async #freeze(device) {
    const { chance, time } = this
    const leader = device.awake.find(({ client }) => client.status().leads)
    if (leader === undefined) return
    if (device.awake.length < 2) this.background(device.open())
    const { ids } = leader.client.list()
    const id = ids.length > 0 ? chance.pick(ids) : 'r0'
    const change = () => this.background(rewrite(this, id))
    change()
    // Whoever signed out in the meantime has nothing to ask for.
    time.after(400, () => device.awake.includes(leader) && void leader.client.sync())
    time.after(chance.between(405, 460), () => leader.freeze())
    time.after(11 * SECOND, change)
    time.after(13 * SECOND, () => device.awake.forEach(({ client }) => void client.sync()))
    time.after(chance.between(16, 29) * SECOND, () => leader.thaw())
  }

  #signIn() {
    this.host.signedOut.clear()
    for (const device of this.devices) for (const { client } of device.awake) client.signedIn()
  }

  /** Everything is mended, and goes on until nothing is left to do. */
  async #quiet() {
    if (this.violations.length > 0) return
    this.network.calm()
    this.host.stormy = false
    await this.host.finish()
    for (const device of this.devices) {
      device.cut = false
      device.medium.quota = Infinity
      for (const tab of device.tabs) tab.thaw()
    }
    // Tabs that began to open before may yet do so.
    await this.time.run(20 * SECOND)
    for (const device of this.devices) if (device.awake.length === 0) this.background(device.open())
    await this.time.run(5 * SECOND)
    this.#signIn()
    for (const device of this.devices) for (const tab of device.tabs) tab.wake()
    const calm = () => this.devices.every((device) => device.awake.length > 0 && device.awake.every(isCalm))
    // What one device did another hears with its next look.
    for (let looks = 0; looks < 2; looks++) {
      if (!(await this.time.run(60 * MINUTE, calm))) return this.#restless()
      for (const device of this.devices) for (const { client } of device.awake) void client.sync()
      await this.time.run(15 * SECOND)
    }
    if (!(await this.time.run(60 * MINUTE, calm))) return this.#restless()
    for (const device of this.devices) for (const fault of device.faults.splice(0)) this.fault(device.name, fault)
    for (const fault of this.host.faults.splice(0)) this.fault('the server', fault)
    if (this.violations.length === 0) await check(this)
  }

  #restless() {
    for (const device of this.devices) {
      const states = device.awake.map(({ client }) => {
        const { sync, undecided, problem, leads } = client.status()
        return `${sync}${leads ? ' (leads)' : ''}, ${undecided} undecided${problem ? `: ${problem}` : ''}`
      })
      if (states.length === 0 || !device.awake.every(isCalm))
        this.violate('nothing lost', `${device.name} does not come to rest: ${states.join('; ') || 'it does not open'}`)
    }
  }

  /** Every device is opened anew: what is on the disk must be as good as what is in memory. */
  async #restart() {
    for (const device of this.devices) {
      if (this.chance.hits(0.5)) device.crash()
      else await device.close()
    }
    for (const device of this.devices) this.background(device.open())
  }

  async #end() {
    const { decisions } = this.ledger
    const sum = (name) => this.devices.reduce((total, { counts }) => total + counts[name], 0)
    const result = {
      seed: this.seed,
      violations: this.violations,
      events: this.time.count,
      deliveries: this.network.counts.deliveries,
      lost: this.network.counts.lost + this.network.counts.unheard,
      crashes: sum('crashes'),
      serverCrashes: this.host.counts.crashes,
      resets: this.host.counts.resets - 1,
      policies: this.host.counts.policies,
      rolls: this.host.counts.rolls,
      clearings: sum('clearings'),
      revocations: this.counts.revocations,
      lists: this.counts.lists,
      copies: this.counts.copies,
      intents: this.devices.reduce((total, { saved }) => total + saved.size, 0),
      decided: decisions.length,
      rejected: decisions.filter(({ r }) => r === 'rejected').length,
      sameBase: decisions.filter(({ sameBase }) => sameBase).length,
      sameBaseKnown: decisions.filter(({ sameBase, predicted }) => sameBase && predicted !== 'unknown').length,
      mismatches: this.host.mismatches.length,
      patches: this.revisions.patches,
      moves: this.revisions.moves,
      answers: this.counts.answers,
    }
    this.#digest.update(JSON.stringify(result))
    this.#digest.update(JSON.stringify((await this.host.store.all()).records))
    for (const device of this.devices) for (const tab of [...device.tabs]) device.kill(tab)
    await this.host.close()
    return { ...result, digest: this.#digest.digest('hex') }
  }

  #received(path, body) {
    if (path !== '/sync/push') return
    for (const { idem, args } of JSON.parse(body).intents) this.#sent.set(idem, markersIn(written(args)))
  }

  #answered(device, path, body, status, text) {
    this.#digest.update(`${device.name} ${path} ${status} ${text}\n`)
    if (path === '/sync/pull' && status === 200)
      this.revisions.pulled(JSON.parse(body), JSON.parse(text.split('\n', 1)[0]))
  }
}

function isCalm({ client }) {
  const { sync, undecided } = client.status()
  return sync === 'idle' && undecided === 0
}

/** Runs one history. */
export function runHistory(seed, options) {
  return new World(seed, options).run()
}
