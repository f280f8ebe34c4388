/** `createHandler`: every route of the server behind one `fetch` function. */

import { Hono } from 'hono'
import type { Context, MiddlewareHandler } from 'hono'
import { OWN_PARTS } from './addresses.js'
import { authzenRoutes, type MayAsk } from './authzen/index.js'
import type { Job, ServerContext } from './context.js'
import { Emitter, type Listener } from './context/events.js'
import { type ContextOptions, makeContext } from './context/make.js'
import { type JobReport, ownJobs, runJobs } from './housekeeping.js'
import { ACCOUNT_SCHEMAS } from './openapi/account-schemas.js'
import { ACL_SCHEMAS } from './openapi/acl-schemas.js'
import { type ApiInfo, openapiDocument } from './openapi/document.js'
import { MEMBER_SCHEMAS } from './openapi/member-schemas.js'
import { answerTo, guard, mount } from './openapi/mount.js'
import type { Common, Described, Route } from './openapi/route.js'
import type { Schema } from './openapi/schema.js'
import { SCHEMAS } from './openapi/schemas.js'
import { AT_LEAST, syncRoutes } from './openapi/sync-routes.js'
import { SYNC_SCHEMAS } from './openapi/sync-schemas.js'
import type { HostStore } from '../store/host.js'
import { notFound, unexpected } from './problem.js'
import { accountRoutes, type AdminAccounts } from './routes/accounts.js'
import { aclRoutes } from './routes/acls.js'
import { communityRoutes } from './routes/communities.js'
import { memberRoutes } from './routes/members.js'
import { recordRoutes } from './routes/records.js'
import { requestRoutes } from './routes/requests.js'
import { settingRoutes } from './routes/settings.js'
import { answer } from './routes/shape.js'
import { createSync, type SyncOptions } from './sync/index.js'
import { collections, recordTypes } from './types.js'

const TOKEN: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: 2048,
  pattern: '^[!-~]+$',
  description: 'The token of a secret link, whoever holds it. One that is for nothing is as none.',
}

export interface HandlerOptions extends ContextOptions {
  /** Listeners by event name; `*` hears everything. */
  events?: { [name: string]: Listener | Listener[] }
  /** How devices pull and push; `false`: not at all. */
  sync?: SyncOptions | false
  /** Who may ask AuthZEN about others than themselves. `self`, nobody, if not said. */
  authzen?: MayAsk
  /** Where the server is reached from outside, for links: `https://repo.example`. The request's own if not said. */
  origin?: string
  /** What the OpenAPI document calls this server. */
  openapi?: ApiInfo
  /** Routes of the host beside these, for example those of a sign-in. They are asked first. */
  routes?: (app: Hono, context: ServerContext) => void
  /** What the OpenAPI document says of them; a sign-in has its own. */
  described?: Described[]
  jobs?: Job[]
  /** What `openAccounts` of `lictor/tools` gives: administrators manage it under `/admin`. */
  accounts?: AdminAccounts
  /**
   * What `openBundle` of `lictor/tools` gives: the engine runs a policy of it. It is taken before anything is answered, and while
   * the store refuses it (an older one than it took before) nothing is.
   */
  bundle?: SignedBundle
  /** Hears of faults nobody foresaw; written to the console if not given. */
  onError?: (error: unknown) => void
}

/** A bundle whose signature is known to be right. */
export interface SignedBundle {
  /** Content hashes by name. */
  readonly policies: { readonly [name: string]: string }
  take(store: HostStore): Promise<void>
}

export interface Handler {
  (request: Request): Promise<Response>
  /** Adds a listener; gives the function that ends it. */
  on(name: string, listener: Listener): () => void
  /** Runs the scheduled work that is due. */
  housekeeping(): Promise<JobReport[]>
  /** How often a device predicted otherwise than was decided on what it had seen. Each is a fault worth reporting. */
  mismatches(): number
  /** Ends connections of the feed and lets go of the store's notifications. The store stays open: it is the host's. */
  close(): Promise<void>
}

export function createHandler(options: HandlerOptions): Handler {
  checkOptions(options)
  const report = options.onError ?? ((error: unknown) => console.error(error))
  const emitter = new Emitter(report)
  for (const [name, listeners] of Object.entries(options.events ?? {})) {
    for (const listener of [listeners].flat()) emitter.on(name, listener)
  }
  const jobs = [...(options.jobs ?? []), ...ownJobs()]
  const context = makeContext(options, emitter, jobs, report)
  const app = new Hono()
  app.onError((error) => answerTo(error, context))
  app.notFound(() => notFound().response())
  const sync = options.sync === false ? undefined : createSync(context, options.sync)
  if (options.routes) hostRoutes(app, context, options.routes, sync?.atLeast)
  const described = [...(sync ? syncRoutes(context.engine.policy.hash) : []), ...(options.described ?? [])]
  const common: Common = sync ? { ...AT_LEAST, first: sync.atLeast } : {}
  if (context.links) common.query = { ...common.query, token: TOKEN }
  guard(app, context, described, common)
  if (sync) app.route(`${context.base}/sync`, sync.routes)

  const { routes, schemas } = routesOf(context, options)
  const about = documentRoute(() => document)
  const shapes = sync ? { ...schemas, ...SYNC_SCHEMAS } : schemas
  const document = openapiDocument([...routes, about, ...described], shapes, context.base, options.openapi, common)
  // The document first: a list at `/{community}` would be in its place.
  mount(app, context, [about, ...routes], schemas, common)

  const taken = taking(options)
  const fetch = async (request: Request): Promise<Response> => {
    try {
      await taken()
    } catch (error) {
      // Not the client's fault, whatever it is.
      report(error)
      return named(request, unexpected().response())
    }
    try {
      return named(request, await app.fetch(request))
    } catch (error) {
      return named(request, answerTo(error, context))
    }
  }
  return Object.assign(fetch, {
    on: (name: string, listener: Listener) => emitter.on(name, listener),
    housekeeping: async () => {
      await taken()
      return runJobs(jobs, context)
    },
    mismatches: () => sync?.mismatches() ?? 0,
    close: async () => {
      sync?.close()
      context.end()
      emitter.clear()
    },
  })
}

/** Takes the bundle before every answer: another host may have taken a later one since. The store is asked for one cell. */
function taking({ bundle, engine, store }: HandlerOptions): () => Promise<void> {
  if (bundle === undefined) return () => Promise.resolve()
  if (!Object.values(bundle.policies).includes(engine.policy.hash))
    throw new TypeError('createHandler: `bundle` does not hold the policy that `engine` runs')
  return () => bundle.take(store)
}

/** The host's routes, each of which can be asked for an answer that is new enough, as ours can. */
function hostRoutes(
  app: Hono,
  context: ServerContext,
  add: NonNullable<HandlerOptions['routes']>,
  atLeast?: MiddlewareHandler,
): void {
  const own = new Hono()
  add(own, context)
  for (const path of new Set(own.routes.map(({ path }) => path))) if (atLeast) app.use(path, atLeast)
  app.route('/', own)
}

function routesOf(
  context: ServerContext,
  { origin, authzen, accounts }: HandlerOptions,
): { routes: Route[]; schemas: { [name: string]: Schema } } {
  const originOf = (c: Context): string => origin ?? new URL(c.req.url).origin
  const access = authzenRoutes(context, originOf, authzen ?? 'self')
  const all = collections(context.engine)
  const acls = aclRoutes(context, originOf)
  const paths = [...all.flatMap(({ list, item }) => [list, item]), ...acls.map(({ path }) => path)]
  const parts = paths.map((path) => path.split('/')[1] ?? '')
  const fixed = parts.filter((part) => !part.startsWith('{'))
  const reserved = [...OWN_PARTS, 'communities', 'import', ...fixed]
  return {
    // The longer path first: `/{community}/articles/` is not the record `articles`.
    routes: [
      ...joined([
        ...communityRoutes(context, originOf, reserved),
        ...settingRoutes(context, originOf),
        ...memberRoutes(context, originOf),
        ...acls,
        ...accountRoutes(context, accounts, originOf),
      ]),
      ...access.routes,
      ...requestRoutes(context, recordTypes(context.engine), originOf),
      ...all
        .flatMap((at) => recordRoutes(context, at, originOf))
        .sort((one, other) => fixedParts(other.path) - fixedParts(one.path)),
    ],
    schemas: { ...SCHEMAS, ...(accounts && ACCOUNT_SCHEMAS), ...ACL_SCHEMAS, ...MEMBER_SCHEMAS, ...access.schemas },
  }
}

/** Routes of one path are one route. */
function joined(routes: Route[]): Route[] {
  const byPath = new Map<string, Route>()
  for (const route of routes) {
    const before = byPath.get(route.path)
    byPath.set(route.path, { ...before, ...route, methods: { ...before?.methods, ...route.methods } })
  }
  return [...byPath.values()]
}

function fixedParts(path: string): number {
  return path.split('/').filter((part) => part !== '' && !part.startsWith('{')).length
}

function documentRoute(document: () => unknown): Route {
  return {
    path: '/openapi.json',
    methods: {
      GET: {
        id: 'openapi',
        tag: 'about',
        summary: 'This document',
        responses: {
          200: { description: 'OpenAPI 3.1.', schema: { type: 'object', additionalProperties: true } },
          304: { description: 'As you have it.' },
        },
        run: ({ c }) => answer(document(), { etag: true, request: c.req.raw }),
      },
    },
  }
}

/** The same id comes back with the answer, so that both sides' logs can be laid beside each other (AuthZEN 1.0, 10.1). */
function named(request: Request, response: Response): Response {
  const id = request.headers.get('x-request-id')
  if (id === null || id.length > 255) return response
  const copy = new Response(response.body, response)
  copy.headers.set('x-request-id', id)
  return copy
}

function checkOptions({ engine, store, authenticate, base, limits }: HandlerOptions): void {
  const fail = (message: string): never => {
    throw new TypeError(`createHandler: ${message}`)
  }
  if (typeof engine?.step !== 'function') fail('`engine` must be an engine (await createEngine())')
  if (typeof store?.list !== 'function' || typeof store.write !== 'function')
    fail('`store` must be a host store (lictor/store/sqlite, postgres, durable-object, or openMemoryStore)')
  if (typeof authenticate !== 'function') fail('`authenticate` must be a function; `() => null` signs nobody in')
  if (base !== undefined && !/^(\/[\w.~-]+)*$/.test(base))
    fail('`base` is a path such as `/api`, without a slash at its end')
  for (const [name, value] of Object.entries(limits ?? {})) {
    if (!Number.isSafeInteger(value) || value < 1) fail(`\`limits.${name}\` must be a whole number above 0`)
  }
}
