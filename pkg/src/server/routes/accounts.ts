/** Accounts, roles people have everywhere, and access rows, for administrators: what the commands do, by the same hand. */

import { LictorError } from '../../errors.js'
import type { Accounts } from '../../tools/accounts/index.js'
import type { NewAccount, RoleMade, RowTo } from '../../tools/accounts/shapes.js'
import type { AdministersCall, RowsCall } from '../../tools/shapes.js'
import type { AccessRow } from '../../types.js'
import type { ServerContext } from '../context.js'
import { accountRef } from '../openapi/account-schemas.js'
import type { Input, Operation, Route } from '../openapi/route.js'
import type { Schema } from '../openapi/schema.js'
import { inRequest, notFound, Problem, refused } from '../problem.js'
import { answer } from './shape.js'

/** What `openAccounts` of `lictor/tools` gives. */
export type AdminAccounts = Pick<
  Accounts,
  'administers' | 'list' | 'create' | 'set' | 'roles' | 'createRole' | 'setRole' | 'actions' | 'rows' | 'change'
>

const TAG = 'accounts'

/** None where the host keeps no accounts. */
export function accountRoutes(
  context: ServerContext,
  accounts: AdminAccounts | undefined,
  origin: (c: Input['c']) => string,
): Route[] {
  if (accounts === undefined) return []

  /** Goes on only for administrators who hold all that would be given or taken. */
  async function demand(
    { c }: Input,
    what: Pick<AdministersCall, 'gives' | 'roles' | 'everybody'> = {},
  ): Promise<void> {
    const subject = await context.subject(c)
    const { value } = await context.settle((facts) => {
      const { decision, missing } = (accounts as AdminAccounts).administers({ ...what, subject, facts })
      return { value: decision, missing }
    })
    if (value === 'allow') return
    const { gives = [], roles = [], everybody = false } = what
    const names = [...gives, ...roles.map((role) => `the role ${role}`)].join(', ')
    const message = everybody
      ? `this gives or takes ${names} of all who have a system role; only superusers may do it`
      : names === ''
        ? 'accounts, roles and access rows are for administrators'
        : `this gives or takes ${names}; only administrators who hold that may do it`
    throw refused({ code: 'denied', status: subject.type === 'anonymous' ? 401 : 403, message })
  }

  /** An operation of administrators. What it says is for nobody else, and is kept nowhere. */
  const operation = (
    id: string,
    summary: string,
    responses: Operation['responses'],
    run: (own: AdminAccounts, input: Input) => Promise<{ body: unknown; status?: number; location?: string }>,
    more: Partial<Operation> = {},
  ): Operation => ({
    id,
    tag: TAG,
    summary,
    responses,
    problems: [403],
    ...more,
    run: async (input) => {
      await demand(input)
      const { body, status = 200, location } = await run(accounts, input).catch(told)
      const headers = { 'cache-control': 'no-store', ...(location !== undefined && { location }) }
      return answer(body, { status, headers })
    },
  })

  const pages: { [name: string]: Schema } = {
    size: { type: 'integer', minimum: 1, maximum: 1000, description: 'Accounts a page; 25 if not said.' },
    from: { type: 'integer', minimum: 0, maximum: 10_000_000, description: 'Accounts to leave out.' },
  }
  const whose: { [name: string]: Schema } = Object.fromEntries(
    ['user', 'role', 'system_role'].map((kind) => [
      kind,
      { type: 'string', minLength: 1, maxLength: 255, description: `Rows of this ${kind.replace('_', ' ')} only.` },
    ]),
  )

  const becomes = (verb: string, set: Parameters<AdminAccounts['set']>[1], summary: string): Route => ({
    path: `/admin/accounts/{id}/${verb}`,
    params: { id: 'Id of the user.' },
    methods: {
      POST: operation(
        `${verb}Account`,
        summary,
        { 200: { description: 'As it is now.', schema: accountRef('AccountChanged') } },
        async (own, input) => {
          const { id = '' } = input.param
          const roles = (await own.list()).find((account) => account.id === id)?.roles ?? []
          // Who puts an account to sleep takes all from it that it has.
          await demand(input, { roles, gives: await said(own, roles, id) })
          const { account, changed } = await own.set(`user:${id}`, set).catch(absent)
          return { body: { ...account, changed } }
        },
        { problems: [403, 404] },
      ),
    },
  })

  const role = (id: string, summary: string, has: boolean): Operation =>
    operation(
      id,
      summary,
      { 200: { description: 'What came of it.', schema: accountRef('RoleSet') } },
      async (own, input) => {
        const { id = '', role = '' } = input.param
        await demand(input, { roles: [role], gives: await said(own, [role]) })
        const set = await own.setRole(`user:${id}`, role, has).catch(absent)
        if (!has && !set.changed && !set.external) throw notFound()
        return { body: { ...set, role } }
      },
      { problems: [403, 404] },
    )

  return [
    {
      path: '/admin/accounts/',
      methods: {
        GET: operation(
          'listAccounts',
          'Accounts, by e-mail address',
          { 200: { description: 'A page of them.', schema: accountRef('AccountList') } },
          async (own, { query }) => {
            const all = await own.list()
            const from = query.number('from') ?? 0
            const hits = all.slice(from, from + Math.min(query.number('size') ?? 25, context.limits.page))
            return { body: { hits: { hits, total: all.length } } }
          },
          { query: pages },
        ),
        POST: operation(
          'createAccount',
          'Make an account',
          {
            201: {
              description: 'Made; a random password is told this once.',
              schema: accountRef('AccountMade'),
              headers: { location: 'Its address.' },
            },
          },
          async (own, { c, body }) => {
            const { password = null, ...account } = (await body()) as unknown as Omit<NewAccount, 'id'>
            const made = await own.create({ ...account, password })
            const location = `${origin(c)}${context.base}/admin/accounts/${encodeURIComponent(made.id)}`
            return { body: made, status: 201, location }
          },
          { body: { schema: accountRef('NewAccount') }, problems: [403, 409] },
        ),
      },
    },
    {
      path: '/admin/accounts/{id}',
      params: { id: 'Id of the user.' },
      methods: {
        GET: operation(
          'readAccount',
          'An account',
          { 200: { description: 'As it is.', schema: accountRef('Account') } },
          async (own, { param }) => {
            const found = (await own.list()).find(({ id }) => id === param.id)
            if (found === undefined) throw notFound()
            return { body: found }
          },
          { problems: [403, 404] },
        ),
      },
    },
    becomes('activate', { active: true }, 'Let an account be used'),
    becomes('deactivate', { active: false }, 'Let an account no longer be used; its sessions end'),
    becomes('confirm', { confirmed: true }, 'Say that its address is known to be theirs'),
    {
      path: '/admin/accounts/{id}/roles/{role}',
      params: { id: 'Id of the user.', role: 'Name of the role.' },
      methods: {
        PUT: role('addRole', 'Give a user a role', true),
        DELETE: role('removeRole', 'Take a role from a user', false),
      },
    },
    {
      path: '/admin/roles/',
      methods: {
        GET: operation(
          'listRoles',
          'Roles people may have everywhere',
          { 200: { description: 'All of them.', schema: { type: 'array', items: accountRef('Role') } } },
          async (own) => ({ body: await own.roles() }),
        ),
        POST: operation(
          'createRole',
          'Make a role',
          {
            200: { description: 'It was there already, and stays as it is.', schema: accountRef('Role') },
            201: { description: 'Made.', schema: accountRef('Role') },
          },
          async (own, { body }) => {
            const { name, ...about } = (await body()) as unknown as Omit<RoleMade, 'existed'>
            const { existed, ...role } = await own.createRole(name, about)
            return { body: role, status: existed ? 200 : 201 }
          },
          { body: { schema: accountRef('NewRole') } },
        ),
      },
    },
    {
      path: '/admin/access/',
      methods: {
        GET: operation(
          'listAccess',
          'Access rows',
          {
            200: { description: 'All that were asked for.', schema: { type: 'array', items: accountRef('AccessRow') } },
          },
          async (own, { query }) => {
            const all = Object.keys(whose).every((kind) => query.text(kind) === undefined)
            const wanted = (row: AccessRow): boolean =>
              Object.entries(row).some(([kind, name]) => kind in whose && query.text(kind) === String(name))
            return { body: (await own.rows()).map(({ row }) => row).filter((row) => all || wanted(row)) }
          },
          { query: whose },
        ),
        POST: operation(
          'changeAccess',
          'Allow or deny an action, or take back what was said of it',
          { 200: { description: 'What came of it.', schema: accountRef('AccessChanged') } },
          async (own, input) => {
            const { subjects, ...call } = (await input.body()) as unknown as Access
            await demand(input, { gives: [call.action], everybody: subjects.some((to) => 'system_role' in to) })
            return { body: await own.change({ ...call, to: subjects }) }
          },
          { body: { schema: accountRef('AccessChange') } },
        ),
      },
    },
    {
      path: '/admin/actions/',
      methods: {
        GET: operation(
          'listActions',
          'Actions that access rows may name, with their meanings',
          { 200: { description: 'All of them.', schema: { type: 'array', items: accountRef('KnownAction') } } },
          async (own) => ({ body: own.actions() }),
        ),
      },
    },
  ]
}

type Access = Pick<RowsCall, 'do' | 'action' | 'argument'> & { subjects: RowTo[] }

/** Actions that rows allow or deny a user or roles: whoever gains or loses these gains or loses that. */
async function said(own: AdminAccounts, roles: string[], id?: string): Promise<string[]> {
  const rows = (await own.rows()).filter(
    ({ row }) => ('user' in row && String(row.user) === id) || ('role' in row && roles.includes(row.role)),
  )
  return [...new Set(rows.map(({ row }) => row.action))]
}

/** Whom or what the address names is not there. */
function absent(error: unknown): never {
  if (error instanceof LictorError && ['not_found', 'unknown_role'].includes(error.code)) throw notFound()
  throw error
}

/** What the tools refuse stands in the body. */
function told(error: unknown): never {
  if (!(error instanceof LictorError)) throw error
  const faults = error.faults.map((fault) => ({ ...fault, path: placeOf(fault.path) }))
  const message = faults.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new Problem(error.code === 'duplicate' ? 409 : 400, error.code, message, {
    path: faults[0]?.path ?? 'body',
    faults,
  })
}

/** The tools speak of a file of users with one entry, of their call, or of one word of it. */
function placeOf(path: string): string {
  const place = inRequest(path.replace(/^users\[0\]/, 'body').replace(/^call\.gives\[0\]/, 'body.action'))
  if (place.startsWith('body')) return place
  return place === 'user' ? 'body.subjects' : `body.${place}`
}
