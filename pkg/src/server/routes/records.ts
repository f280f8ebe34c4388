/** Records: list, make, read, change, delete, and the transitions of their machine. */

import type { Json, JsonObject } from '../../types.js'
import { aclWords } from '../../acl/words.js'
import type { ServerContext } from '../context.js'
import { askCheck } from '../context/make.js'
import type { Collection, RecordType } from '../types.js'
import { malformed, notFound, refused } from '../problem.js'
import type { Input, Operation, Route } from '../openapi/route.js'
import type { Schema } from '../openapi/schema.js'
import { ref } from '../openapi/schemas.js'
import { isObject } from './changes.js'
import { collectionQuery, listRecords, typesAsked } from './list.js'
import { answer, recordBody } from './shape.js'
import { aclRef } from '../openapi/acl-schemas.js'
import { allowed, bodyOrProblem, inNewState, linksOf, listsOf, readItem, run } from './item.js'
import { updateRecord } from './update.js'
import { recordId, resourceOf, sameType, startOf, typeAt, type Place } from './place.js'

const IF_MATCH = { 'if-match': { type: 'string', description: 'Only if it is still so (an `ETag`).' } } as const
const ETAG = { etag: 'Names this content.' }

/** What can be done at an address of records. */
export function recordRoutes(context: ServerContext, at: Collection, origin: (c: Input['c']) => string): Route[] {
  const { types, list, item } = at
  const tag = types.length === 1 ? types[0].key : at.name
  const name = at.name.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, '')
  const Name = name.charAt(0).toUpperCase() + name.slice(1)
  const place = async ({ c, param }: Input): Promise<Place> => {
    const id = param.id ?? ''
    const subject = await context.subject(c)
    const type = await typeAt(context, types, id)
    return { type, subject, community: param.community, id, links: linksOf(context, origin(c), type) }
  }

  const [usual, ...more] = types.filter(({ actions }) => actions.includes('create'))

  async function create(input: Input, usual: RecordType): Promise<Response> {
    const { c } = input
    const subject = await context.subject(c)
    const read = await bodyOrProblem(input)
    const record = isObject(read.body) ? read.body : {}
    const type = more.find(({ key }) => key === record.$type) ?? usual
    const community = input.param.community ?? communityOf(record, type)
    if (community === undefined && !type.free) {
      throw read.problem ?? malformed(`body.${type.primary.join('.')}`, 'must name the community the record goes to')
    }
    const id = recordId()
    const links = linksOf(context, origin(c), type)
    const made = { do: 'create', subject, type: type.key, id, record, links } as const
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

  async function remove(input: Input): Promise<Response> {
    const at = await place(input)
    const { deletion } = at.type
    if (deletion !== undefined) await demandDeletion(context, at)
    // Where others at this address can be deleted and this one cannot, its machine says so.
    await run(context, at, input, deletion ?? 'delete')
    return new Response(null, { status: 204 })
  }

  const document = { schema: ref('Document') }
  const what = types.every(({ request }) => request) ? 'request' : 'record'
  const where = { community: 'Id of a community of the record.', id: `Id of the ${what}.` }
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

  const does = (action: string): boolean => types.some(({ actions }) => actions.includes(action))
  const transitions = [...new Set(types.flatMap((type) => type.transitions))]
  const then: Operation['responses'] = { 202: { description: 'It in its new state.', schema: ref('Record') } }
  if (types.some((type) => type.discards)) then[204] = { description: 'Discarded: it is no more.' }
  return [
    {
      path: list,
      params: params(list),
      methods: {
        GET: {
          id: `list${Name}`,
          tag,
          summary: `${what === 'request' ? 'Requests' : 'Records'} you may read`,
          query: collectionQuery(context.engine, types),
          responses: {
            200: { description: 'A page of them.', schema: ref('RecordList'), headers: ETAG },
            304: { description: 'As you have it.' },
          },
          problems: [403, 404],
          run: (input) =>
            listRecords(context, typesAsked(types, input.query), input, origin(input.c), input.param.community),
        },
        ...when(usual, (usual) => ({
          POST: {
            id: `create${Name}`,
            tag,
            summary: `Make a ${what}`,
            body: types.length === 1 ? document : { schema: typed([usual, ...more]) },
            responses: {
              201: { description: 'Made.', schema: ref('Record'), headers: { location: 'Its address.', ...ETAG } },
            },
            problems: [403, 404, 409],
            run: (input: Input) => create(input, usual),
          },
        })),
      },
    },
    {
      path: item,
      params: params(item),
      methods: {
        GET: {
          id: `read${Name}`,
          tag,
          summary: `A ${what}`,
          responses: {
            200: { description: 'As you may see it.', schema: ref('Record'), headers: ETAG },
            304: { description: 'As you have it.' },
          },
          problems: [403, 404, 410],
          run: read,
        },
        ...when(does('update'), () => ({
          PUT: change('PUT', 'Replace the document', ['application/json']),
          PATCH: change('PATCH', 'Change fields (JSON Merge Patch)', [
            'application/merge-patch+json',
            'application/json',
          ]),
        })),
        ...when(
          types.some(({ deletion }) => deletion !== undefined),
          () => ({
            DELETE: {
              id: `delete${Name}`,
              tag,
              summary: what === 'request' ? 'Delete the request' : 'Delete the draft',
              headers: IF_MATCH,
              responses: { 204: { description: 'Deleted.' } },
              problems: [403, 404, 409, 412],
              run: remove,
            },
          }),
        ),
      },
    },
    ...(aclWords(context.engine)
      ? [
          {
            path: `${item.replace(/\/$/, '')}/acls`,
            params: params(item),
            methods: {
              GET: {
                id: `explainAcls${Name}`,
                tag,
                summary: `Access lists that speak of a ${what}`,
                description: 'Those you may manage; which of them count, and of whom they speak.',
                responses: {
                  200: { description: 'In the order in which they are compared.', schema: aclRef('AclsOfRecord') },
                  304: { description: 'As you have it.' },
                },
                problems: [403, 404, 410],
                run: async (input: Input) => listsOf(context, await place(input), input.c.req.raw),
              },
            },
          },
        ]
      : []),
    ...(transitions.length > 0
      ? [
          {
            path: `${item.replace(/\/$/, '')}/{transition}`,
            params: { ...params(item), transition: 'Name of the transition.' },
            methods: {
              POST: {
                id: `transition${Name}`,
                tag,
                summary: what === 'request' ? 'Accept, decline, cancel' : 'Run a transition',
                description: `One of: ${transitions.join(', ')}; \`links\` say which. The body holds its parameters; ids of requests are made here.`,
                headers: IF_MATCH,
                body: { ...document, optional: true },
                responses: then,
                problems: [403, 404, 409, 412],
                run: async (input: Input) => inNewState(await run(context, await place(input), input)),
              },
            },
          },
        ]
      : []),
  ]
}

/** What an address has only if the machine of a type at it does. */
function when<T, M>(has: T, methods: (has: NonNullable<T>) => M): M | Record<string, never> {
  return has ? methods(has) : {}
}

/** A document that says of which of these types it is. */
function typed(types: RecordType[]): Schema {
  const $type: Schema = { type: 'string', enum: types.map(({ key }) => key), description: 'What to make.' }
  return { type: 'object', required: ['$type'], properties: { $type }, additionalProperties: true }
}

async function demandDeletion(context: ServerContext, at: Place): Promise<void> {
  const asked = { subject: at.subject, action: 'delete', resource: resourceOf(at) }
  const { value: decision, facts } = await context.settle(
    (facts) => askCheck(context.engine, asked, facts),
    startOf(at),
  )
  if (decision.conceal || !sameType(facts, at)) throw notFound()
  // Asked ahead of the machine, which says first what is wrong with the state: who is not signed in must sign in.
  if (decision.decision === 'deny' && at.subject.type === 'anonymous') {
    throw refused({ code: 'denied', status: 401, message: '`delete` needs a signed-in user; sign in and try again' })
  }
}

function communityOf(record: JsonObject, { primary }: RecordType): string | undefined {
  let found: Json | undefined = record
  for (const key of primary) found = isObject(found) ? found[key] : undefined
  return typeof found === 'string' && found !== '' ? found : undefined
}
