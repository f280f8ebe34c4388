/** Puts routes on a Hono app: methods that are there, OPTIONS that tells of them, and 405 for all others. */

import type { Hono } from 'hono'
import type { Json } from '../../types.js'
import { readJson } from '../context/body.js'
import type { ServerContext } from '../context.js'
import { malformed, notFound, Problem, problemOf, unexpected } from '../problem.js'
import { readQuery } from './query.js'
import type { Common, Described, Input, Method, Operation, Route } from './route.js'
import { faultOf, type Schema } from './schema.js'

/** Longer ids, and ids with control characters, no record and no community has. */
const ID = /^[^\p{Cc}]{1,255}$/u

export function mount(
  app: Hono,
  context: ServerContext,
  routes: Route[],
  schemas: { [name: string]: Schema },
  common: Common = {},
): void {
  for (const route of routes) {
    const path = pathOf(context, route)
    // Before the next route, which may be of a more general path.
    guard(app, context, [route], common)
    for (const [method, operation] of Object.entries(route.methods) as [Method, Operation][]) {
      app.on(method, path, async (c) => {
        try {
          const param = c.req.param() as { [name: string]: string }
          if (!Object.values(param).every((value) => ID.test(value))) throw notFound()
          const query = readQuery(c.req.url, { ...operation.query, ...common.query })
          const body = (): Promise<Json> => readBody(c, context, operation, schemas)
          return await operation.run({ c, param, query, body })
        } catch (error) {
          return answerTo(error, context)
        }
      })
    }
  }
}

/** Answers the methods that routes do not have; the others go on to whoever does. */
export function guard(app: Hono, context: ServerContext, routes: Described[], { first }: Common): void {
  for (const route of routes) {
    const methods = allowed(route)
    const allow = methods.join(', ')
    app.all(pathOf(context, route), async (c, next) => {
      const { method } = c.req.raw
      if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } })
      if (methods.includes(method)) return next()
      const message = `\`${method.slice(0, 32)}\` is not for this address; it takes ${allow}`
      return new Problem(405, 'method_not_allowed', message, { headers: { allow } }).response()
    })
    if (first) app.use(pathOf(context, route), first)
  }
}

/** What a thrown value is answered with. The host is told of what nobody foresaw; the client gets no detail of it. */
export function answerTo(error: unknown, context: Pick<ServerContext, 'report'>): Response {
  if (error instanceof Response) return error
  const problem = problemOf(error)
  if (problem) return problem.response()
  context.report(error)
  return unexpected().response()
}

function pathOf({ base }: ServerContext, { path }: Described): string {
  return base + path.replace(/\{(\w+)\}/g, ':$1')
}

/** A stream of events has no head: nobody would end it. */
function allowed({ methods }: Described): string[] {
  const streams = Object.values(methods.GET?.responses ?? {}).some(({ type }) => type === 'text/event-stream')
  const head = methods.GET !== undefined && !streams ? ['HEAD'] : []
  return [...Object.keys(methods), ...head, 'OPTIONS']
}

async function readBody(
  c: Input['c'],
  context: ServerContext,
  { body }: Operation,
  schemas: { [name: string]: Schema },
): Promise<Json> {
  if (body === undefined) throw new Error('this route declares no body')
  const { types, optional = false } = body
  const limits = { limit: context.limits.body, depth: context.limits.depth, optional }
  const value = await readJson(c, types ? { ...limits, types } : limits)
  const fault = faultOf(body.schema, value, 'body', schemas)
  if (fault) throw malformed(fault.path, fault.message)
  return value
}
