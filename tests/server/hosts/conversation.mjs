// One server and one conversation with it, for every host. Plain functions: each host brings the package's parts.

const record = (state, more = {}) => ({
  title: `in ${state}`,
  'oarepo:primaryCommunity': 'A',
  'oarepo:recordStatus': state,
  access: { owned_by: [{ user: 1 }] },
  ...more,
})

const grants = {
  any: [],
  author: [],
  member: ['create', 'read'],
  curator: ['read', 'update', 'approve', 'request-changes'],
}

const facts = () => ({
  users: {},
  communities: {
    A: { title: 'Alpha', type: 'project', metadata: { description: 'Žluťoučký kůň' }, grants },
    hidden: { title: 'H', type: 'other', metadata: {}, grants, access: { visibility: 'restricted' } },
  },
  memberships: [{ community: 'A', user: 3, role: 'curator' }],
  access: [{ action: 'community-admin', user: 8 }],
  records: {
    draft: record('editing', { note: { deep: [1, 2.5, null, 'ü\u2028'] } }),
    waiting: record('pending-approval'),
    open: record('published', { 'oarepo:secondaryCommunities': ['hidden'] }),
  },
  complete: true,
})

export const BASE = '/api'

/** `store` is made with the engine, unless the host has one of its own. */
export async function start({ createEngine, openMemoryStore, createHandler, bearerTokens }, openStore) {
  const engine = await createEngine({ policy: 'oarepo' })
  const options = { columns: engine, now: () => Date.UTC(2026, 0, 1) }
  const store = await (openStore ?? openMemoryStore)(facts(), options)
  const user = (id) => ({ type: 'user', id })
  return createHandler({
    engine,
    store,
    authenticate: bearerTokens({ owner: user(1), curator: user(3), admin: user(8), stranger: user(6) }),
    base: BASE,
    origin: 'https://repo.example',
    now: () => Date.UTC(2026, 0, 1),
    secret: 'the same on every host',
  })
}

const json = (body) => ({ body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
const SUBJECT = { type: 'user', id: '3' }

const REQUESTS = [
  [null, 'GET', '/communities/'],
  [null, 'GET', '/communities/A'],
  ['curator', 'GET', '/communities/A'],
  ['stranger', 'GET', '/communities/hidden'],
  ['admin', 'POST', '/communities/', json({ id: 'B', title: 'Beta' })],
  ['admin', 'POST', '/communities/', json({ id: 'B', title: 'Beta' })],
  ['admin', 'POST', '/communities/B/actions', json({ do: 'allow', role: 'member', actions: ['update'] })],
  [null, 'GET', '/A/?sort=id'],
  ['curator', 'GET', '/A/?sort=id&size=1'],
  ['curator', 'GET', '/A/?q=PENDING'],
  ['owner', 'GET', '/A/draft'],
  ['stranger', 'GET', '/A/draft'],
  ['stranger', 'GET', '/A/nothing'],
  ['stranger', 'GET', '/A/open'],
  ['owner', 'PATCH', '/A/draft', json({ title: 'changed', note: { deep: null, more: 1e21 } })],
  ['owner', 'PATCH', '/A/draft', { ...json({}), headers: { 'content-type': 'text/plain' } }],
  ['owner', 'PATCH', '/A/draft', { ...json({}), body: '{"a": 1,\n "b" 2}' }],
  [
    'owner',
    'PATCH',
    '/A/draft',
    { ...json({ title: 'x' }), headers: { 'content-type': 'application/json', 'if-match': '"x"' } },
  ],
  ['owner', 'POST', '/A/draft/request-approval', json({ note: 'please' })],
  ['owner', 'POST', '/A/draft/approve'],
  ['curator', 'POST', '/A/waiting/approve'],
  ['curator', 'POST', '/A/waiting/approve'],
  ['curator', 'POST', '/A/waiting/fly'],
  [null, 'PUT', '/A/open'],
  [null, 'DELETE', '/A/open'],
  [null, 'OPTIONS', '/A/open'],
  ['curator', 'DELETE', '/communities/A'],
  ['nobody', 'GET', '/A/'],
  ['curator', 'GET', '/A/?colour=red'],
  [
    'curator',
    'POST',
    '/access/v1/evaluation',
    json({ subject: SUBJECT, action: { name: 'approve' }, resource: { type: 'record', id: 'draft' } }),
  ],
  [
    'curator',
    'POST',
    '/access/v1/search/resource',
    json({ subject: SUBJECT, action: { name: 'read' }, resource: { type: 'record' } }),
  ],
  [
    'curator',
    'POST',
    '/access/v1/search/action',
    json({ subject: SUBJECT, resource: { type: 'record', id: 'draft' } }),
  ],
  [null, 'GET', '/.well-known/authzen-configuration'],
  [null, 'GET', '/openapi.json'],
]

const SAID = ['content-type', 'etag', 'allow', 'location', 'www-authenticate', 'cache-control', 'vary']

/** What was answered to each request, as one text. `send(path, init)` gives a Response. */
export async function converse(send) {
  const said = []
  for (const [who, method, path, { body, headers = {} } = {}] of REQUESTS) {
    const token = who === null ? {} : { authorization: `Bearer ${who}` }
    const init = { method, headers: { ...headers, ...token }, ...(body === undefined ? {} : { body }) }
    const response = await send(BASE + path, init)
    const named = SAID.map((name) => response.headers.get(name))
    said.push(JSON.stringify([who, method, path, response.status, named, await response.text()]))
  }
  return said.join('\n')
}

/** The whole of it, where requests need no network. */
export async function talk(parts, openStore) {
  const handler = await start(parts, openStore)
  return converse((path, init) => handler(new Request(`https://repo.example${path}`, init)))
}
