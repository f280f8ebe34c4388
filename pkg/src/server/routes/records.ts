/** Records: list, make, read, change, delete, and the transitions of their machine. */

import type { Json, JsonObject } from '../../types.js'
import type { Done, ServerContext } from '../context.js'
import { askCheck } from '../context/make.js'
import type { RecordType } from '../types.js'
import { malformed, notFound, Problem, refused } from '../problem.js'
import type { Input, Operation, Route } from '../openapi/route.js'
import { ref } from '../openapi/schemas.js'
import { isObject } from './changes.js'
import { listQuery, listRecords } from './list.js'
import { answer, recordBody } from './shape.js'
import { updateRecord } from './update.js'
import { demandUnchanged, readAt, recordId, resourceOf, sameType, startOf, type Place } from './place.js'

const IF_MATCH = { 'if-match': { type: 'string', description: 'Only if it is still so (an `ETag`).' } } as const
const ETAG = { etag: 'Names this content.' }

export function recordRoutes(context: ServerContext, type: RecordType, origin: (c: Input['c']) => string): Route[] {
  const tag = type.key
  const name = type.key.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, '')
  const Name = name.charAt(0).toUpperCase() + name.slice(1)
  const links = (c: Input['c']): { base: string } => ({ base: origin(c) + context.base })
  const place = async ({ c, param }: Input): Promise<Place> => ({
    type,
    subject: await context.subject(c),
    community: param.community,
    id: param.id ?? '',
    links: links(c),
  })

  async function create(input: Input): Promise<Response> {
    const { c } = input
    const subject = await context.subject(c)
    const read = await bodyOrProblem(input)
    const record = isObject(read.body) ? read.body : {}
    const community = input.param.community ?? communityOf(record, type)
    if (community === undefined) {
      throw read.problem ?? malformed(`body.${type.primary.join('.')}`, 'must name the community the record goes to')
    }
    const id = recordId()
    const call = { do: 'create', subject, type: type.key, id, community, record, links: links(c) } as const
    // The permission comes first: whoever may not make records here is told that, whatever the body is.
    if (read.problem) {
      const { value } = await context.resolve(call)
      throw value.decision?.decision === 'deny' && value.error ? refused(value.error) : read.problem
    }
    const { view } = allowed(await context.act(call))
    if (view === undefined) throw notFound()
    const location = String(view.links.self ?? '')
    return answer(recordBody(view), { status: 201, etag: true, headers: { location } })
  }

  async function read(input: Input): Promise<Response> {
    const at = await place(input)
    const { value, facts } = await context.settle((facts) => readAt(context, at, facts), startOf(at))
    if (value?.error && sameType(facts, at)) throw refused(value.error)
    if (value?.view === undefined || !sameType(facts, at)) throw notFound()
    return answer(recordBody(value.view), { etag: true, request: input.c.req.raw })
  }

  async function transition(input: Input, named?: string): Promise<Done> {
    const at = await place(input)
    const read: Read = named === undefined ? await bodyOrProblem(input) : {}
    const params = isObject(read.body) ? read.body : {}
    const { subject } = at
    const name = named ?? input.param.transition ?? ''
    return context.transact(async () => {
      const call = {
        do: 'transition',
        subject,
        resource: resourceOf(at),
        transition: name,
        params,
        links: at.links,
      } as const
      const { value, facts, revision } = await context.resolve(call, startOf(at))
      if (!sameType(facts, at)) throw notFound()
      if (read.problem && value.error?.code === 'missing_parameter') throw read.problem
      const { changes, events } = allowed(value)
      if (read.problem) throw read.problem
      await demandUnchanged(context, input.c.req.raw, at)
      return { result: value, write: { changes, expected: revision }, events }
    })
  }

  async function remove(input: Input, named: string): Promise<Response> {
    const at = await place(input)
    const resource = resourceOf(at)
    const asked = { subject: at.subject, action: 'delete', resource }
    const { value: decision, facts } = await context.settle(
      (facts) => askCheck(context.engine, asked, facts),
      startOf(at),
    )
    if (decision.conceal || !sameType(facts, at)) throw notFound()
    // Asked ahead of the machine, which says first what is wrong with the state: who is not signed in must sign in.
    if (decision.decision === 'deny' && at.subject.type === 'anonymous') {
      throw refused({ code: 'denied', status: 401, message: '`delete` needs a signed-in user; sign in and try again' })
    }
    await transition(input, named)
    return new Response(null, { status: 204 })
  }

  const named = type.deletion
  const document = { schema: ref('Document') }
  const where = { community: 'Id of a community of the record.', id: 'Id of the record.' }
  const params = (path: string): { [name: string]: string } =>
    Object.fromEntries(Object.entries(where).filter(([part]) => path.includes(`{${part}}`)))
  const change = (method: 'PUT' | 'PATCH', summary: string, types: string[]): Operation => ({
    id: `${method === 'PUT' ? 'replace' : 'update'}${Name}`,
    tag,
    summary,
    description: 'Owners, state and communities are not set by a write. Fields withheld from you are left as they are.',
    headers: IF_MATCH,
    body: { ...document, types },
    responses: {
      200: { description: 'As it is now.', schema: ref('Record'), headers: ETAG },
      204: { description: 'Written; you may not read it.' },
    },
    problems: [403, 404, 412],
    run: async (input) => updateRecord(context, await place(input), input, method),
  })

  return [
    {
      path: type.list,
      params: params(type.list),
      methods: {
        GET: {
          id: `list${Name}`,
          tag,
          summary: 'Records you may read',
          query: listQuery(type.states),
          responses: {
            200: { description: 'A page of them.', schema: ref('RecordList'), headers: ETAG },
            304: { description: 'As you have it.' },
          },
          problems: [404],
          run: (input) => listRecords(context, type, input, links(input.c)),
        },
        POST: {
          id: `create${Name}`,
          tag,
          summary: 'Make a record',
          body: document,
          responses: {
            201: { description: 'Made.', schema: ref('Record'), headers: { location: 'Its address.', ...ETAG } },
          },
          problems: [403, 404, 409],
          run: create,
        },
      },
    },
    {
      path: type.item,
      params: params(type.item),
      methods: {
        GET: {
          id: `read${Name}`,
          tag,
          summary: 'A record',
          responses: {
            200: { description: 'As you may see it.', schema: ref('Record'), headers: ETAG },
            304: { description: 'As you have it.' },
          },
          problems: [403, 404],
          run: read,
        },
        PUT: change('PUT', 'Replace the document', ['application/json']),
        PATCH: change('PATCH', 'Change fields (JSON Merge Patch)', [
          'application/merge-patch+json',
          'application/json',
        ]),
        ...(named === undefined
          ? {}
          : {
              DELETE: {
                id: `delete${Name}`,
                tag,
                summary: 'Delete the draft',
                headers: IF_MATCH,
                responses: { 204: { description: 'Deleted.' } },
                problems: [403, 404, 409, 412],
                run: (input: Input) => remove(input, named),
              },
            }),
      },
    },
    ...(type.transitions.length > 0
      ? [
          {
            path: `${type.item.replace(/\/$/, '')}/{transition}`,
            params: { ...params(type.item), transition: 'Name of the transition.' },
            methods: {
              POST: {
                id: `transition${Name}`,
                tag,
                summary: 'Run a transition',
                description: `One of: ${type.transitions.join(', ')}. The body holds its parameters.`,
                headers: IF_MATCH,
                body: { ...document, optional: true },
                responses: { 202: { description: 'The record in its new state.', schema: ref('Record') } },
                problems: [403, 404, 409, 412],
                run: async (input: Input) => {
                  const { view } = await transition(input)
                  if (view === undefined) throw notFound()
                  return answer(recordBody(view), { status: 202, etag: true })
                },
              },
            },
          },
        ]
      : []),
  ]
}

/** A refusal as the problem it is. */
function allowed(done: Done): Done {
  if (done.error) throw refused(done.error)
  return done
}

interface Read {
  body?: Json
  problem?: Problem
}

/** The body, or what is wrong with it, for routes that look at permissions first. */
async function bodyOrProblem(input: Input): Promise<Read> {
  try {
    return { body: await input.body() }
  } catch (problem) {
    if (problem instanceof Problem) return { problem }
    throw problem
  }
}

function communityOf(record: JsonObject, { primary }: RecordType): string | undefined {
  let found: Json | undefined = record
  for (const key of primary) found = isObject(found) ? found[key] : undefined
  return typeof found === 'string' && found !== '' ? found : undefined
}
