/** Access lists: those that whoever asks may manage, one, make one, replace it, remove it, and try one before. */

import { aclPaths, aclWords } from '../../acl/words.js'
import { type Found, findRecords } from '../../acl/found.js'
import { isKept, typesIn } from '../../policy-words.js'
import type { Call, FactsInput, Filter, JsonObject, Key, Subject } from '../../types.js'
import type { Asked, Done, ServerContext } from '../context.js'
import { askStep } from '../context/make.js'
import { aclRef } from '../openapi/acl-schemas.js'
import type { Input, Operation, Route } from '../openapi/route.js'
import type { Schema } from '../openapi/schema.js'
import { malformed } from '../problem.js'
import { done } from './communities.js'
import { factsAbout, filterFor } from './list.js'
import { recordId } from './place.js'
import { answer, demandMatch } from './shape.js'

const TAG = 'acls'
const IF_MATCH = { 'if-match': { type: 'string', description: 'Only if it is still so (an `ETag`).' } } as const
const ETAG = { etag: 'Names this content.' }

type Making = Extract<Call, { acl: JsonObject }>
type Removal = { do: 'delete_acl'; subject: Subject; id: string }

/** None where the policy knows no access lists. */
export function aclRoutes(context: ServerContext, origin: (c: Input['c']) => string): Route[] {
  const { engine, store } = context
  const words = aclWords(engine)
  if (words === undefined) return []
  const paths = aclPaths(engine)

  /** All that concerns the subject, and the lists, which the server keeps: what is left to look up is records. */
  const startFor = (subject: Subject): Key[] => [...factsAbout(subject), { relation: 'acl' }]

  /** What a call comes to; a refusal is thrown. */
  async function settled(call: Call): Promise<Done> {
    const { value } = await context.settle((facts) => askStep(engine, call, facts), startFor(call.subject))
    return done(value)
  }

  async function list({ c, query }: Input): Promise<Response> {
    const subject = await context.subject(c)
    const { acls = [] } = await settled({ do: 'list_acls', subject })
    const from = query.number('from') ?? 0
    const size = Math.min(query.number('size') ?? 25, context.limits.page)
    const self = new URL(c.req.url)
    const at = (params: URLSearchParams): string => `${origin(c)}${self.pathname}${params.size > 0 ? `?${params}` : ''}`
    const next = new URLSearchParams(self.searchParams)
    next.set('from', String(from + size))
    const hits = { hits: acls.slice(from, from + size), total: acls.length }
    const links = { self: at(self.searchParams), ...(from + size < acls.length && { next: at(next) }) }
    return answer({ hits, words, links }, { etag: true, request: c.req.raw })
  }

  async function read({ c, param }: Input): Promise<Response> {
    const subject = await context.subject(c)
    const id = param.id ?? ''
    const { acl } = await settled({ do: 'read_acl', subject, id })
    return answer(acl, { etag: true, request: c.req.raw })
  }

  async function create({ c, query, body }: Input): Promise<Response> {
    const subject = await context.subject(c)
    const { id = recordId(), ...acl } = (await body()) as { id?: string } & JsonObject
    const call = { do: 'create_acl', subject, id, acl } as const
    if (query.flag('dry_run')) return tried(call)
    const made = await write(c.req.raw, call)
    const location = origin(c) + context.base + paths.item.replace('{id}', encodeURIComponent(id))
    return answer(made.acl, { status: 201, etag: true, headers: { location } })
  }

  async function replace({ c, param, query, body }: Input): Promise<Response> {
    const subject = await context.subject(c)
    const { id = param.id, ...acl } = (await body()) as { id?: string } & JsonObject
    if (id === undefined || id !== param.id) throw malformed('body.id', 'is not that of the address; leave it out')
    const call = { do: 'update_acl', subject, id, acl } as const
    if (query.flag('dry_run')) return tried(call)
    return answer((await write(c.req.raw, call)).acl, { etag: true })
  }

  async function remove({ c, param }: Input): Promise<Response> {
    const subject = await context.subject(c)
    await write(c.req.raw, { do: 'delete_acl', subject, id: param.id ?? '' })
    return new Response(null, { status: 204 })
  }

  /** Writes, over a list that is still as `If-Match` says; both are looked at in the same facts. */
  function write(request: Request, call: Making | Removal): Promise<Done> {
    const { subject, id } = call
    return context.transact(async () => {
      const ask = (facts: FactsInput): Asked<{ read?: Done; step?: Done }> => {
        const read = askStep(engine, { do: 'read_acl', subject, id }, facts)
        const step = askStep(engine, call, facts)
        return { value: { read: read.value, step: step.value }, missing: [...read.missing, ...step.missing] }
      }
      const { value, revision } = await context.settle(ask, startFor(subject))
      const step = done(value.step)
      if (call.do !== 'create_acl') await demandMatch(request, value.read?.acl)
      return { result: step, write: { changes: step.changes, expected: revision }, events: step.events }
    })
  }

  /** What a write would come to, and the records it would concern. */
  async function tried(call: Making): Promise<Response> {
    const { acl: shown } = await settled(call)
    return answer({ acl: shown, found: await finding(call.subject, call.acl) })
  }

  async function finding(subject: Subject, acl: JsonObject): Promise<Found> {
    const readable: { type: string; filter: Filter }[] = []
    try {
      for (const { type } of typesIn(engine).filter(isKept)) {
        const query = { subject, action: 'read', type: type.key, scope: 'everywhere' } as const
        readable.push({ type: type.key, filter: await filterFor(context, query) })
      }
      return await findRecords(engine, store, acl, readable)
    } finally {
      for (const { filter } of readable) filter.free()
    }
  }

  const params = { id: 'Id of the list.' }
  const pages: { [name: string]: Schema } = {
    size: { type: 'integer', minimum: 1, maximum: 1000, description: 'Lists a page; 25 if not said.' },
    from: { type: 'integer', minimum: 0, maximum: 10_000_000, description: 'Lists to leave out; `links.next` says.' },
  }
  const trial: { [name: string]: Schema } = {
    dry_run: {
      type: 'boolean',
      description: 'Write nothing; tell how many records it would speak of, of those you may read.',
    },
  }
  const would = { description: 'What would be written.', schema: aclRef('AclTrial') }
  const one = (description: string): Operation['responses'][number] => ({
    description,
    schema: aclRef('Acl'),
    headers: ETAG,
  })
  return [
    {
      path: paths.list,
      methods: {
        GET: {
          id: 'listAcls',
          tag: TAG,
          summary: 'Access lists you may manage',
          query: pages,
          responses: {
            200: { description: 'A page of them, by their ids.', schema: aclRef('AclList'), headers: ETAG },
            304: { description: 'As you have it.' },
          },
          run: list,
        },
        POST: {
          id: 'createAcl',
          tag: TAG,
          summary: 'Make an access list',
          description: 'Nobody gives an operation that they may not do themselves, but for those whom the policy lets.',
          query: trial,
          body: { schema: aclRef('NewAcl') },
          responses: {
            200: would,
            201: { ...one('Made.'), headers: { location: 'Its address.', ...ETAG } },
          },
          problems: [403, 404, 409],
          run: create,
        },
      },
    },
    {
      path: paths.item,
      params,
      methods: {
        GET: {
          id: 'readAcl',
          tag: TAG,
          summary: 'An access list',
          responses: { 200: one('As it is.'), 304: { description: 'As you have it.' } },
          problems: [404],
          run: read,
        },
        PUT: {
          id: 'replaceAcl',
          tag: TAG,
          summary: 'Put another in its place',
          description: 'Who made it stays as it is. With `dry_run` nothing is written.',
          query: trial,
          headers: IF_MATCH,
          body: { schema: aclRef('NewAcl') },
          responses: { 200: { ...one('As it is now.'), schema: { anyOf: [aclRef('Acl'), aclRef('AclTrial')] } } },
          problems: [403, 404, 412],
          run: replace,
        },
        DELETE: {
          id: 'deleteAcl',
          tag: TAG,
          summary: 'Remove it',
          headers: IF_MATCH,
          responses: { 204: { description: 'Removed.' } },
          problems: [403, 404, 412],
          run: remove,
        },
      },
    },
  ]
}
