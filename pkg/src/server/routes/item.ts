/** One record, at its own address or at that of all requests: it is read, and transitions are run on it. */

import type { ExplainedLists, JsonObject, Json, LinkOptions } from '../../types.js'
import type { Asked, Done, ServerContext } from '../context.js'
import { gone, malformed, notFound, Problem, refused } from '../problem.js'
import type { Input } from '../openapi/route.js'
import type { RecordType } from '../types.js'
import { isObject } from './changes.js'
import { demandUnchanged, readAt, recordId, resourceOf, sameType, startOf, startOfAct, type Place } from './place.js'
import { answer, recordBody, type Made } from './shape.js'

/** For links: where the server is, and the address of what belongs to no community. */
export function linksOf(context: ServerContext, origin: string, type?: RecordType): LinkOptions {
  return { base: origin + context.base, ...(type?.bare !== undefined && { item: type.bare }) }
}

export async function readItem(context: ServerContext, at: Place, request: Request): Promise<Response> {
  const { value, facts } = await context.settle((facts) => readAt(context, at, facts), startOf(at))
  if (value?.error && sameType(facts, at)) throw refused(value.error)
  if (value?.view === undefined || !sameType(facts, at)) throw notFound()
  if (value.status === 410) throw gone(recordBody(value.view))
  return answer(recordBody(value.view), { etag: true, request })
}

/** What access lists say of a record that its reader may see. The field of an index is for the host itself. */
export async function listsOf(context: ServerContext, at: Place, request: Request): Promise<Response> {
  const { subject } = at
  const { value: told } = await context.settle((facts): Asked<ExplainedLists | undefined> => {
    const { value: read, missing } = readAt(context, at, facts)
    if (!sameType(facts, at)) throw notFound()
    if (read === undefined) return { value: undefined, missing }
    if (read.error) throw refused(read.error)
    if (read.view === undefined) throw notFound()
    if (read.status === 410) throw gone(recordBody(read.view))
    const value = context.engine.explainLists({ subject, resource: resourceOf(at) }, facts)
    return { value, missing: [...missing, ...value.missing] }
  }, startOf(at))
  if (told === undefined) throw notFound()
  const { matched, materialised } = told
  const field = materialised !== null ? { materialised } : {}
  return answer({ matched, ...field }, { etag: true, request })
}

/** Runs the transition of the path, or the one that is named, and writes what it comes to. */
export async function run(
  context: ServerContext,
  at: Place,
  input: Input,
  named?: string,
): Promise<{ done: Done; made: Made }> {
  const name = named ?? input.param.transition ?? ''
  const read: Read = named === undefined ? withIds(at.type, name, await bodyOrProblem(input)) : {}
  const params = isObject(read.body) ? read.body : {}
  const { subject } = at
  const done = await context.transact(async () => {
    const call = {
      do: 'transition',
      subject,
      resource: resourceOf(at),
      transition: name,
      params,
      links: at.links,
    } as const
    const { value, facts, revision } = await context.resolve(call, startOfAct(at, params))
    if (!sameType(facts, at)) throw notFound()
    if (read.problem && value.error?.code === 'missing_parameter') throw read.problem
    const { changes, events } = allowed(value)
    if (read.problem) throw read.problem
    await demandUnchanged(context, input.c.req.raw, at)
    return { result: value, write: { changes, expected: revision }, events }
  })
  return { done, made: await madeBy(context, done, read.made) }
}

/** The answer to a transition: the record in its new state, and what the server made for it; nothing, if it is no more. */
export async function inNewState({ done, made }: { done: Done; made: Made }): Promise<Response> {
  if (done.view === undefined) return new Response(null, { status: 204 })
  return answer(recordBody(done.view, made), { status: 202, etag: true })
}

/** A refusal as the problem it is. */
export function allowed(done: Done): Done {
  if (done.error) throw refused(done.error)
  return done
}

export interface Read {
  body?: Json
  problem?: Problem
  /** Ids that the server put into the body. */
  made?: Made
}

/** The body, or what is wrong with it, for routes that look at permissions first. */
export async function bodyOrProblem(input: Input): Promise<Read> {
  try {
    return { body: await input.body() }
  } catch (problem) {
    if (problem instanceof Problem) return { problem }
    throw problem
  }
}

/** The body with the id of what the transition makes. Clients choose no ids of requests and records; a link may be an old one. */
function withIds(type: RecordType, name: string, read: Read): Read {
  const what = Object.hasOwn(type.makes, name) ? type.makes[name] : undefined
  const body: JsonObject = isObject(read.body) ? read.body : {}
  if (what === undefined || read.problem) return read
  if (body[what] === undefined) {
    const id = recordId()
    return { body: { ...body, [what]: id }, made: { [what]: id } }
  }
  if (what === 'link') return read
  return { ...read, problem: malformed(`body.${what}`, 'is made by the server; leave it out') }
}

/** Of what might have been made, what was: a submission may be published at once. */
async function madeBy({ links }: ServerContext, done: Done, made: Made = {}): Promise<Made> {
  const { link, ...others } = made
  if (link !== undefined) return links?.token ? { link, token: await links.token(link) } : { link }
  const there = done.changes.flatMap(({ key }) => (key.relation === 'record' ? [key.id] : []))
  return Object.fromEntries(Object.entries(others).filter(([, id]) => there.includes(id)))
}
