/** Opening a client: the disk, the policy, what is stored; then everything that runs by itself. */

import type { SyncEngine } from '../sync/engine.js'
import type { JsonObject } from '../types.js'
import { Answers } from './answers.js'
import { Client } from './client.js'
import { SKEW, ViewClock } from './clock.js'
import { Core } from './core.js'
import type { Disk } from './disk/disk.js'
import { openIndexedDBDisk, openMemoryDisk } from './disk/index.js'
import { environmentOf, randomId, type Environment } from './environment.js'
import { actorOf, NAME, nameOf, type ClientOptions } from './options.js'
import { RHYTHM } from './pace.js'
import { Session } from './session.js'
import { StatusBoard } from './status.js'
import type { Message } from './tabs.js'
import { Team } from './team.js'
import { Transport, TransportError } from './transport.js'
import { ITERATIONS } from './vault.js'
import { Watches } from './watch.js'

/** After a disk was closed under an open page: long enough to hear that another tab signed the user out. */
const BREATH = 200

/** How long signing out waits for the server to be told. */
const FAREWELL = 5_000

/** Opens what this device holds for the user. Resolves when it answers from the disk; the network is for later. */
export async function openClient(options: ClientOptions): Promise<Client> {
  const given = environmentOf(options)
  const { disk, kept } = await openDisk(options)
  // Tabs whose disks are their own memory have nothing in common: each is a device by itself.
  const env: Environment = kept ? given : { ...given, locks: null, channel: null }
  const clock = new ViewClock(env.clock, options.skew ?? SKEW)
  const session = new Session(options.engine, options.user, clock)
  const transport = new Transport(options.url, env, options.patience)
  const policies = new Policies(options, transport)
  // The team is made of the core and tells other tabs what the core did.
  const box: { team?: Team } = {}
  const core = new Core({
    session,
    status: new StatusBoard(),
    disk,
    reopen: async () => (await openDisk(options)).disk,
    pause: () => new Promise((resolve) => void env.schedule(resolve, BREATH)),
    engineOf: (hash, on) => policies.stored(hash, on),
    tell: (message: Message) => box.team?.tell(message),
    protection: { iterations: options.iterations ?? ITERATIONS, newId: () => randomId(env.random) },
  })
  await core.open()
  if (!kept) core.trouble('memory')
  const watches = new Watches(env, () => core.status.moved())
  const team = new Team({
    name: nameOf(options),
    core,
    watches,
    transport,
    farewell: new Transport(options.url, env, Math.min(FAREWELL, options.patience ?? FAREWELL)),
    env,
    feed: options.feed ?? true,
    subs: options.subs,
    sync: {
      rhythm: { ...RHYTHM, ...options.rhythm },
      loadEngine: (hash) => policies.load(hash, core.disk),
    },
  })
  box.team = team
  team.start()
  return new Client({
    core,
    answers: new Answers(session, clock, () => core.protection.opens),
    watches,
    team,
    env,
    actor: actorOf(options.user),
  })
}

/** The disk, or memory where the browser stores nothing (some private windows). */
async function openDisk(options: ClientOptions): Promise<{ disk: Disk; kept: boolean }> {
  const { disk } = options
  if (disk !== undefined) return { disk: typeof disk === 'function' ? await disk() : disk, kept: true }
  const { name = NAME, tenant = '' } = options
  const user = actorOf(options.user)
  try {
    return { disk: await openIndexedDBDisk({ name, tenant, user }), kept: true }
  } catch (error) {
    // A newer version of the page wrote it, or its rows are damaged: then there is something, and it must not be hidden.
    if (!isUnavailable(error)) throw error
    return { disk: await openMemoryDisk({ user }), kept: false }
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'unavailable'
}

/** Engines by content hash. A policy that was fetched is believed only if it hashes to what was asked for. */
class Policies {
  private readonly engines = new Map<string, SyncEngine>()

  constructor(
    private readonly options: Pick<ClientOptions, 'engine' | 'createEngine'>,
    private readonly transport: Transport,
  ) {
    this.engines.set(options.engine.policy.hash, options.engine)
  }

  /** From memory or disk. */
  async stored(hash: string, { view }: Disk): Promise<SyncEngine | null> {
    const held = this.engines.get(hash)
    if (held !== undefined) return held
    const document = await view.bundle(hash)
    if (typeof document !== 'object' || document === null) return null
    // One that was damaged on the disk counts as none.
    return this.make(hash, document as JsonObject).catch(() => null)
  }

  /** From wherever it can be had. */
  async load(hash: string, disk: Disk): Promise<SyncEngine | null> {
    if (this.options.createEngine === undefined) return this.engines.get(hash) ?? null
    const held = await this.stored(hash, disk)
    if (held !== null) return held
    const document = await this.transport.bundle(hash)
    const engine = await this.make(hash, document)
    // A cache like the view: what cannot be written now is fetched again.
    await disk.view.putBundle(hash, document).catch(() => {})
    return engine
  }

  private async make(hash: string, policy: JsonObject): Promise<SyncEngine | null> {
    const { createEngine } = this.options
    if (createEngine === undefined) return null
    const engine = await createEngine({ policy }).catch((cause: unknown) => {
      throw new TransportError('garbled', 'the policy that came cannot be read', { cause })
    })
    if (engine.policy.hash !== hash) {
      throw new TransportError('garbled', `the policy that came is not \`${hash}\``)
    }
    this.engines.set(hash, engine)
    return engine
  }
}
