/**
 * The leader's loop: push what waits, pull what is new, wait. One round at a time, so an answer never meets a state it
 * was not asked from. When to go round again is decided in `pace.ts`.
 */

import type { SyncEngine } from '../sync/engine.js'
import type { Intent, PushResponse, Scope } from '../sync/protocol.js'
import { PROTOCOL } from '../sync/protocol.js'
import { applyView } from './apply.js'
import type { Core } from './core.js'
import { fraction, randomId, type Environment } from './environment.js'
import { Fenced, report, textOf } from './errors.js'
import { takeIn } from './intake.js'
import { after, START, type Outcome, type Pace, type Phase, type Rhythm } from './pace.js'
import { acknowledged, BATCH, isBehind, undecided } from './queue.js'
import type { Sending } from './sends.js'
import { TransportError, type Transport } from './transport.js'

/** Version of the view's format that this client reads. */
const SCHEMA = 1

export interface SyncOptions {
  core: Core
  transport: Transport
  env: Environment
  rhythm: Rhythm
  subs: () => Scope[]
  /** Whether the server tells of changes by itself. */
  told: () => boolean
  /** The engine of a policy, from wherever it can be had; null if this client has no means to make one. */
  loadEngine: (hash: string) => Promise<SyncEngine | null>
  phase: (phase: Phase, problem: string | undefined) => void
  /** A push began or ended. */
  sending: (step: Sending) => void
  /** Another tab writes now. */
  fenced: () => void
}

/** Why a round should come sooner: there is work, the network may be back, the user signed in. */
export type Kick = 'work' | 'wake' | 'signed-in'

export class Sync {
  private pace: Pace = START
  /** The loop that runs; another object means that one was started later. */
  private running: object | null = null
  private wake: (() => void) | null = null
  private kicked = false
  /** Look before sending: what this device believes of its numbers was wrong. */
  private mustPull = false
  /** Ask for the whole view. */
  private startOver = false
  /** The number at which the server said it had lost count. A second time means a new device. */
  private lostAt: number | null = null
  /** New devices since the last verdict, or the last pause. */
  private renewals = 0
  /** A batch was refused as a whole: one by one, to find out which. */
  private single = false
  /** The engine of a policy the server asked for, until a view comes under it. */
  private next: SyncEngine | null = null
  private waiting: { resolve: () => void }[] = []

  constructor(private readonly options: SyncOptions) {}

  start(): void {
    const run = {}
    this.running = run
    this.pace = START
    this.loop(run).catch(report)
  }

  stop(): void {
    this.running = null
    this.wake?.()
    this.finished()
  }

  kick(why: Kick): void {
    const { phase } = this.pace
    const heard =
      phase === 'signed-out'
        ? why === 'signed-in'
        : phase === 'offline' || phase === 'retrying' || phase === 'no-policy'
          ? why !== 'work'
          : phase !== 'too-old'
    if (!heard) return
    this.kicked = true
    this.wake?.()
  }

  /** Resolves when the next round that begins from here has ended without more to do, or cannot go on. */
  settled(): Promise<void> {
    return new Promise((resolve) => void this.waiting.push({ resolve }))
  }

  private async loop(run: object): Promise<void> {
    while (this.running === run) {
      this.kicked = false
      const expected = this.waiting.length
      const outcome = await this.round(run)
      if (this.running !== run) return
      const { env, rhythm, told } = this.options
      // Now and then all the same: a feed may be dead and not know it.
      const poll = told() ? rhythm.poll * SELDOM : rhythm.poll
      const { pace, wait } = after(this.pace, outcome, { ...rhythm, poll }, fraction(env.random))
      this.pace = pace
      this.options.phase(pace.phase, outcome.t === 'failed' ? outcome.problem : undefined)
      if (wait === 0) continue
      this.finished(expected)
      await this.sleep(wait)
    }
  }

  private finished(count = this.waiting.length): void {
    for (const { resolve } of this.waiting.splice(0, count)) resolve()
  }

  private sleep(ms: number | null): Promise<void> {
    if (this.kicked) return Promise.resolve()
    return new Promise((resolve) => {
      const calm = ms === null ? () => {} : this.options.env.schedule(() => this.wake?.(), ms)
      this.wake = () => {
        this.wake = null
        calm()
        resolve()
      }
    })
  }

  private async round(run: object): Promise<Outcome> {
    try {
      const intents = this.mustPull ? [] : undecided(this.options.core.outbox.kept).slice(0, this.single ? 1 : BATCH)
      if (intents.length > 0) {
        const outcome = await this.push(run, intents)
        if (outcome !== null) return outcome
      }
      return await this.pull(run)
    } catch (error) {
      if (this.running !== run) return STOPPED
      if (error instanceof Fenced) {
        this.running = null
        this.finished()
        this.options.fenced()
        return STOPPED
      }
      if (error instanceof TransportError) {
        return { t: 'failed', kind: error.kind, problem: error.message, wait: error.wait ?? 0 }
      }
      // A fault of this device (a disk that fails): no reason to stop, nor to run hot.
      report(error)
      return { t: 'failed', kind: 'server', problem: textOf(error) }
    }
  }

  // ---- push ----------------------------------------------------------------------------------------------------------

  /** Sends a batch, and says what is on its way and what no longer is. Null: nothing more to send, go on and pull. */
  private async push(run: object, intents: Intent[]): Promise<Outcome | null> {
    const idems = intents.map(({ idem }) => idem)
    // Whoever leads instead of a loop that was stopped sends the same, and says so.
    const ended = (problem?: string): void => {
      const open = undecided(this.options.core.outbox.kept).map(({ idem }) => idem)
      const back = idems.filter((idem) => open.includes(idem))
      if (this.running === run && back.length > 0) this.options.sending({ t: 'unsent', idems: back, problem })
    }
    this.options.sending({ t: 'sent', idems })
    try {
      const outcome = await this.pushed(run, intents)
      ended(outcome?.t === 'failed' ? outcome.problem : undefined)
      return outcome
    } catch (error) {
      if (!(error instanceof Fenced)) ended(textOf(error))
      throw error
    }
  }

  private async pushed(run: object, intents: Intent[]): Promise<Outcome | null> {
    const { core, transport } = this.options
    let response: PushResponse
    try {
      response = await transport.push({ v: PROTOCOL, device: core.outbox.device, intents })
    } catch (error) {
      if (!(error instanceof TransportError) || error.kind !== 'refused') throw error
      return this.refused(intents, error)
    }
    // An answer to a loop that was stopped meanwhile is for whoever leads now to ask for again.
    if (this.running !== run) return STOPPED
    await core.serial.run(() => core.settle(response.verdicts))
    if (response.verdicts.length > 0) this.renewals = 0
    const { stop } = response
    const left = undecided(core.outbox.kept)
    if (stop === undefined) {
      const [first] = intents
      // Decided long ago, and the verdict is trimmed: another that goes by this device's name has had it. A device of a new
      // name is told again.
      if (first !== undefined && left[0]?.idem === first.idem) return this.lostCount(first.n)
      this.lostAt = null
      this.single = false
      return left.length > 0 ? MORE : null
    }
    switch (stop.code) {
      case 'auth':
        return { t: 'failed', kind: 'auth', problem: stop.message }
      case 'retry_later':
        return { t: 'failed', kind: 'busy', problem: stop.message }
      default:
        return this.lostCount(stop.n)
    }
  }

  /** The server counts otherwise: see what it has, and if that does not help go on as a new device. */
  private async lostCount(n: number): Promise<Outcome> {
    this.mustPull = true
    if (this.lostAt !== n) {
      this.lostAt = n
      return MORE
    }
    if (this.renewals >= RENEWALS) {
      // Not at once again; but a server that was made anew meanwhile will take the next name.
      this.renewals = 0
      return { t: 'failed', kind: 'garbled', problem: 'the server loses count of every device this client names' }
    }
    this.renewals += 1
    await this.renew()
    return MORE
  }

  /** The server will not read this push. One intent must not stop the others: it is set aside as refused. */
  private async refused(intents: Intent[], error: TransportError): Promise<Outcome> {
    const { core } = this.options
    const [intent] = intents
    if (intents.length > 1 || intent === undefined) {
      this.single = true
      return MORE
    }
    const message = `the server could not read this change (${error.message}); edit it and send it again`
    const at = core.session.meta?.token ?? ''
    const { n, idem } = intent
    const verdict = { n, idem, at, r: 'rejected', code: 'validation', message, sameBase: false } as const
    await core.serial.run(() => core.settle([verdict]))
    // The server never counted it, so the numbers after it would be a gap.
    await this.renew()
    this.mustPull = true
    return MORE
  }

  private async renew(): Promise<void> {
    const { core, env } = this.options
    const device = randomId(env.random)
    await core.serial.run(() => core.renumber(device))
    this.lostAt = null
    this.startOver = true
  }

  // ---- pull ----------------------------------------------------------------------------------------------------------

  private async pull(run: object): Promise<Outcome> {
    const { core, transport, env, loadEngine } = this.options
    const { session } = core
    const engine = this.next ?? session.engine
    const subs = this.options.subs()
    const response = await transport
      .pull({
        v: PROTOCOL,
        device: core.outbox.device,
        cookie: this.startOver ? null : (session.meta?.token ?? null),
        subs,
        have: { bundle: engine.policy.hash, schema: SCHEMA },
        ackVerdicts: acknowledged(core.outbox),
      })
      .catch((error: unknown) => {
        // Whatever it was about this view, a whole one has none of it.
        if (error instanceof TransportError && error.kind === 'refused') this.startOver = true
        throw error
      })
    if (this.running !== run) return STOPPED
    switch (response.t) {
      case 'auth':
        return { t: 'failed', kind: 'auth', problem: 'the server wants the user to sign in' }
      case 'client_too_old':
        return { t: 'failed', kind: 'too-old', problem: 'the server is newer than this page: reload it' }
      case 'bundle_required': {
        if (response.hash === engine.policy.hash) {
          return { t: 'failed', kind: 'garbled', problem: 'the server asks for a policy that it was told of' }
        }
        this.next = await loadEngine(response.hash)
        if (this.next === null) {
          const problem = 'the policy changed: reload the page, or give `openClient` a `createEngine`'
          return { t: 'failed', kind: 'no-policy', problem }
        }
        return MORE
      }
    }
    const about = { subs, engine, wall: env.clock.wall() }
    const goesOn = (): boolean => this.running === run
    // Outside of what is done one at a time: it takes as long as the network does.
    const view = response.t === 'parts' ? await takeIn(core, response, engine, goesOn) : response
    const applied = await core.serial
      .run(async () => (goesOn() ? applyView(core, view, about) : null))
      .finally(() => {
        if (view.t === 'parts' && view.replica !== session.replica) view.replica.free()
      })
    if (applied === null) return STOPPED
    if (applied !== 'applied') {
      const again = this.startOver
      this.startOver ||= applied === 'start-over'
      // Once at once; a server that goes on like that is given time.
      if (!again && applied === 'start-over') return MORE
      return { t: 'failed', kind: 'garbled', problem: 'the server sent what does not fit the view of this device' }
    }
    this.startOver = false
    this.mustPull = false
    this.next = null
    // What was accepted there would be shown over this view for ever.
    if (isBehind(core.outbox.kept, response.lastN)) {
      await this.renew()
      return MORE
    }
    return { t: 'done', more: this.kicked || undecided(core.outbox.kept).length > 0 }
  }
}

/** A server that counts wrong for each of so many new devices is given time. */
const RENEWALS = 2

/** So much less often the server is asked while it tells by itself. */
const SELDOM = 10

const MORE: Outcome = { t: 'done', more: true }
const STOPPED: Outcome = { t: 'done', more: false }
