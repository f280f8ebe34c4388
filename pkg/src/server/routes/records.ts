/** Records: list, make, read, change, delete, and the transitions of their machine. */

import type { Json, JsonObject, LinkOptions } from '../../types.js'
import type { ServerContext } from '../context.js'
import { askCheck } from '../context/make.js'
import type { RecordType } from '../types.js'
import { malformed, notFound, refused } from '../problem.js'
import type { Input, Operation, Route } from '../openapi/route.js'
import { ref } from '../openapi/schemas.js'
import { isObject } from './changes.js'
import { listQuery, listRecords } from './list.js'
import { answer, recordBody } from './shape.js'
import { allowed, bodyOrProblem, inNewState, linksOf, readItem, run } from './item.js'
import { updateRecord } from './update.js'
import { recordId, resourceOf, sameType, startOf, type Place } from './place.js'

const IF_MATCH = { 'if-match': { type: 'string', description: 'Only if it is still so (an `ETag`).' } } as const
const ETAG = { etag: 'Names this content.' }

/** `called` names the operations, where a type has more than one address. */
export function recordRoutes(
  context: ServerContext,
  type: RecordType,
  origin: (c: Input['c']) => string,
  called = type.key,
): Route[] {
  const tag = type.key
  const name = called.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, '')
  const Name = name.charAt(0).toUpperCase() + name.slice(1)
  const links = (c: Input['c']): LinkOptions => linksOf(context, origin(c), type)
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
    if (community === undefined && type.alone === undefined) {
      throw read.problem ?? malformed(`body.${type.primary.join('.')}`, 'must name the community the record goes to')
    }
    const id = recordId()
    const made = { do: 'create', subject, type: type.key, id, record, links: links(c) } as const
    const call = community === undefined ? made : { ...made, community }
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
    return readItem(context, await place(input), input.c.req.raw)
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
    await run(context, at, input, named)
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
          run: (input) => listRecords(context, [type], input, origin(input.c), input.param.community),
        },
        ...when(type.actions.includes('create'), {
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
        }),
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
          problems: [403, 404, 410],
          run: read,
        },
        ...when(type.actions.includes('update'), {
          PUT: change('PUT', 'Replace the document', ['application/json']),
          PATCH: change('PATCH', 'Change fields (JSON Merge Patch)', [
            'application/merge-patch+json',
            'application/json',
          ]),
        }),
        ...when(named !== undefined, {
          DELETE: {
            id: `delete${Name}`,
            tag,
            summary: 'Delete the draft',
            headers: IF_MATCH,
            responses: { 204: { description: 'Deleted.' } },
            problems: [403, 404, 409, 412],
            run: (input: Input) => remove(input, named ?? ''),
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
                description: `One of: ${type.transitions.join(', ')}. The body holds its parameters; ids of requests are made here.`,
                headers: IF_MATCH,
                body: { ...document, optional: true },
                responses: { 202: { description: 'The record in its new state.', schema: ref('Record') } },
                problems: [403, 404, 409, 412],
                run: async (input: Input) => inNewState(await run(context, await place(input), input)),
              },
            },
          },
        ]
      : []),
  ]
}

/** What a type has only if its machine does. */
function when<T>(has: boolean, methods: T): T | Record<string, never> {
  return has ? methods : {}
}

function communityOf(record: JsonObject, { primary }: RecordType): string | undefined {
  let found: Json | undefined = record
  for (const key of primary) found = isObject(found) ? found[key] : undefined
  return typeof found === 'string' && found !== '' ? found : undefined
}
