/** Makes the context all routes build on, from the host's options. */

import type { Context } from 'hono'
import { newEpoch } from '../../store/revision.js'
import { StoreError } from '../../store/store.js'
import type { HostStore } from '../../store/host.js'
import type { Facts } from '../../checker.js'
import type { SyncEngine } from '../../sync/engine.js'
import type {
  Call,
  Decision,
  Evaluation,
  FactsInput,
  Key,
  RecordView,
  Resource,
  Revision,
  Subject,
} from '../../types.js'
import type { Asked, Attempt, Done, Job, Limits, SecretLinks, ServerContext } from '../context.js'
import { valueAt } from '../../policy-words.js'
import { Listeners } from '../../store/listeners.js'
import { readJson } from './body.js'
import type { Emitter } from './events.js'
import { KeptLists } from './lists.js'
import { lookUp, settle } from './settle.js'
import { transact } from './transact.js'

export const LIMITS: Limits = { body: 1_310_720, push: 8_388_608, page: 100, bulk: 100, depth: 64 }

/** Who asks: a subject, null for nobody signed in, or the answer to give instead (a redirect to sign in, a 401). */
export type Authenticate = (request: Request) => Subject | Response | null | Promise<Subject | Response | null>

export interface ContextOptions {
  engine: SyncEngine
  store: HostStore
  authenticate: Authenticate
  base?: string
  limits?: Partial<Limits>
  secret?: Uint8Array | string
  tenant?: string
  /** How `?token=` names a secret link; `signedLinks` makes such tokens. Not understood if left out. */
  links?: SecretLinks
  /** The clock, in milliseconds since 1970. Secret links end by it. */
  now?: () => number
}

const SECRET_CELL = 'server/secret'

export function makeContext(
  options: ContextOptions,
  emitter: Emitter,
  jobs: Job[],
  report: (error: unknown) => void,
): ServerContext & { end(): void } {
  const { engine, store } = options
  const limits = { ...LIMITS, ...options.limits }
  const subjects = new WeakMap<Request, Promise<Subject>>()
  const changed = new Listeners()
  const stop = store.subscribe((revision) => changed.tell(revision))
  const clock = options.now ?? Date.now
  const ground = { store, engine, clock, lists: new KeptLists(store, engine) }
  let secret: Promise<Uint8Array<ArrayBuffer>> | undefined

  const context: ServerContext = {
    engine,
    store,
    limits,
    tenant: options.tenant ?? 'default',
    base: options.base ?? '',
    ...(options.links && { links: options.links }),
    now: clock,
    report,
    secret() {
      secret ??= secretOf(store, options.secret).catch((error: unknown) => {
        secret = undefined
        throw error
      })
      return secret
    },
    subject(c: Context) {
      const known = subjects.get(c.req.raw)
      if (known) return known
      const asked = subjectOf(options, c.req.raw)
      subjects.set(c.req.raw, asked)
      return asked
    },
    json: (c, { limit = limits.body } = {}) => readJson(c, { limit, depth: limits.depth }),
    facts: (wanted) => lookUp(ground, wanted),
    settle: <T>(ask: (facts: FactsInput) => Asked<T>, start?: Key[]) => settle(ground, ask, start),
    async resolve(call: Call, start?: Key[]) {
      const found = await settle(ground, (facts) => askStep(engine, call, facts), start)
      if (found.value === undefined) throw new Error('the engine neither answered nor asked for facts')
      return { ...found, value: found.value }
    },
    transact: <T>(attempt: () => Promise<Attempt<T>>) => transact(store, emitter, attempt),
    act: (call, extra) =>
      transact(store, emitter, async () => {
        const { value: done, revision } = await context.resolve(call)
        if (done.outcome === 'refused' || done.changes.length === 0) return { result: done }
        const write = { changes: done.changes, expected: revision, ...extra?.(done) }
        return { result: done, write, events: done.events }
      }),
    onChanged: (listener: (revision: Revision) => void) => changed.add(listener),
    schedule: (job) => void jobs.push(job),
  }
  const end = (): void => {
    stop()
    changed.clear()
  }
  return Object.assign(context, { end })
}

/** One step, in the form `settle` takes. A view that leaves an action open is not ready either. */
export function askStep(engine: SyncEngine, call: Call, facts: FactsInput | Facts): Asked<Done | undefined> {
  const result = engine.step(call, facts)
  if (result.t === 'need') return { value: undefined, missing: result.wanted }
  return { value: result, missing: result.view ? gapsOf(engine, call, result.view, facts) : [] }
}

/**
 * One decision, in the form `settle` takes. A denial that conceals is final only once it is known that the subject may not
 * see the thing: on fewer facts the engine conceals to be safe.
 */
export function askCheck(engine: SyncEngine, evaluation: Evaluation, facts: FactsInput): Asked<Decision> {
  const value = engine.check(evaluation, facts)
  return { value, missing: [...value.missing, ...(value.conceal ? sight(engine, evaluation, facts) : [])] }
}

/** What must be known to say whether a subject may see a thing. Of what is not read itself, its community tells. */
function sight(engine: SyncEngine, evaluation: Evaluation, facts: FactsInput): Key[] {
  const { subject, resource } = evaluation
  if (resource.type === 'acl') return engine.check({ ...evaluation, action: 'manage' }, facts).missing
  const id = resource.type === 'community' ? (resource.id ?? '') : homeOf(engine, resource)
  if (id === undefined) return engine.check({ ...evaluation, action: 'read' }, facts).missing
  return askStep(engine, { do: 'read_community', subject, id }, facts).missing
}

/** The community of something that has no action `read`: of a membership. Undefined for what is read. */
export function homeOf(
  { policy }: SyncEngine,
  { type, properties = {}, community = '' }: Resource,
): string | undefined {
  const machine = policy.machines.find(({ types }) => types.some(({ key }) => key === type))
  if (machine === undefined || machine.actions.includes('read')) return undefined
  const path = machine.types.find(({ key }) => key === type)?.primary ?? []
  const found = valueAt(properties, path)
  return typeof found === 'string' ? found : community
}

/** Facts without which an action of a view is unknown. */
function gapsOf(engine: SyncEngine, call: Call, view: RecordView, facts: FactsInput | Facts): Key[] {
  if (!Object.values(view.actions).includes('unknown')) return []
  const type = (call.do === 'create' ? call.type : undefined) ?? engine.policy.types[0]?.key ?? 'record'
  const resource: Resource = 'resource' in call ? call.resource : { type, id: view.id, properties: view.record }
  return Object.values(engine.actions({ subject: call.subject, resource }, facts)).flatMap(
    (decision) => decision?.missing ?? [],
  )
}

async function subjectOf({ authenticate, links }: ContextOptions, request: Request): Promise<Subject> {
  const found = await authenticate(request)
  if (found instanceof Response) throw found
  const subject: Subject = found ?? { type: 'anonymous' }
  const token = links && new URL(request.url).searchParams.get('token')
  if (!token || subject.type === 'system') return subject
  const link = await links.resolve(token, request)
  if (link === null) return subject
  const { properties = {} } = subject
  return { ...subject, properties: { ...properties, links: [...(properties.links ?? []), link] } }
}

/** Several server processes on one store share one secret: the first to need it makes it. */
async function secretOf(store: HostStore, given: Uint8Array | string | undefined): Promise<Uint8Array<ArrayBuffer>> {
  if (given !== undefined) return new Uint8Array(typeof given === 'string' ? new TextEncoder().encode(given) : given)
  const stored = await store.cell(SECRET_CELL)
  if (stored !== null) return new TextEncoder().encode(stored)
  const text = newEpoch() + newEpoch()
  try {
    await store.write({
      cells: [{ key: SECRET_CELL, text }],
      guards: [{ key: SECRET_CELL, text: null }],
    })
    return new TextEncoder().encode(text)
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'conflict')) throw error
    return secretOf(store, undefined)
  }
}
