/** `syncRoutes`: what devices pull from and push to, mounted at `/sync`. */

import { Hono } from 'hono'
import type { Context, MiddlewareHandler } from 'hono'
import { LictorError } from '../../errors.js'
import { Queue } from '../../store/queue.js'
import { StoreError } from '../../store/store.js'
import type { ServerContext } from '../context.js'
import { readJson } from '../context/body.js'
import { answerTo } from '../openapi/mount.js'
import { Problem, notFound } from '../problem.js'
import { epochOf, readDevice } from './cells.js'
import { Feed } from './feed.js'
import { forgetView, trimming } from './forget.js'
import type { SyncOptions } from './options.js'
import { withDefaults } from './options.js'
import { bodyOf } from './parts.js'
import { pull } from './pull.js'
import { push } from './push.js'
import { deviceAt, readPull, readPush } from './read.js'
import type { Owner, Sync } from './sync.js'
import { NotYours, behind, userOf } from './sync.js'
import { Tokens } from './tokens.js'
import { look } from './view.js'

export type { SyncOptions } from './options.js'

/** Lines of JSON. */
const LINES = 'application/x-ndjson'

/** Levels of a push above those of what an intent holds. Those have limits of their own, with a verdict. */
const ENVELOPE = 16

export interface SyncServer {
  routes: Hono
  /** Answers a read that names a token (`lictor-at-least`, or `?atLeast=`) only where this node has what it tells of. */
  atLeast: MiddlewareHandler
  /** How often a device predicted otherwise than the server decided on the same ground. Each is a fault of lictor. */
  mismatches(): number
  /** Ends the feed's connections. */
  close(): void
}

export function syncRoutes(context: ServerContext, options: SyncOptions = {}): Hono {
  return createSync(context, options).routes
}

export function createSync(context: ServerContext, given: SyncOptions = {}): SyncServer {
  const options = withDefaults(given)
  let mismatches = 0
  let tokens: Promise<Tokens> | undefined
  const sync: Sync = {
    context,
    options,
    tokens: () => (tokens ??= context.secret().then((secret) => new Tokens([secret, ...options.formerSecrets]))),
    pushes: new Queue(),
    moved: (device, rev) => feed.moved(device, rev),
    mismatched: () => void (mismatches += 1),
  }
  const feed = new Feed(sync)
  const stop = context.onChanged(() => feed.changed())
  context.schedule(trimming(sync))
  const atLeast: MiddlewareHandler = async (c, next) => {
    const token = c.req.header('lictor-at-least') ?? c.req.query('atLeast')
    if (token !== undefined) await checkAtLeast(sync, token)
    await next()
  }
  return {
    routes: routesOf(sync, feed, atLeast),
    atLeast,
    mismatches: () => mismatches,
    close() {
      stop()
      feed.close()
    },
  }
}

function routesOf(sync: Sync, feed: Feed, atLeast: SyncServer['atLeast']): Hono {
  const { context } = sync
  const { limits } = context
  const app = new Hono()
  app.onError((error) => {
    if (error instanceof NotYours) return notFound().response()
    return answerTo(isOurs(error) ? new Error(error.message, { cause: error }) : error, context)
  })

  app.use('/pull', atLeast)
  app.post('/pull', async (c) => {
    const who = await signedIn(context, c)
    const request = readPull(await context.json(c))
    if ('tooOld' in request) return json(JSON.stringify({ t: 'client_too_old', min: request.tooOld }))
    // Devices that can take a whole view in parts say so; what is asked for decides nothing else.
    const inParts = c.req.header('accept')?.includes(LINES) ?? false
    const answer = await pull(sync, { ...who, device: request.device }, request, inParts)
    if (typeof answer === 'string') return json(answer)
    return new Response(bodyOf(answer), { headers: { 'content-type': LINES, 'cache-control': 'no-store' } })
  })

  app.post('/push', async (c) => {
    const who = await signedIn(context, c)
    // An intent that is nested too deep is refused by itself, with a verdict; the others go on.
    const body = await readJson(c, { limit: limits.push, depth: limits.depth + ENVELOPE })
    const request = readPush(body, limits.bulk)
    return json(await push(sync, { ...who, device: request.device }, request))
  })

  app.get('/bundle/:hash', (c) => {
    const { hash } = context.engine.policy
    if (c.req.param('hash') !== hash) throw notFound()
    // Named by its content: it never changes, and holds rules only.
    const headers = { 'cache-control': 'public, max-age=31536000, immutable', etag: `"${hash}"` }
    if (c.req.header('if-none-match') === headers.etag) return new Response(null, { status: 304, headers })
    const text = JSON.stringify(context.engine.document)
    return new Response(text, { headers: { ...headers, 'content-type': 'application/json' } })
  })

  app.get('/events', async (c) => feed.open(await known(sync, c, c.req.query('device'), 'device')))

  app.get('/status', async (c) => {
    const { device } = await look(sync, await known(sync, c, c.req.query('device'), 'device'))
    return json(`{"rev":${device.rev}}`)
  })

  app.delete('/device/:id', async (c) => {
    const owner = await known(sync, c, c.req.param('id'), 'id')
    const stored = await readDevice(context.store, owner.device)
    if (stored !== null) await forgetView(sync, owner.device, stored)
    return new Response(null, { status: 204 })
  })

  return app
}

/** What devices send is checked here, so what the engine or the store cannot read then is no fault of theirs. */
function isOurs(error: Error): boolean {
  return error instanceof LictorError || (error instanceof StoreError && error.code === 'invalid')
}

async function signedIn(context: ServerContext, c: Context): Promise<Omit<Owner, 'device'>> {
  const subject = await context.subject(c)
  return { subject, user: userOf(subject) }
}

/** The signed-in user with a device of theirs. One that is not theirs is not found, as one that is not there. */
async function known(sync: Sync, c: Context, id: unknown, path: string): Promise<Owner> {
  const who = await signedIn(sync.context, c)
  const device = deviceAt(id, path)
  const stored = await readDevice(sync.context.store, device)
  if (stored?.value.user !== who.user) throw notFound()
  return { ...who, device }
}

/** A device's view moves in the same write as what moved it: a store that has the one has the other. */
async function checkAtLeast(sync: Sync, token: string): Promise<void> {
  const { context, options } = sync
  const claims = await (await sync.tokens()).open(token)
  if (claims === null || claims.tenant !== context.tenant)
    throw new Problem(400, 'invalid_token', 'atLeast: is no token of this server', { path: 'atLeast' })
  if (claims.epoch !== (await epochOf(context.store)))
    throw new Problem(412, 'other_store', 'atLeast: is about a store that was replaced; pull without a cookie', {
      path: 'atLeast',
    })
  const stored = await readDevice(context.store, claims.device)
  if ((stored?.value.rev ?? 0) < claims.view || options.policyRevision < claims.policyRevision) throw behind()
}

function json(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } })
}
