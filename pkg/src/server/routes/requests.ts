/** Requests of every kind at one address: reviews, inclusions, invitations. Each has the machine of its own type. */

import type { FactsInput } from '../../types.js'
import type { ServerContext } from '../context.js'
import type { Input, Route } from '../openapi/route.js'
import type { Schema } from '../openapi/schema.js'
import { ref } from '../openapi/schemas.js'
import { REQUESTS, type RecordType } from '../types.js'
import { inNewState, linksOf, readItem, run } from './item.js'
import { listQuery, listRecords } from './list.js'
import { startOf, type Place } from './place.js'

const TAG = 'requests'
const IF_MATCH = { 'if-match': { type: 'string', description: 'Only if it is still so (an `ETag`).' } } as const
const ETAG = { etag: 'Names this content.' }

/** `types` are those of requests. None where the policy has none, or keeps the address for something else. */
export function requestRoutes(context: ServerContext, types: RecordType[], origin: (c: Input['c']) => string): Route[] {
  const [first] = types
  if (first === undefined) return []

  /** Of which type it is, the stored record says; whoever may not see it learns nothing of that. */
  const place = async ({ c, param }: Input): Promise<Place> => {
    const id = param.id ?? ''
    const at = { subject: await context.subject(c), community: undefined, id }
    const { value: key } = await context.settle((facts) => ({ value: typeIn(facts, id), missing: [] }), startOf(at))
    const type = types.find((one) => one.key === key) ?? first
    return { ...at, type, links: linksOf(context, origin(c), type) }
  }

  const list = (input: Input, community?: string): Promise<Response> => {
    const asked = input.query.list('type')
    const those = asked === undefined ? types : types.filter(({ key }) => asked.includes(key))
    return listRecords(context, those, input, origin(input.c), community)
  }
  const query = queryOf(types)
  const { scope: _, ...inOne } = query
  const page = {
    200: { description: 'A page of them.', schema: ref('RecordList'), headers: ETAG },
    304: { description: 'As you have it.' },
  }
  const transitions = [...new Set(types.flatMap((type) => type.transitions))]
  const id = { id: 'Id of the request.' }
  return [
    {
      path: REQUESTS.list,
      methods: {
        GET: {
          id: 'listRequests',
          tag: TAG,
          summary: 'Requests you may read',
          description: 'Yours, and those of your communities. `state=submitted` are those that wait for an answer.',
          query,
          responses: page,
          run: (input) => list(input),
        },
      },
    },
    {
      path: '/communities/{id}/requests',
      params: { id: 'Id of the community.' },
      methods: {
        GET: {
          id: 'listRequestsOfCommunity',
          tag: TAG,
          summary: 'Requests a community receives',
          query: inOne,
          responses: page,
          problems: [404],
          run: (input) => list(input, input.param.id),
        },
      },
    },
    {
      path: REQUESTS.item,
      params: id,
      methods: {
        GET: {
          id: 'readRequest',
          tag: TAG,
          summary: 'A request',
          responses: {
            200: { description: 'As you may see it.', schema: ref('Record'), headers: ETAG },
            304: { description: 'As you have it.' },
          },
          problems: [403, 404, 410],
          run: async (input) => readItem(context, await place(input), input.c.req.raw),
        },
      },
    },
    {
      path: `${REQUESTS.item}/{transition}`,
      params: { ...id, transition: 'Name of the action.' },
      methods: {
        POST: {
          id: 'answerRequest',
          tag: TAG,
          summary: 'Accept, decline, cancel',
          description: `One of: ${transitions.join(', ')}; \`actions\` of a request says which. The body holds its parameters.`,
          headers: IF_MATCH,
          body: { schema: ref('Document'), optional: true },
          responses: { 202: { description: 'The request in its new state.', schema: ref('Record') } },
          problems: [403, 404, 409, 412],
          run: async (input) => inNewState(await run(context, await place(input), input)),
        },
      },
    },
  ]
}

function queryOf(types: RecordType[]): { [name: string]: Schema } {
  const states = [...new Set(types.flatMap((type) => type.states))]
  const type: Schema = {
    type: 'array',
    items: { type: 'string', enum: types.map(({ key }) => key) },
    minItems: 1,
    maxItems: 32,
    description: 'Only requests of one of these types.',
  }
  return { ...listQuery(states), type }
}

function typeIn({ records = {} }: FactsInput, id: string): unknown {
  return Object.hasOwn(records, id) ? records[id]?.$type : undefined
}
