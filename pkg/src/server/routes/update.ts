/** PUT and PATCH: the document the client sees against the one it wants, as field changes the engine may refuse. */

import { LictorError } from '../../errors.js'
import type { FactsInput, FieldChange, JsonObject } from '../../types.js'
import { askStep } from '../context/make.js'
import type { Asked, Done, ServerContext } from '../context.js'
import { malformed, notFound, refused } from '../problem.js'
import type { Input } from '../openapi/route.js'
import { difference, isObject, merged } from './changes.js'
import { demandUnchanged, readAt, resourceOf, sameType, startOf, type Place } from './place.js'
import { answer, recordBody } from './shape.js'

interface Planned {
  done: Done
  set: FieldChange[]
}

export async function updateRecord(
  context: ServerContext,
  at: Place,
  input: Input,
  method: 'PUT' | 'PATCH',
): Promise<Response> {
  // The permission comes first: a change of nothing says whether there is any.
  const { value: may, facts } = await context.settle((facts) => update(context, at, [], facts), startOf(at))
  if (!sameType(facts, at)) throw notFound()
  if (may?.error) throw refused(may.error)
  const wanted = await input.body()
  if (!isObject(wanted)) throw malformed('body', 'must be an object')

  await context.transact(async () => {
    await demandUnchanged(context, input.c.req.raw, at)
    const { value, revision } = await context.settle((facts) => plan(context, at, wanted, method, facts), startOf(at))
    if (value === undefined) throw notFound()
    const { done, set } = value
    if (done.error) throw refused(done.error, (path) => placeOf(path, set))
    if (set.length === 0) return { result: undefined }
    return { result: undefined, write: { changes: done.changes, expected: revision }, events: done.events }
  })
  const { value: after } = await context.settle((facts) => readAt(context, at, facts), startOf(at))
  // Older presets let some change what they may not read.
  if (after?.view === undefined) return new Response(null, { status: 204 })
  return answer(recordBody(after.view), { etag: true })
}

/** The changes that lead to what is wanted, and what the engine says to them, at one revision. */
function plan(
  context: ServerContext,
  at: Place,
  wanted: JsonObject,
  method: 'PUT' | 'PATCH',
  facts: FactsInput,
): Asked<Planned | undefined> {
  const read = readAt(context, at, facts)
  if (read.value === undefined) return { value: undefined, missing: read.missing }
  // Older presets let some change what they may not read; they see nothing, so they change all they send.
  const seen = read.value.view?.record ?? {}
  const after = method === 'PATCH' ? merged(seen, wanted) : wanted
  const set = difference(seen, isObject(after) ? after : {})
  const { value: done, missing } = update(context, at, set, facts)
  return done === undefined ? { value: undefined, missing } : { value: { done, set }, missing }
}

function update({ engine }: ServerContext, at: Place, set: FieldChange[], facts: FactsInput): Asked<Done | undefined> {
  const call = { do: 'update', subject: at.subject, resource: resourceOf(at), set } as const
  return inBody(set, () => askStep(engine, call, facts))
}

/** What the engine cannot even read of a change (it is too large) is told by its place in the body, too. */
export function inBody<T>(set: FieldChange[], ask: () => T): T {
  try {
    return ask()
  } catch (error) {
    if (!(error instanceof LictorError)) throw error
    throw new LictorError(
      error.faults.map((fault) => ({ ...fault, path: placeOf(fault.path, set) })),
      { cause: error },
    )
  }
}

/** `call.set[2]` is the field of the third change. */
export function placeOf(path: string, set: FieldChange[]): string {
  const found = /^call\.set\[(\d+)\]/.exec(path)
  const change = found ? set[Number(found[1])] : undefined
  if (change === undefined) return path.replace(/^record\b/, 'body')
  return `body.${[change.path].flat().join('.')}`
}
