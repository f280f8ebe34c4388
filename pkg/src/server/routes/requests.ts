/** The requests a community receives, of every kind. Each by itself is at the address of its type, or of all requests. */

import type { ServerContext } from '../context.js'
import type { Input, Route } from '../openapi/route.js'
import { ref } from '../openapi/schemas.js'
import type { RecordType } from '../types.js'
import { collectionQuery, listRecords, typesAsked } from './list.js'

/** None where the policy has no requests. */
export function requestRoutes(context: ServerContext, all: RecordType[], origin: (c: Input['c']) => string): Route[] {
  const types = all.filter(({ request }) => request)
  if (types.length === 0) return []
  const { scope: _, ...query } = collectionQuery(context.engine, types)
  return [
    {
      path: '/communities/{id}/requests',
      params: { id: 'Id of the community.' },
      methods: {
        GET: {
          id: 'listRequestsOfCommunity',
          tag: 'requests',
          summary: 'Requests a community receives',
          query,
          responses: {
            200: {
              description: 'A page of them.',
              schema: ref('RecordList'),
              headers: { etag: 'Names this content.' },
            },
            304: { description: 'As you have it.' },
          },
          problems: [403, 404],
          run: (input) => listRecords(context, typesAsked(types, input.query), input, origin(input.c), input.param.id),
        },
      },
    },
  ]
}
