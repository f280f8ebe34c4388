/** Communities: list, one, make one; what one grants to its roles. */

import { variantsIn } from '../../policy-words.js'
import type { Call, CommunityView, JsonObject, Key, Subject } from '../../types.js'
import type { Done, ServerContext } from '../context.js'
import { notFound, Problem, refused } from '../problem.js'
import type { Input, Route } from '../openapi/route.js'
import type { Schema } from '../openapi/schema.js'
import { ref, SCHEMAS } from '../openapi/schemas.js'
import { answer } from './shape.js'

const TAG = 'communities'

/** `reserved` are parts of addresses that belong to routes, so no community can be named so. */
export function communityRoutes(
  context: ServerContext,
  origin: (c: Input['c']) => string,
  reserved: string[],
): Route[] {
  const base = (c: Input['c']): string => origin(c) + context.base

  /** One community as the subject sees it; not found is not found. */
  async function one(c: Input['c'], subject: Subject, id: string): Promise<CommunityView> {
    const { value } = await context.resolve({ do: 'read_community', subject, id, base: base(c) }, communityStart(id))
    if (value.error) throw refused(value.error)
    if (value.community === undefined) throw notFound()
    return value.community
  }

  async function list({ c }: Input): Promise<Response> {
    const subject = await context.subject(c)
    const { value } = await context.resolve({ do: 'list_communities', subject, base: base(c) })
    if (value.error) throw refused(value.error)
    return answer(value.communities ?? [], { etag: true, request: c.req.raw })
  }

  async function read({ c, param }: Input): Promise<Response> {
    const subject = await context.subject(c)
    return answer(await one(c, subject, param.id ?? ''), { etag: true, request: c.req.raw })
  }

  async function make({ c, body }: Input, how: Making['do']): Promise<Response> {
    const subject = await context.subject(c)
    const call = { do: how, subject, ...((await body()) as unknown as NewCommunity), via: 'api' } as Making
    const { id } = call
    if (reserved.includes(id)) {
      const message = `body.id: \`${id}\` is the name of a route of this server; choose another`
      throw new Problem(400, 'invalid_id', message, { path: 'body.id' })
    }
    done(await context.act(call))
    const view = await one(c, subject, id)
    return answer(view, { status: 201, headers: { location: view.links.self } })
  }

  async function grants({ c, param }: Input): Promise<Response> {
    const subject = await context.subject(c)
    return answer(grantsBody(await one(c, subject, param.id ?? ''), context), { etag: true, request: c.req.raw })
  }

  async function grant({ c, param, body }: Input): Promise<Response> {
    const subject = await context.subject(c)
    const community = param.id ?? ''
    const { do: how, role, actions } = (await body()) as unknown as GrantChange
    const { notes } = done(await context.act({ do: how, subject, community, role, actions }))
    return answer({ ...grantsBody(await one(c, subject, community), context), notes })
  }

  const id = { id: 'Id of the community.' }
  const made = { 201: { description: 'Made.', schema: ref('Community'), headers: { location: 'Its address.' } } }
  const variants = variantsIn(context.engine)
  const imports: Route = {
    path: '/communities/import',
    methods: {
      POST: {
        id: 'importCommunity',
        tag: TAG,
        summary: 'Make a community that comes from elsewhere',
        description:
          'Its settings are in the words of the `variant` that is named. One word means different things in different systems (the review policy `open`, for example), so a variant is never guessed, and a word that has no counterpart here is refused.',
        body: { schema: importedFrom(variants) },
        responses: made,
        problems: [403, 404, 409],
        run: (input) => make(input, 'import_community'),
      },
    },
  }
  return [
    // Before the address of one community.
    ...(variants.length > 0 ? [imports] : []),
    {
      path: '/communities/',
      methods: {
        GET: {
          id: 'listCommunities',
          tag: TAG,
          summary: 'Communities you may see',
          responses: {
            200: {
              description: 'All of them; hidden ones are left out.',
              schema: { type: 'array', items: ref('Community') },
            },
            304: { description: 'As you have it.' },
          },
          run: list,
        },
        POST: {
          id: 'createCommunity',
          tag: TAG,
          summary: 'Make a community',
          body: { schema: ref('NewCommunity') },
          responses: made,
          problems: [403, 404, 409],
          run: (input) => make(input, 'create_community'),
        },
      },
    },
    {
      path: '/communities/{id}',
      params: id,
      methods: {
        GET: {
          id: 'readCommunity',
          tag: TAG,
          summary: 'A community',
          responses: {
            200: { description: 'As you may see it.', schema: ref('Community') },
            304: { description: 'As you have it.' },
          },
          problems: [404],
          run: read,
        },
      },
    },
    {
      path: '/communities/{id}/actions',
      params: id,
      methods: {
        GET: {
          id: 'readGrants',
          tag: TAG,
          summary: 'What a community grants',
          description: 'For members of the community and administrators.',
          responses: {
            200: { description: 'Grants by action.', schema: ref('Grants') },
            304: { description: 'As you have it.' },
          },
          problems: [403, 404],
          run: grants,
        },
        POST: {
          id: 'changeGrants',
          tag: TAG,
          summary: 'Grant actions to a role, or take them away',
          description: 'What is so already is said in `notes` and is no error.',
          body: { schema: ref('GrantChange') },
          responses: { 200: { description: 'Grants as they are now.', schema: ref('Grants') } },
          problems: [403, 404],
          run: grant,
        },
      },
    },
  ]
}

/** The facts a community is shown by: it says who may do what, so access rows of every action matter. */
export function communityStart(id: string): Key[] {
  return [
    { relation: 'community', id },
    { relation: 'access', where: {} },
  ]
}

type Making = Extract<Call, { do: 'create_community' | 'import_community' }>

/** A new community, and the variant its settings are said in. */
function importedFrom(variants: string[]): Schema {
  const { properties, required, ...rest } = SCHEMAS.NewCommunity
  const variant: Schema = { type: 'string', enum: variants, description: 'Whose words the settings are.' }
  return { ...rest, required: [...required, 'variant'], properties: { ...properties, variant } }
}

interface NewCommunity {
  id: string
  title: string
  type?: string
  metadata?: JsonObject
  settings?: { [address: string]: string }
}

interface GrantChange {
  do: 'allow' | 'deny'
  role: string
  actions: string[]
}

/** What was done; a refusal is thrown. */
export function done(result: Done | undefined): Done {
  if (result === undefined) throw new Error('the engine neither answered nor asked for facts')
  if (result.error) throw refused(result.error)
  return result
}

/** Who may not see the grants is told so; that the community exists they can see. */
function grantsBody(view: CommunityView, { engine }: ServerContext): { [key: string]: unknown } {
  if (view.actions === undefined) {
    throw new Problem(403, 'denied', 'what a community grants is shown to its members and to administrators')
  }
  const { actions, roles } = engine.policy
  return { available: actions, roles: ['any', 'author', ...roles], actions: view.actions }
}
