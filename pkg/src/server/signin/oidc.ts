/**
 * Sign-in with OpenID Connect (authorization code with PKCE) and a signed session cookie. The protocol is done by
 * `oauth4webapi`: certified, without dependencies, and built on `fetch` and WebCrypto alone, so it runs wherever the
 * handler does.
 */

import type { Hono } from 'hono'
import * as oauth from 'oauth4webapi'
import type { JsonObject, Subject } from '../../types.js'
import type { ServerContext } from '../context.js'
import type { Authenticate } from '../context/make.js'
import { malformed, Problem } from '../problem.js'
import { type Sealed, sealedCookie } from './cookies.js'
import { OIDC_ROUTES } from './described.js'
import { authRoutes, isForged, sessionOf, type SignIn, signedOut } from './session.js'

export interface OidcOptions {
  /** The provider: what its discovery document is found under. `https`, or `http` on the loopback. */
  issuer: string
  clientId: string
  /** Left out for a public client. */
  clientSecret?: string
  /** Where the server is reached from outside: `https://repo.example`. */
  origin: string
  scope?: string
  /** Who the provider's claims name here; null refuses them. The user is `sub` if not given. */
  subject?: (claims: JsonObject) => Subject | null | Promise<Subject | null>
  /** Seconds a session lasts: 8 hours if not said. */
  session?: number
}

/** Seconds somebody may take at the provider. */
const LOGIN = 600
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/|$)/

/** Its routes are `/auth/login?return=/path`, `/auth/callback`, `/auth/session`, `POST /auth/logout`. */
export function oidcSignIn(options: OidcOptions): SignIn {
  const { origin, session = 28_800 } = options
  let seats: { session: Sealed; login: Sealed } | undefined

  const authenticate: Authenticate = async (request) => {
    if (seats === undefined) throw new Error('oidcSignIn: give its `routes` to createHandler too')
    if (isForged(request)) return null
    return ((await seats.session.read(request)) as Subject | undefined) ?? null
  }

  const routes = (app: Hono, context: ServerContext): void => {
    const secure = origin.startsWith('https:')
    const found = {
      session: sealedCookie(context, 'lictor_session', secure),
      login: sealedCookie(context, 'lictor_login', secure),
    }
    seats = found
    const provider = new Provider(options, `${origin}${context.base}/auth/callback`)
    const on = authRoutes(app, context)
    on('GET', 'login', async (c) => {
      const back = returnOf(c.req.query('return'), context.base)
      const { url, kept } = await provider.start()
      return redirect(url, [await found.login.write({ ...kept, back }, LOGIN)])
    })
    on('GET', 'callback', async (c) => {
      const kept = await found.login.read(c.req.raw)
      if (kept === undefined) throw failed('this sign-in was not begun here, or took too long; begin again')
      const claims = await provider.finish(new URL(c.req.url), kept)
      const subject = options.subject ? await options.subject(claims) : { type: 'user', id: String(claims.sub) }
      if (subject === null) throw new Problem(403, 'denied', 'this account is not let in here; ask an administrator')
      const cookies = [found.login.clear(), await found.session.write(subject as unknown as JsonObject, session)]
      return redirect(String(kept.back), cookies)
    })
    on('GET', 'session', async (c) => sessionOf((await found.session.read(c.req.raw)) as Subject | undefined))
    on('POST', 'logout', async (c) => signedOut(c, found.session))
  }
  return { authenticate, routes, described: OIDC_ROUTES }
}

/** The provider, found once. */
class Provider {
  readonly #options: OidcOptions
  readonly #redirect: string
  readonly #client: oauth.Client
  readonly #insecure: { [oauth.allowInsecureRequests]?: boolean }
  #server: Promise<oauth.AuthorizationServer> | undefined

  constructor(options: OidcOptions, redirect: string) {
    this.#options = options
    this.#redirect = redirect
    this.#client = { client_id: options.clientId }
    this.#insecure = LOOPBACK.test(options.issuer) ? { [oauth.allowInsecureRequests]: true } : {}
  }

  async start(): Promise<{ url: string; kept: { [name: string]: string } }> {
    const server = await this.#find()
    const kept = {
      verifier: oauth.generateRandomCodeVerifier(),
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
    }
    const url = new URL(server.authorization_endpoint ?? '')
    const query = {
      client_id: this.#options.clientId,
      redirect_uri: this.#redirect,
      response_type: 'code',
      scope: this.#options.scope ?? 'openid',
      code_challenge: await oauth.calculatePKCECodeChallenge(kept.verifier),
      code_challenge_method: 'S256',
      state: kept.state,
      nonce: kept.nonce,
    }
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return { url: url.href, kept }
  }

  async finish(url: URL, kept: JsonObject): Promise<JsonObject> {
    const server = await this.#find()
    const { clientSecret } = this.#options
    const secret = clientSecret === undefined ? oauth.None() : oauth.ClientSecretBasic(clientSecret)
    try {
      const parameters = oauth.validateAuthResponse(server, this.#client, url, String(kept.state))
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        this.#client,
        secret,
        parameters,
        this.#redirect,
        String(kept.verifier),
        this.#insecure,
      )
      const result = await oauth.processAuthorizationCodeResponse(server, this.#client, response, {
        expectedNonce: String(kept.nonce),
        requireIdToken: true,
      })
      await oauth.validateApplicationLevelSignature(server, response, this.#insecure)
      return oauth.getValidatedIdTokenClaims(result) as unknown as JsonObject
    } catch (error) {
      throw failed('the provider did not confirm who you are; begin again', error)
    }
  }

  /** A provider that is down now may be up later, so a failure is not kept. */
  #find(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(this.#options.issuer)
    this.#server ??= oauth
      .discoveryRequest(issuer, { algorithm: 'oidc', ...this.#insecure })
      .then((response) => oauth.processDiscoveryResponse(issuer, response))
      .catch((cause: unknown) => {
        this.#server = undefined
        throw new Problem(503, 'provider_unreachable', 'the sign-in provider does not answer; try again later', {
          cause,
        })
      })
    return this.#server
  }
}

/** Only a path of this server: anything else would send people elsewhere in its name. */
function returnOf(given: string | undefined, base: string): string {
  const path = given ?? `${base}/`
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path)) throw malformed('query.return', 'must be a path of this server')
  return path
}

function redirect(location: string, cookies: string[]): Response {
  const headers = new Headers({ location, 'cache-control': 'no-store' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 302, headers })
}

function failed(message: string, cause?: unknown): Problem {
  return new Problem(400, 'sign_in_failed', message, { cause })
}
