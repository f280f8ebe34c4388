/**
 * The server of the demo: the product's own handler over a store, with a sign-in that asks for no password and a few
 * doors of the demo's own. The same on Node and in the service worker.
 */
import type { Subject } from 'lictor'
import { bearerTokens, createHandler, type Handler } from 'lictor/server'
import type { HostStore } from 'lictor/store'
import { generate } from '../generate.js'
import type { Engine } from '../policy.js'
import { tokenOf } from '../token.js'
import { commit } from './commit.js'
import { Hearing } from './heard.js'
import { fill, put, reset, seed } from './seed.js'

export interface RepositoryOptions {
  engine: Engine
  store: HostStore
  /** The path the API stands under: `/api`. */
  base: string
}

/** Communities that hold no public record. */
const RESTRICTED = Object.entries(seed.communities)
  .filter(([, { access }]) => (access as { visibility?: string } | undefined)?.visibility === 'restricted')
  .map(([id]) => id)

const MANY = 10_000
/** One transaction this large keeps the server answering. */
const CHUNK = 1000

export async function openRepository({ engine, store, base }: RepositoryOptions): Promise<Handler> {
  await fill(engine, store)
  const people = Object.entries(seed.users)
    .filter(([, { active }]) => active !== false)
    .map(([id, { name }]) => ({ id: Number(id), name: String(name) }))
  const tokens = people.map(({ id }) => [tokenOf(String(id)), { type: 'user', id }] as const)
  const hearing = new Hearing(store)
  // Access rows and global roles stay as they are first. Lists count in what is told, so whoever manages them all is told.
  const { users, access } = seed
  const facts = engine.facts({ users, access, complete: true })
  const managesLists = (caller: Subject): boolean =>
    engine.check({ subject: caller, action: 'manage', resource: { type: 'acl' } }, facts).decision === 'allow'

  return createHandler({
    engine,
    store,
    base,
    authenticate: bearerTokens(Object.fromEntries(tokens)),
    authzen: managesLists,
    events: { '*': (event) => hearing.note(event) },
    openapi: { title: 'The demo of lictor' },
    routes: (app, context) => {
      const nobody = (): Response => new Response('sign in first', { status: 401 })
      app.get(`${base}/demo/heard`, async (c) => c.json(await hearing.seenBy(await context.subject(c), context)))

      /** A thousand of ten thousand records; which thousand the page says. Twice the same ones are written once. */
      app.post(`${base}/demo/more/:part`, async (c) => {
        if ((await context.subject(c)).type !== 'user') return nobody()
        const part = Math.trunc(Number(c.req.param('part')))
        if (!(part >= 0 && part < MANY / CHUNK)) return new Response('no such part', { status: 404 })
        const communities = Object.keys(seed.communities).sort()
        const records = [...generate({ communities, users: people, restricted: RESTRICTED }, MANY)].slice(
          part * CHUNK,
          (part + 1) * CHUNK,
        )
        await commit(store, () => records.map((record) => put({ relation: 'record', id: record.id }, record)))
        return c.body(null, 204)
      })

      app.post(`${base}/demo/reset`, async (c) => {
        if ((await context.subject(c)).type !== 'user') return nobody()
        await reset(engine, store)
        await hearing.forget()
        return c.body(null, 204)
      })
    },
  })
}
