// A small repository behind a handler, for the tests of the server.
import { createEngine } from 'lictor'
import { bearerTokens, createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'
import { openAccounts } from 'lictor/tools'
import { contractOf } from './contract.mjs'

const record = (state, owner, primary, secondary = []) => ({
  title: `${primary} ${state}`,
  'oarepo:primaryCommunity': primary,
  'oarepo:secondaryCommunities': secondary,
  'oarepo:recordStatus': state,
  access: { owned_by: [{ user: owner }] },
})

const grants = {
  any: [],
  author: [],
  member: ['create', 'read'],
  curator: ['read', 'update', 'request-approval', 'approve', 'request-changes', 'delete'],
  publisher: ['read', 'publish', 'revert-approve'],
}

/** Two open communities, one that is hidden; people of each kind; a record in each state. */
export const facts = () => ({
  users: {},
  communities: {
    A: { title: 'Alpha', type: 'project', metadata: { description: 'first' }, grants },
    B: { title: 'Beta', type: 'other', metadata: {}, grants },
    secret: {
      title: 'Hidden',
      type: 'other',
      metadata: {},
      grants,
      access: { visibility: 'restricted', members_visibility: 'hidden' },
    },
  },
  memberships: [
    { community: 'A', user: 2, role: 'member' },
    { community: 'A', user: 3, role: 'curator' },
    { community: 'A', user: 4, role: 'publisher' },
    { community: 'secret', user: 5, role: 'curator' },
  ],
  access: [
    { action: 'superuser-access', user: 9 },
    { action: 'community-admin', user: 8 },
  ],
  records: {
    'a-editing': record('editing', 1, 'A'),
    'a-pending': record('pending-approval', 1, 'A'),
    'a-approved': record('approved', 1, 'A', ['B']),
    'a-published': record('published', 1, 'A', ['secret']),
    'b-published': record('published', 7, 'B', ['A']),
    's-editing': record('editing', 5, 'secret'),
    's-approved': record('approved', 5, 'secret', ['A']),
  },
  complete: true,
})

export const PEOPLE = { owner: 1, member: 2, curator: 3, publisher: 4, insider: 5, stranger: 6, admin: 8, root: 9 }
export const ORIGIN = 'https://repo.example'

/**
 * `options` go to the handler, `world` in place of the facts above, `open` opens the store. Every answer is held to the OpenAPI document, unless
 * `contract` is false.
 */
export async function serverWith({
  world = facts(),
  policy = 'oarepo',
  people = PEOPLE,
  changes,
  contract = true,
  open = openMemoryStore,
  accounts = false,
  ...options
} = {}) {
  const engine = await createEngine(changes ? { policy, changes } : { policy })
  const store = await open(world, { columns: engine })
  const tokens = Object.fromEntries(Object.entries(people).map(([name, id]) => [name, { type: 'user', id }]))
  const errors = []
  const handler = createHandler({
    engine,
    store,
    authenticate: bearerTokens({ ...tokens, machine: { type: 'system' } }),
    onError: (error) => errors.push(error),
    ...(accounts && { accounts: await openAccounts(store, { policy: engine.document }) }),
    ...options,
  })
  const check = contract ? await contractOf(handler, { origin: ORIGIN, base: options.base ?? '' }) : () => undefined
  /** Asks as somebody: `ask('curator', 'GET', '/A/')`; null is nobody. */
  const ask = async (who, method, path, { body, headers = {}, type = 'application/json' } = {}) => {
    const init = { method, headers: { ...headers } }
    if (who) init.headers.authorization = `Bearer ${who}`
    if (body !== undefined) {
      init.body = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
      if (type !== null) init.headers['content-type'] = type
    }
    const response = await handler(new Request(ORIGIN + path, init))
    const text = await response.text()
    check(method, path, response, text)
    const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : undefined
    return { status: response.status, headers: Object.fromEntries(response.headers), text, json }
  }
  return { engine, store, handler, ask, errors }
}
