// What upstream's own tests ask a running server, asked of lictor's handler in this process.
import { createHandler } from '../../dist/server.js'
import { openMemoryStore } from '../../dist/store-node.js'
import { RELEASED } from './executed.mjs'
import { cell, expects, list, NotUnderstood, only, sorted } from './shape.mjs'
import { document, engineFor, rowFacts, subjectOf } from './world.mjs'

const ORIGIN = 'https://localhost'

async function serverOf(facts, subject, options = {}) {
  const engine = await engineFor({ policy: RELEASED, ...options })
  const store = await openMemoryStore(facts, { columns: engine })
  const handler = createHandler({ engine, store, authenticate: () => subject, sync: false })
  return { engine, store, handler }
}

const communitiesOf = (record) =>
  [record['oarepo:primaryCommunity'], record['oarepo:secondaryCommunities'] ?? []].flat().filter((id) => id != null)

/** One request to a server that holds the row's records. */
export async function rest(row) {
  const keys = ['principal', 'grants', 'method', 'path', 'body', 'records']
  const { principal, grants = [], method, path, body, records = [] } = only(row.context, keys, 'context')
  const expected = expects(row, ['status', 'total', 'no_primary', 'self_link'])
  const anonymous = principal === 'anonymous'
  const subject = subjectOf(anonymous ? null : principal)
  const [, community] = path.split('/')
  const ids = new Set([community, ...list(records, 'context.records').flatMap(communitiesOf)])
  const facts = {
    ...rowFacts(grants, anonymous ? null : principal, subject),
    communities: Object.fromEntries([...ids].map((id) => [id, { title: id, type: 'other', metadata: {}, grants: {} }])),
    records: Object.fromEntries(records.map((record) => [record.id, record])),
  }
  const { handler } = await serverOf(facts, subject)
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await handler(new Request(ORIGIN + path, { method, ...sent }))
  const text = await response.text()
  const answer = text === '' ? {} : JSON.parse(text)
  const given = {
    status: response.status,
    total: answer.hits?.total,
    self_link: answer.links?.self,
    no_primary: hasPrimary(answer, expected.no_primary) ? undefined : expected.no_primary,
  }
  return Object.entries(expected).map(([key, value]) => cell(key, value, given[key]))
}

function hasPrimary(answer, community) {
  return (answer.hits?.hits ?? []).some(({ metadata }) => metadata['oarepo:primaryCommunity'] === community)
}

const OPTIONS = { '--description': 'description', '--policy': 'policy', '--title': 'title', '--ctype': 'type' }

/** `create ID TITLE [options]`, by the host's own process: the community, and the roles listeners are told of. */
export async function communityCreate(row) {
  const { argv } = only(row.context, ['argv'], 'context')
  const expected = expects(row, ['exit_code', 'community', 'roles'])
  const { id, title, type, ...metadata } = readArguments(list(argv, 'argv'))
  const { handler, store } = await serverOf({ communities: {}, complete: true }, { type: 'system' })
  let roles
  handler.on('after-community-insert', ({ payload }) => {
    roles = payload.roles.map(({ name }) => name)
  })
  const body = JSON.stringify({ id, title, ...(type === undefined ? {} : { type }), metadata })
  const headers = { 'content-type': 'application/json' }
  const made = await handler(new Request(`${ORIGIN}/communities/`, { method: 'POST', body, headers }))
  const stored = (await store.facts([{ relation: 'community', id }])).communities[id]
  const told = stored && {
    id,
    title: stored.title,
    type: stored.type,
    json_description: stored.metadata.description,
  }
  const given = {
    exit_code: made.status === 201 ? 0 : 1,
    community: pick(told, expected.community),
    roles: sorted(roles ?? []),
  }
  const wanted = 'roles' in expected ? { ...expected, roles: sorted(expected.roles) } : expected
  return Object.entries(wanted).map(([key, value]) => cell(key, value, given[key]))
}

function readArguments([command, ...rest]) {
  if (command !== 'create') throw new NotUnderstood(`argv: command \`${command}\``)
  const found = {}
  const positional = []
  for (let at = 0; at < rest.length; at += 1) {
    const name = OPTIONS[rest[at]]
    if (name !== undefined) found[name] = rest[(at += 1)]
    else if (rest[at].startsWith('--')) throw new NotUnderstood(`argv: option \`${rest[at]}\``)
    else positional.push(rest[at])
  }
  const [id, title = found.title] = positional
  return { ...found, id, title }
}

/** The keys a row speaks of. */
function pick(value, wanted) {
  if (value === undefined || wanted === null) return value ?? null
  const unknown = Object.keys(wanted).filter((key) => !(key in value))
  if (unknown.length > 0) throw new NotUnderstood(`expected.community: \`${unknown.join('`, `')}\``)
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, value[key]]))
}

/** The community of a role: the one whose records are "mine" to somebody who holds nothing but it. */
export async function communityModel(row) {
  const { role } = only(row.context, ['role'], 'context')
  const { community } = expects(row, ['community'])
  const candidates = new Set(['A', 'B', 'comtest', ...role.split(':')].filter((id) => /^[\w-]+$/.test(id)))
  const [type] = document(RELEASED).types
  const changes = { types: [{ ...type, list_path: '/records/', item_path: '/records/{id}' }] }
  const facts = { communities: {}, records: {}, complete: true }
  for (const id of candidates) {
    facts.communities[id] = { title: id, type: 'other', metadata: {}, grants: {} }
    facts.records[id] = { 'oarepo:primaryCommunity': id, 'oarepo:recordStatus': 'published' }
  }
  const holder = { type: 'user', id: 1, properties: { roles: [role] } }
  const { handler } = await serverOf(facts, holder, { changes })
  const response = await handler(new Request(`${ORIGIN}/records/?scope=mine`))
  const { hits } = (await response.json()).hits
  const found = hits.map(({ metadata }) => metadata['oarepo:primaryCommunity'])
  return [cell('community', community, found.length === 0 ? null : found.join())]
}
