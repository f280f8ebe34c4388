/**
 * This tab among the others: it leads (sends, receives, writes for all) or follows (hears what the leader did). Holds
 * the parts together that run by themselves: election, loop, feed, messages.
 */

import type { Scope } from '../sync/protocol.js'
import type { Core } from './core.js'
import { Election } from './election.js'
import type { Environment } from './environment.js'
import { report } from './errors.js'
import { Feed } from './feed.js'
import type { Phase } from './pace.js'
import { Sync, type SyncOptions } from './sync.js'
import { Tabs, type Message } from './tabs.js'
import type { Transport } from './transport.js'
import type { Watches } from './watch.js'

export interface TeamOptions {
  name: string
  core: Core
  watches: Watches
  transport: Transport
  /** Given less patience: signing out must not wait for a server that is gone. */
  farewell: Transport
  env: Environment
  feed: boolean
  /** Left out: what the view holds that is there. */
  subs: Scope[] | undefined
  sync: Pick<SyncOptions, 'rhythm' | 'loadEngine'>
}

export class Team {
  private readonly core: Core
  private readonly tabs: Tabs
  private readonly election: Election
  private readonly loop: Sync
  private readonly feed: Feed
  private readonly unlisten: (() => void)[] = []
  /** What the device is to hold, by the last word of any tab. Left out: what the view holds. */
  private wanted: Scope[] | undefined
  /** How many words on that there were, as far as this tab has heard. One that slept may still repeat an old one. */
  private word = 0
  /** This tab may have missed what another one wrote. */
  private behind = false
  private looking = false
  private ended = false
  /** Called once it is known that this tab leads, or that another one does. */
  private place: () => void = () => {}
  private readonly placed = new Promise<void>((resolve) => (this.place = resolve))

  constructor(private readonly options: TeamOptions) {
    const { core, env, name, transport } = options
    this.core = core
    this.wanted = options.subs
    this.tabs = new Tabs(name, env, (message) => this.heard(message))
    this.election = new Election(name, env, {
      lead: () => core.serial.run(() => this.lead()),
      follow: () => this.follow(),
      ping: () => {
        this.behind = true
        this.tell({ t: 'ping' })
      },
      beat: () => this.look(),
    })
    this.loop = new Sync({
      ...options.sync,
      core,
      transport,
      env,
      subs: () => this.subs(),
      told: () => this.feed.live,
      phase: (phase, problem) => this.phase(phase, problem),
      sending: (step) => {
        core.sending(step)
        this.tell(step)
      },
      fenced: () => this.election.stepDown(),
    })
    this.feed = new Feed(transport, env, () => this.loop.kick('work'))
  }

  start(): void {
    const { core, env, watches } = this.options
    this.unlisten.push(
      core.status.subscribe((topic) => {
        if (topic === 'data') watches.refresh()
      }),
      env.connectivity.subscribe(() => this.loop.kick('wake')),
    )
    // Whoever leads answers with the keys it holds, and how things stand.
    this.tell({ t: 'ping' })
    this.election.start()
  }

  tell(message: Message): void {
    this.tabs.tell(message)
  }

  /** There is something to send. In a follower the leader hears of it by `outbox`. */
  work(): void {
    if (this.election.leads) this.loop.kick('work')
  }

  async sync(): Promise<void> {
    // Just opened, it is not settled yet which tab leads.
    await this.placed
    if (!this.core.status.get().leads) {
      // Followers hear of the outcome as of any other news.
      this.tell({ t: 'sync' })
      return
    }
    const settled = this.loop.settled()
    this.loop.kick('wake')
    return settled
  }

  signedIn(): void {
    if (this.election.leads) this.loop.kick('signed-in')
    else this.tell({ t: 'signed-in' })
  }

  hold(subs: Scope[]): void {
    this.word += 1
    this.tell({ t: 'hold', subs, word: this.word })
    this.want(subs)
  }

  async logout(): Promise<void> {
    const { core, farewell } = this.options
    const { device } = core.outbox
    this.tell({ t: 'logout' })
    this.end('logged-out')
    const told = farewell.logout(device).catch(() => {})
    await core.serial.run(async () => {
      core.forget()
      core.status.clear()
      // Another tab may hold one of them: that one goes when the tab lets go, and the other must not wait for it.
      const wiped = await Promise.allSettled([core.disk.view.wipe(), core.disk.outbox.wipe()])
      for (const one of wiped) if (one.status === 'rejected') throw one.reason
    })
    await told
  }

  async close(): Promise<void> {
    if (this.ended) return
    this.end('closed')
    await this.core.serial.run(() => this.shut())
  }

  // ---- leading and following -----------------------------------------------------------------------------------------

  private async lead(): Promise<void> {
    if (this.ended) return
    const { core } = this
    await core.claim()
    if (this.behind) {
      await core.restore()
      core.shown('view')
      this.behind = false
    }
    core.status.set({ leads: true })
    this.loop.start()
    this.place()
  }

  private follow(): void {
    this.loop.stop()
    this.feed.stop()
    if (this.ended) return
    this.core.status.set({ leads: false })
    this.behind = true
    // Memory may be ahead of the disk by what the other leader did not let this one write.
    this.background(async () => {
      await this.core.reloadOutbox()
      await this.core.restore()
      this.core.shown('view')
    })
    this.tell({ t: 'ping' })
  }

  private subs(): Scope[] {
    return this.wanted ?? this.core.session.meta?.subs ?? ['everywhere']
  }

  private want(subs: Scope[]): void {
    this.wanted = subs
    if (!this.election.leads) return
    this.loop.kick('wake')
    // What was on its way when the others heard of it must not be the last they hear.
    this.tell(this.here())
  }

  /** The disk may have been cleared. One look at a time, since a disk may be slow. */
  private look(): void {
    if (this.looking) return
    this.looking = true
    this.background(() => this.core.look().finally(() => (this.looking = false)))
  }

  private phase(phase: Phase, problem: string | undefined): void {
    if (this.ended) return
    this.stand(phase, problem)
    this.tell(this.here())
    // From the first look on the server knows the device; after a change of device it is another one.
    if (phase === 'idle' && this.options.feed) this.feed.listen(this.core.outbox.device)
  }

  private stand(phase: Phase, problem: string | undefined): void {
    const { status } = this.core
    // What is wrong with the storage stays wrong while the network is well.
    if (problem !== undefined || status.get().storage === 'persisted') status.set({ sync: phase, problem })
    else status.set({ sync: phase })
  }

  private here(): Message {
    const { sync, problem } = this.core.status.get()
    return { t: 'here', phase: sync as Phase, problem, keys: this.core.keys, subs: this.subs(), word: this.word }
  }

  private heard(message: Message): void {
    if (this.ended) return
    const { core } = this
    const { leads } = this.election
    switch (message.t) {
      case 'ping':
        if (leads) this.tell(this.here())
        return
      case 'here':
        this.election.heard()
        this.place()
        if (leads) return
        this.stand(message.phase, message.problem)
        if (message.word >= this.word) {
          this.word = message.word
          this.wanted = message.subs
        }
        return this.background(() => core.unlock(message.keys))
      case 'outbox':
        return this.background(async () => {
          await core.reloadOutbox()
          this.work()
        })
      case 'sent':
      case 'unsent':
        return core.sending(message)
      case 'view':
        if (!leads) this.background(() => core.follow(message))
        return
      case 'keys':
        return this.background(() => core.protection.open(message.keys))
      case 'vault':
        return this.background(() => core.protection.changed(leads))
      case 'signed-in':
        return this.loop.kick('signed-in')
      case 'sync':
        return this.loop.kick('wake')
      case 'hold':
        if (message.word <= this.word) return
        this.word = message.word
        return this.want(message.subs)
      case 'logout':
        this.end('logged-out')
        return this.background(() => this.shut())
    }
  }

  private end(how: 'closed' | 'logged-out'): void {
    this.ended = true
    this.place()
    this.core.status.set({ sync: how, leads: false })
    for (const unlisten of this.unlisten) unlisten()
    this.options.watches.close()
    this.loop.stop()
    this.feed.stop()
    this.election.close()
    this.tabs.close()
  }

  private async shut(): Promise<void> {
    this.core.forget()
    this.core.status.clear()
    await this.core.disk.view.close()
    await this.core.disk.outbox.close()
  }

  private background(work: () => Promise<void>): void {
    this.core.serial
      .run(async () => {
        // Queued before the end, it would work on a disk that is closed.
        if (!this.ended || this.core.status.get().sync === 'logged-out') await work()
      })
      .catch((error: unknown) => {
        if (!this.ended) report(error)
      })
  }
}
