/** What becomes of a community: its title and settings change, it is deleted, it comes back. */

import type { CommunityView, FactsInput, FieldChange, JsonObject, Subject } from '../../types.js'
import type { Asked, Done, ServerContext } from '../context.js'
import { askStep } from '../context/make.js'
import { typeIn } from '../../policy-words.js'
import { notFound, refused } from '../problem.js'
import type { Input, Operation, Route } from '../openapi/route.js'
import { ref } from '../openapi/schemas.js'
import { difference, isObject, merged } from './changes.js'
import { communityStart, done } from './communities.js'
import { answer, demandMatch } from './shape.js'
import { inBody, placeOf } from './update.js'

const TAG = 'communities'
const IF_MATCH = { 'if-match': { type: 'string', description: 'Only if it is still so (an `ETag`).' } } as const
const ETAG = { etag: 'Names this content.' }

interface Planned {
  view: CommunityView
  done: Done
  set: FieldChange[]
}

/** None where the policy says nothing of what becomes of communities. */
export function settingRoutes(context: ServerContext, origin: (c: Input['c']) => string): Route[] {
  const machine = typeIn(context.engine, 'community')?.machine
  if (machine === undefined) return []
  /** The community as the subject sees it, the changes that lead to what is wanted, and what the engine says to them. */
  function plan(
    { c, param }: Input,
    subject: Subject,
    wanted: JsonObject,
    method: 'PUT' | 'PATCH',
    facts: FactsInput,
  ): Asked<Planned | undefined> {
    const id = param.id ?? ''
    const { engine, base } = context
    const call = { do: 'read_community', subject, id, base: origin(c) + base } as const
    const { value: read, missing } = askStep(engine, call, facts)
    if (read === undefined) return { value: undefined, missing }
    const { community: view } = read
    if (view === undefined) throw read.error ? refused(read.error) : notFound()
    const seen = changeable(view)
    const after = method === 'PATCH' ? merged(seen, wanted) : changeable(wanted)
    const set = difference(seen, isObject(after) ? after : {})
    const asked = inBody(set, () => askStep(engine, { do: 'update_community', subject, id, set }, facts))
    return { value: asked.value && { view, done: asked.value, set }, missing: asked.missing }
  }

  async function update(input: Input, method: 'PUT' | 'PATCH'): Promise<Response> {
    const { c, param, body } = input
    const subject = await context.subject(c)
    const id = param.id ?? ''
    const wanted = await body()
    await context.transact(async () => {
      const ask = (facts: FactsInput): Asked<Planned | undefined> =>
        plan(input, subject, isObject(wanted) ? wanted : {}, method, facts)
      const { value, revision } = await context.settle(ask, communityStart(id))
      if (value === undefined) throw notFound()
      const { view, done, set } = value
      if (done.error) throw refused(done.error, (path) => placeOf(path, set))
      await demandMatch(c.req.raw, view)
      if (set.length === 0) return { result: undefined }
      return { result: undefined, write: { changes: done.changes, expected: revision }, events: done.events }
    })
    return shown(c, subject, id)
  }

  async function remove({ c, param, body }: Input): Promise<Response> {
    const subject = await context.subject(c)
    const { reason } = (await body()) as { reason?: string }
    const why = reason === undefined ? {} : { reason }
    done(await context.act({ do: 'delete_community', subject, id: param.id ?? '', ...why }))
    return new Response(null, { status: 204 })
  }

  async function restore({ c, param }: Input): Promise<Response> {
    const subject = await context.subject(c)
    const id = param.id ?? ''
    done(await context.act({ do: 'restore_community', subject, id }))
    return shown(c, subject, id)
  }

  /** Whoever shut themselves out by a change sees it no more. */
  async function shown(c: Input['c'], subject: Subject, id: string): Promise<Response> {
    const call = { do: 'read_community', subject, id, base: origin(c) + context.base } as const
    const { value } = await context.resolve(call, communityStart(id))
    return value.community ? answer(value.community, { etag: true }) : new Response(null, { status: 204 })
  }

  const params = { id: 'Id of the community.' }
  const now = {
    200: { description: 'As it is now.', schema: ref('Community'), headers: ETAG },
    204: { description: 'Written; you may not see it.' },
  }
  const change = (method: 'PUT' | 'PATCH', summary: string, types: string[]): Operation => ({
    id: method === 'PUT' ? 'replaceCommunity' : 'updateCommunity',
    tag: TAG,
    summary,
    description:
      'Title, metadata, and settings where the community shows them (`access.visibility`). The title alone is a renaming. What is shown and not yours to set (id, type, links, actions) may stand in the body and is left as it is.',
    headers: IF_MATCH,
    body: { schema: ref('CommunityChange'), types },
    responses: now,
    problems: [403, 404, 409, 412],
    run: (input) => update(input, method),
  })
  return [
    {
      path: '/communities/{id}',
      params,
      methods: {
        PUT: change('PUT', 'Replace what is set', ['application/json']),
        PATCH: change('PATCH', 'Change settings (JSON Merge Patch)', [
          'application/merge-patch+json',
          'application/json',
        ]),
        DELETE: {
          id: 'deleteCommunity',
          tag: TAG,
          summary: 'Delete a community',
          description: 'Not while requests to it are open. Its administrators still see it, and can bring it back.',
          body: { schema: ref('Reason'), optional: true },
          responses: { 204: { description: 'Deleted.' } },
          problems: [403, 404, 409],
          run: remove,
        },
      },
    },
    {
      path: '/communities/{id}/restore',
      params,
      methods: {
        POST: {
          id: 'restoreCommunity',
          tag: TAG,
          summary: 'Bring a deleted community back',
          responses: now,
          problems: [403, 404, 409],
          run: restore,
        },
      },
    },
  ]
}

/** Of a community, what a client may set. */
function changeable(view: CommunityView | JsonObject): JsonObject {
  const { id: _id, type: _type, links: _links, actions: _actions, deletion: _deletion, ...rest } = view as JsonObject
  return rest
}
