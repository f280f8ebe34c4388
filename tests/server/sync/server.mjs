// A server on a store in memory, with a clock that stands still, and devices that speak to it in plain messages.

import { createEngine } from 'lictor'
import { createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'
import { contractOf } from '../contract.mjs'

export const engine = await createEngine({ policy: 'oarepo' })
export const NOW = Date.UTC(2026, 0, 1)
export const DAY = 86_400_000

const GRANTS = {
  any: [],
  author: [],
  member: ['create', 'read'],
  curator: ['read', 'create', 'update', 'request-approval', 'approve', 'request-changes', 'delete'],
  publisher: ['read', 'publish', 'revert-approve'],
}

export function community(title, visibility = 'public', more = {}) {
  return { title, type: 'other', grants: GRANTS, access: { visibility, ...more } }
}

export function record(home, state, owner, more = {}) {
  return {
    'oarepo:primaryCommunity': home,
    'oarepo:recordStatus': state,
    access: { owned_by: owner },
    title: `by ${owner}`,
    ...more,
  }
}

/** `open` and the restricted `closed`; ada curates both, ben is a member of `open`, cleo is nobody, root may do all. */
export function world() {
  return {
    users: Object.fromEntries(['ada', 'ben', 'cleo', 'root'].map((id) => [id, { roles: [] }])),
    communities: { open: community('Open'), closed: community('Closed', 'restricted') },
    memberships: [
      { community: 'open', user: 'ada', role: 'curator' },
      { community: 'closed', user: 'ada', role: 'curator' },
      { community: 'open', user: 'ben', role: 'member' },
    ],
    access: [{ action: 'superuser-access', user: 'root' }],
    records: {
      draft: record('open', 'editing', 'ben'),
      shown: record('open', 'published', 'ben'),
      secret: record('closed', 'editing', 'ada'),
    },
  }
}

/** `wrap` stands between the server and its store. */
export async function serve({
  facts = world(),
  wrap = (store) => store,
  store,
  clock = { now: NOW },
  ...options
} = {}) {
  const inner = store ?? (await openMemoryStore(facts, { columns: engine, now: () => clock.now }))
  const errors = []
  const handler = createHandler({
    engine,
    store: wrap(inner),
    now: () => clock.now,
    secret: 'a secret of the tests that is long enough',
    authenticate: (request) => {
      const id = request.headers.get('x-user')
      return id === null ? null : { type: 'user', id }
    },
    onError: (error) => errors.push(error),
    ...options,
  })
  const check = await contractOf(handler, { origin: 'http://localhost', base: '' })
  /** Every answer is held to the OpenAPI document. */
  const call = async (user, method, path, body, headers = {}) => {
    const init = { method, headers: { ...(user && { 'x-user': user }), ...headers } }
    if (body !== undefined) {
      init.body = typeof body === 'string' ? body : JSON.stringify(body)
      init.headers['content-type'] ??= 'application/json'
    }
    const response = await handler(new Request(`http://localhost/sync${path}`, init))
    const text = response.headers.get('content-type')?.startsWith('text/event-stream') ? '' : await response.text()
    check(method, `/sync${path}`, response, text)
    return { status: response.status, headers: response.headers, response, text, json: parsed(text) }
  }
  const { hash } = (options.engine ?? engine).policy
  return { handler, store: inner, clock, errors, call, device: (user, id) => new Device(call, user, id, hash) }
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a device keeps: where its view stands, the view, and the number of its last intent. */
export class Device {
  cookie = null
  view = new Map()
  n = 0
  ack = 0
  subs = ['everywhere']

  constructor(call, user, id = `${user}-1`, bundle = engine.policy.hash) {
    Object.assign(this, { call, user, id, bundle })
  }

  request(more = {}) {
    const have = { bundle: this.bundle, schema: 1 }
    return { v: 1, device: this.id, cookie: this.cookie, subs: this.subs, have, ackVerdicts: this.ack, ...more }
  }

  /** Pulls, and applies what came. */
  async pull(more) {
    const answer = await this.call(this.user, 'POST', '/pull', this.request(more))
    if (answer.status !== 200 || !['patch', 'reset'].includes(answer.json.t)) return answer
    const { t, base, next, ops = [], entries = [] } = answer.json
    if (t === 'reset') this.view = new Map(entries.map((entry) => [JSON.stringify(entry.k), entry]))
    else if (base !== this.cookie) throw new Error('the patch is for another base')
    for (const { op, ...entry } of ops) {
      if (op === 'put') this.view.set(JSON.stringify(entry.k), entry)
      else this.view.delete(JSON.stringify(entry.k))
    }
    this.cookie = next
    return answer
  }

  intent(action, target, args = {}, more = {}) {
    const n = more.n ?? ++this.n
    const whole = { n, idem: `${this.id}:${n}`, actor: this.user, action, target, args, base: this.cookie }
    return { ...whole, predicted: 'allow', causes: [], made: { wall: NOW }, ...more }
  }

  push(...intents) {
    return this.call(this.user, 'POST', '/push', { v: 1, device: this.id, intents })
  }

  record(id) {
    return this.view.get(JSON.stringify({ relation: 'record', id }))
  }

  /** The view as text, in an order of its own. */
  text() {
    return JSON.stringify([...this.view].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}

export const onRecord = (id) => ({ relation: 'record', id })
export const edit = (path, was, value) => ({ set: [{ path, was, value }] })
