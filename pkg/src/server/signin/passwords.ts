/**
 * Sign-in with e-mail address and password, for the accounts of `lictor/tools`. Only active and confirmed accounts get in, and
 * nobody is told which of address, password and account was not good enough.
 */

import type { Hono } from 'hono'
import type { JsonObject, Subject } from '../../types.js'
import type { ServerContext } from '../context.js'
import type { Authenticate } from '../context/make.js'
import { malformed, Problem } from '../problem.js'
import { type Sealed, sealedCookie } from './cookies.js'
import { PASSWORD_ROUTES } from './described.js'
import { authRoutes, isElsewhere, isForged, sessionOf, type SignIn, signedOut } from './session.js'

/** What `openAccounts` of `lictor/tools` gives. */
export interface PasswordAccounts {
  signIn(login: string, password: string): Promise<{ id: string; stamp: string } | null>
  admits(id: string, stamp?: string): Promise<boolean>
}

export interface PasswordOptions {
  accounts: PasswordAccounts
  /** Where the server is reached from outside: `https://repo.example`. */
  origin: string
  /** Seconds a session lasts: 8 hours if not said. */
  session?: number
}

/** Bytes of an address and a password. */
const BODY = 4_096

/** Its routes are `POST /auth/login` with `{login, password}`, `/auth/session`, `POST /auth/logout`. */
export function passwordSignIn({ accounts, origin, session = 28_800 }: PasswordOptions): SignIn {
  let seat: Sealed | undefined

  const authenticate: Authenticate = async (request) => {
    if (seat === undefined) throw new Error('passwordSignIn: give its `routes` to createHandler too')
    if (isForged(request)) return null
    const { id, stamp } = (await seat.read(request)) ?? {}
    // Asked each time: an account that is deactivated, or has another password, is signed out at once.
    if (typeof id !== 'string' || typeof stamp !== 'string' || !(await accounts.admits(id, stamp))) return null
    return { type: 'user', id }
  }

  const routes = (app: Hono, context: ServerContext): void => {
    const sealed = sealedCookie(context, 'lictor_password', origin.startsWith('https:'))
    seat = sealed
    const tries = new Tries(context.now)
    const on = authRoutes(app, context)
    on('POST', 'login', async (c) => {
      if (isElsewhere(c.req.raw)) throw new Problem(403, 'denied', 'sign in on this site')
      const { login, password } = given(await context.json(c, { limit: BODY }))
      tries.mustBeFree(login)
      // Counted before it is looked at: of those that come at once, each knows of the others.
      tries.failed(login)
      const found = await accounts.signIn(login, password)
      if (found === null) {
        const message =
          'address and password do not belong to an account that may be used; try again, or ask an administrator'
        throw new Problem(401, 'sign_in_failed', message)
      }
      tries.succeeded(login)
      const subject: Subject = { type: 'user', id: found.id }
      return sessionOf(subject, { 'set-cookie': await sealed.write({ ...found }, session) })
    })
    on('GET', 'session', async (c) => sessionOf((await authenticate(c.req.raw)) as Subject | null))
    on('POST', 'logout', async (c) => signedOut(c, sealed))
  }
  return { authenticate, routes, described: PASSWORD_ROUTES }
}

function given(body: unknown): { login: string; password: string } {
  const { login, password } = (typeof body === 'object' && body !== null ? body : {}) as JsonObject
  if (typeof login !== 'string' || login === '')
    throw malformed('body.login', 'must be an e-mail address or a username')
  if (typeof password !== 'string') throw malformed('body.password', 'must be text')
  return { login, password }
}

/** Wrong passwords for one name before it has to wait, and how long, in milliseconds. */
const FREE = 10
const WAIT = 60_000
/** Names remembered at once; whoever tries more of them is slowed by hashing. */
const REMEMBERED = 10_000

/** Guessing is made slow. Kept by this process alone: others of the same server count for themselves. */
class Tries {
  readonly #now: () => number
  readonly #failures = new Map<string, { count: number; until: number }>()

  constructor(now: () => number) {
    this.#now = now
  }

  mustBeFree(login: string): void {
    const found = this.#failures.get(key(login))
    const left = found === undefined || found.count < FREE ? 0 : found.until - this.#now()
    if (left <= 0) return
    const headers = { 'retry-after': String(Math.ceil(left / 1000)) }
    throw new Problem(429, 'too_many_tries', 'too many wrong passwords; wait a minute and try again', { headers })
  }

  failed(login: string): void {
    const name = key(login)
    const count = (this.#failures.get(name)?.count ?? 0) + 1
    // Put last, so that the oldest is forgotten first.
    this.#failures.delete(name)
    this.#failures.set(name, { count, until: this.#now() + WAIT })
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > REMEMBERED && oldest !== undefined) this.#failures.delete(oldest)
  }

  succeeded(login: string): void {
    this.#failures.delete(key(login))
  }
}

const key = (login: string): string => login.toLowerCase()
