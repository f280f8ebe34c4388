/** What ready sign-ins share: routes under `/auth`, and sessions that are begun, asked about and ended. */

import type { Context, Hono } from 'hono'
import type { Subject } from '../../types.js'
import type { ServerContext } from '../context.js'
import type { Authenticate } from '../context/make.js'
import { answerTo } from '../openapi/mount.js'
import type { Described } from '../openapi/route.js'
import { Problem } from '../problem.js'
import { answer } from '../routes/shape.js'
import type { Sealed } from './cookies.js'

export interface SignIn {
  /** For `createHandler`. */
  authenticate: Authenticate
  /** For `createHandler`: what stands under `/auth`. */
  routes: (app: Hono, context: ServerContext) => void
  /** For `createHandler`: what its document says of them. */
  described: Described[]
}

type Add = (method: string, path: string, run: (c: Context) => Promise<Response>) => void

/** Adds routes under `/auth`, whose faults are told as those of all others. */
export function authRoutes(app: Hono, context: ServerContext): Add {
  return (method, path, run) => {
    app.on(method, `${context.base}/auth/${path}`, async (c) => {
      try {
        return await run(c)
      } catch (error) {
        return answerTo(error, context)
      }
    })
  }
}

/** A page of another site must not write in a reader's name, whatever a browser makes of `SameSite`. */
export function isForged(request: Request): boolean {
  return isElsewhere(request) && !['GET', 'HEAD'].includes(request.method)
}

export function isElsewhere(request: Request): boolean {
  return request.headers.get('sec-fetch-site') === 'cross-site'
}

export function sessionOf(
  subject: Subject | null | undefined,
  headers: Record<string, string> = {},
): Promise<Response> {
  return answer({ subject: subject ?? { type: 'anonymous' } }, { headers: { 'cache-control': 'no-store', ...headers } })
}

export function signedOut(c: Context, session: Sealed): Response {
  if (isElsewhere(c.req.raw)) throw new Problem(403, 'denied', 'sign out on this site')
  return new Response(null, { status: 204, headers: { 'set-cookie': session.clear() } })
}
