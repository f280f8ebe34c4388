/** Members of communities: who they are to whoever asks, and how they come, change and go. All that are named, or none. */

import type { MemberChange, MemberName, MemberView, Subject } from '../../types.js'
import type { ServerContext } from '../context.js'
import { malformed, refused } from '../problem.js'
import { MEMBER_SCHEMAS, memberRef } from '../openapi/member-schemas.js'
import type { Input, Operation, Route } from '../openapi/route.js'
import type { Schema } from '../openapi/schema.js'
import { communityStart, done } from './communities.js'
import { recordId } from './place.js'
import { answer } from './shape.js'

const TAG = 'members'
const params = { id: 'Id of the community.' }

type Status = NonNullable<MemberView['status']>
interface Named {
  type: 'user' | 'group' | 'email'
  id: string
}
interface Body {
  members: Named[]
  role: string | string[]
  visible?: boolean
  message?: string
}

/** None where the policy has no members: roles are given some other way. */
export function memberRoutes(context: ServerContext, origin: (c: Input['c']) => string): Route[] {
  if (context.engine.document.membership === undefined) return []

  async function list({ c, param, query }: Input, only?: Status): Promise<Response> {
    const subject = await context.subject(c)
    const community = param.id ?? ''
    const call = { do: 'list_members', subject, community } as const
    const start = [...communityStart(community), { relation: 'membership', where: { community } } as const]
    const { members = [] } = done((await context.resolve(call, start)).value)
    const status = only ? [only] : query.list('status')
    // Of a public membership nobody outside is told more than whose it is; it is an active one.
    const rows = members.filter((row) => status?.includes(row.status ?? 'active') ?? true)
    const from = query.number('from') ?? 0
    const size = Math.min(query.number('size') ?? 25, context.limits.page)
    const self = new URL(c.req.url)
    const at = (params: URLSearchParams): string => `${origin(c)}${self.pathname}${params.size > 0 ? `?${params}` : ''}`
    const next = new URLSearchParams(self.searchParams)
    next.set('from', String(from + size))
    const hits = { hits: rows.slice(from, from + size).map(rowOf), total: rows.length }
    const links = { self: at(self.searchParams), ...(from + size < rows.length && { next: at(next) }) }
    return answer({ hits, links }, { etag: true, request: c.req.raw })
  }

  /** Carries a change out, in the name of whoever asks. */
  async function change({ c, param }: Input, change: MemberChange): Promise<void> {
    const subject: Subject = await context.subject(c)
    const { error } = await context.act({ ...change, subject, community: param.id ?? '' })
    if (error) throw refused(error)
  }

  async function invite(input: Input): Promise<Response> {
    const { members, role, ...more } = (await input.body()) as unknown as Body
    const invited = members.map((member) => ({ member, request: recordId() }))
    const named = invited.map(({ member, request }) => ({ ...nameOf(member), request }))
    await change(input, { do: 'invite', role, members: named, ...more })
    return answer({ members: invited }, { status: 201 })
  }

  async function add(input: Input): Promise<Response> {
    const { members, role, visible } = (await input.body()) as unknown as Body
    const shown = visible === undefined ? {} : { visible }
    await change(input, { do: 'add_member', role, members: members.map(nameOf), ...shown })
    return new Response(null, { status: 204 })
  }

  async function update(input: Input): Promise<Response> {
    const body = (await input.body()) as unknown as Partial<Body> & Pick<Body, 'members'>
    const { role, visible } = body
    const members = body.members.map(nameOf)
    if (role !== undefined && visible === undefined) await change(input, { do: 'change_role', role, members })
    else if (visible !== undefined && role === undefined)
      await change(input, { do: 'set_visibility', visible, members })
    else throw malformed('body', 'holds either `role` or `visible`, one of them at a time')
    return new Response(null, { status: 204 })
  }

  async function remove(input: Input): Promise<Response> {
    const { members } = (await input.body()) as unknown as Body
    await change(input, { do: 'remove_member', members: members.map(nameOf) })
    return new Response(null, { status: 204 })
  }

  async function leave(input: Input): Promise<Response> {
    await change(input, { do: 'leave' })
    return new Response(null, { status: 204 })
  }

  async function apply(input: Input): Promise<Response> {
    const { message } = (await input.body()) as { message?: string }
    const request = recordId()
    const said = message === undefined ? {} : { message }
    await change(input, { do: 'request_membership', request, ...said })
    const location = `${origin(input.c)}${context.base}/requests/${request}`
    return answer({ request }, { status: 201, headers: { location } })
  }

  const pages: { [name: string]: Schema } = {
    size: { type: 'integer', minimum: 1, maximum: 1000, description: 'Rows a page; 25 if not said.' },
    from: { type: 'integer', minimum: 0, maximum: 10_000_000, description: 'Rows to leave out; `links.next` says.' },
  }
  const rows = (id: string, summary: string, query: { [name: string]: Schema }, only?: Status): Operation => ({
    id,
    tag: TAG,
    summary,
    description: 'Everybody sees their own row; what else, the community’s settings say.',
    query,
    responses: {
      200: {
        description: 'Those you may see.',
        schema: memberRef('MemberList'),
        headers: { etag: 'Names this content.' },
      },
      304: { description: 'As you have it.' },
    },
    problems: [404],
    run: (input) => list(input, only),
  })
  const does = (
    id: string,
    summary: string,
    run: Operation['run'],
    schema?: keyof typeof MEMBER_SCHEMAS,
    optional = false,
  ): Operation => ({
    id,
    tag: TAG,
    summary,
    ...(schema && { body: { schema: memberRef(schema), optional } }),
    responses: { 204: { description: 'Done.' } },
    problems: [403, 404, 409],
    run,
  })
  return [
    {
      path: '/communities/{id}/members',
      params,
      methods: {
        GET: rows('listMembers', 'Members, as you see them', { ...pages, status: STATUS }),
        POST: does('addMembers', 'Add groups; users are invited', add, 'NewMembers'),
        PUT: does('changeMembers', 'Give members another role, or show or hide them', update, 'MemberChange'),
        DELETE: does('removeMembers', 'End memberships', remove, 'Members'),
      },
    },
    {
      path: '/communities/{id}/invitations',
      params,
      methods: {
        GET: rows('listInvitations', 'Who is invited', pages, 'invited'),
        POST: {
          ...does('inviteMembers', 'Invite users', invite, 'Invitation'),
          responses: { 201: { description: 'Invited; each has a request to answer.', schema: memberRef('Invited') } },
        },
      },
    },
    {
      path: '/communities/{id}/membership-requests',
      params,
      methods: {
        GET: rows('listMembershipRequests', 'Who asks to join', pages, 'applied'),
        POST: {
          ...does('requestMembership', 'Ask to join', apply, 'Application', true),
          responses: {
            201: { description: 'Asked.', schema: memberRef('Applied'), headers: { location: 'Of the request.' } },
          },
        },
      },
    },
    {
      path: '/communities/{id}/leave',
      params,
      methods: { POST: does('leaveCommunity', 'End your own membership', leave) },
    },
  ]
}

const STATUS: Schema = {
  type: 'array',
  items: { type: 'string', enum: ['active', 'invited', 'applied'] },
  maxItems: 3,
  description: 'Only these.',
}

function rowOf({ user, group, ...row }: MemberView): object {
  return { member: user === undefined ? { type: 'group', id: group } : { type: 'user', id: user }, ...row }
}

function nameOf({ type, id }: Named): MemberName {
  if (type === 'user') return { user: id }
  return type === 'group' ? { group: id } : { email: id }
}
