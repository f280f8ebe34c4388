// Record types with machines of their own, named fields, and what ends at a moment: over REST, AuthZEN and sync.
import assert from 'node:assert/strict'
import test from 'node:test'
import { bearerTokens } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'
import { createEngine } from 'lictor'
import { changes, reviews, world } from './review-policy.mjs'
import { serve } from './sync/server.mjs'
import { serverWith } from './world.mjs'

const DAY = 86_400_000
/** When link `l2` of the record `granted` ends. */
const END = Date.UTC(2027, 0, 16)

const subjects = {
  owner: { type: 'user', id: 1 },
  curator: { type: 'user', id: 2 },
  receiver: { type: 'user', id: 4 },
  stranger: { type: 'user', id: 5 },
  visitor: { type: 'anonymous', properties: { links: ['l2'] } },
  known: { type: 'user', id: 5, properties: { links: ['l2'] } },
}

const started = ({ now = () => END - DAY, ...options } = {}) =>
  serverWith({ world, changes, now, authenticate: bearerTokens(subjects), ...options })

const ids = ({ json }) => json.hits.hits.map(({ id }) => id)

test('a machine has its own addresses: create, read, list, change, its transitions, delete', async () => {
  const { ask } = await started()
  const made = await ask('owner', 'POST', '/requests/', { body: { receiver: 'b', title: 'Please' } })
  assert.equal(made.status, 201)
  const at = new URL(made.headers.location).pathname
  assert.match(at, /^\/requests\/\w+$/)
  assert.deepEqual(Object.keys(made.json.links.transitions), ['submit', 'withdraw'])
  assert.deepEqual(made.json.actions.submit, 'allow')
  assert.equal(made.json.metadata.$type, 'review')
  // The receiver does not know of it before it is submitted.
  assert.equal((await ask('receiver', 'GET', at)).status, 404)
  assert.equal((await ask('receiver', 'POST', `${at}/accept`)).status, 404)
  const changed = await ask('owner', 'PATCH', at, { body: { title: 'Please!' } })
  assert.deepEqual([changed.status, changed.json.metadata.title], [200, 'Please!'])
  assert.equal((await ask('owner', 'POST', `${at}/submit`)).status, 202)
  assert.equal((await ask('receiver', 'GET', at)).json.metadata.status, 'submitted')
  assert.equal((await ask('stranger', 'POST', `${at}/accept`)).status, 404)
  assert.equal((await ask('owner', 'POST', `${at}/accept`)).status, 403)
  const accepted = await ask('receiver', 'POST', `${at}/accept`)
  assert.deepEqual([accepted.status, accepted.json.metadata.status], [202, 'accepted'])
  assert.equal((await ask('receiver', 'POST', `${at}/accept`)).json.code, 'wrong_state')
  assert.equal((await ask('owner', 'POST', `${at}/approve`)).status, 404)
  assert.equal((await ask('owner', 'DELETE', at)).json.code, 'wrong_state')
  assert.equal((await ask('owner', 'DELETE', '/requests/rev2')).status, 204)
})

test('lists of a machine hold its records, in its states; other types are at other addresses', async () => {
  const { ask } = await started()
  assert.deepEqual(ids(await ask('owner', 'GET', '/requests/?sort=id')), ['rev1', 'rev2'])
  assert.deepEqual(ids(await ask('receiver', 'GET', '/requests/')), ['rev1'])
  assert.deepEqual(ids(await ask('stranger', 'GET', '/requests/')), [])
  assert.deepEqual(ids(await ask('owner', 'GET', '/requests/?state=created')), ['rev2'])
  assert.equal((await ask('owner', 'GET', '/requests/?state=published')).status, 400)
  assert.equal((await ask('owner', 'GET', '/b/rev1')).status, 404)
  assert.equal((await ask('owner', 'GET', '/requests/open')).status, 404)
  assert.equal((await ask('owner', 'POST', '/a/closed/submit')).status, 404)
  assert.ok(!ids(await ask('owner', 'GET', '/b/')).includes('rev1'))
  assert.equal((await ask('owner', 'POST', '/communities/', { body: { id: 'requests', title: 'R' } })).status, 400)
})

test('OpenAPI names the routes of machines, and none for communities as records', async () => {
  const { ask } = await started()
  const { paths } = (await ask(null, 'GET', '/openapi.json')).json
  assert.deepEqual(
    Object.keys(paths).filter((path) => path.startsWith('/requests')),
    ['/requests/', '/requests/{id}', '/requests/{id}/{transition}'],
  )
  const operations = Object.values(paths)
    .flatMap((path) => Object.values(path))
    .map(({ operationId }) => operationId)
  assert.equal(new Set(operations.filter(Boolean)).size, operations.filter(Boolean).length)
  for (const id of ['listReview', 'createReview', 'readReview', 'deleteReview', 'transitionReview'])
    assert.ok(operations.includes(id), id)
  assert.ok(!operations.includes('readCommunityRecord'))
  const { description } = paths['/requests/{id}/{transition}'].post
  assert.match(description, /submit, accept, decline, cancel, withdraw/)
})

test('a type nobody can read has no address; what shares one path shares the other', async () => {
  const { read: __, ...rules } = reviews.rules
  const define = { ...reviews.define, readable: 'never' }
  const blind = { ...reviews, actions: reviews.actions.filter((action) => action !== 'read'), rules, define }
  const { ask } = await started({ changes: { ...changes, machines: { review: blind } } })
  const { paths } = (await ask(null, 'GET', '/openapi.json')).json
  assert.deepEqual(
    Object.keys(paths).filter((path) => path.includes('requests')),
    [],
  )
  assert.equal((await ask('owner', 'GET', '/requests/rev1')).status, 404)
  const [type] = reviews.types
  const twin = (more) => ({ ...reviews, types: [type, { ...type, key: 'other', ...more }] })
  const shared = await started({ changes: { ...changes, machines: { review: twin() } } })
  assert.equal((await shared.ask('owner', 'GET', '/requests/?type=other')).status, 200)
  await assert.rejects(
    started({ changes: { ...changes, machines: { review: twin({ item_path: '/others/{id}' }) } } }),
    /`review` and `other` share a path; give them the same `list_path` and `item_path`, or neither/,
  )
})

test('a secret link opens what it is good for until it ends, by the clock of the host', async () => {
  let now = END - 1
  const { ask } = await started({ now: () => now })
  assert.equal((await ask(null, 'GET', '/a/granted')).status, 404)
  for (const who of ['visitor', 'known']) {
    now = END - 1
    const shown = await ask(who, 'GET', '/a/granted')
    assert.equal(shown.status, 200)
    // Who was given what else is not theirs to see.
    assert.equal(shown.json.metadata.access?.links, undefined)
    assert.deepEqual(shown.json.missing.map((path) => path.join('.')).sort(), ['access.grants', 'access.links'])
    const open = await ask(who, 'GET', '/a/?sort=id')
    assert.ok(ids(open).includes('granted'))
    assert.equal((await evaluated(ask, who)).decision, true)
    now = END
    assert.equal((await ask(who, 'GET', '/a/granted')).status, 404)
    assert.deepEqual(
      ids(await ask(who, 'GET', '/a/?sort=id')),
      ids(open).filter((id) => id !== 'granted'),
    )
    assert.equal((await evaluated(ask, who)).decision, false)
  }
})

async function evaluated(ask, who) {
  const { type, id = 'nobody' } = subjects[who]
  const body = {
    subject: { type, id: String(id) },
    action: { name: 'read' },
    resource: { type: 'record', id: 'granted' },
  }
  return (await ask(who, 'POST', '/access/v1/evaluation', { body })).json
}

test('a page that ended links leave short leads on to the next; hits that are not shown are not counted', async () => {
  const link = (expires_at) => ({ access: { links: [{ id: 'l2', permission: 'view', expires_at }] } })
  const base = { community: 'a', owner: 9, state: 'published', restricted: true }
  const many = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [
      `x${i + 10}`,
      { ...base, ...link(i % 10 === 9 ? '2100-01-01' : '2020-01-01') },
    ]),
  )
  const { ask } = await started({ world: { ...world, records: many } })
  const found = []
  let pages = 0
  for (let path = '/a/?sort=id&size=4&total=true'; path; pages++) {
    const page = await ask('visitor', 'GET', path)
    assert.equal(page.status, 200)
    assert.ok(!('total' in page.json.hits))
    found.push(...ids(page))
    const { next } = page.json.links
    path = next && new URL(next).pathname + new URL(next).search
  }
  assert.deepEqual([found, pages], [['x19', 'x29', 'x39'], 8])
  assert.deepEqual((await ask(null, 'GET', '/a/?total=true')).json.hits, { hits: [], total: 0, relation: 'eq' })
})

test('sync: what a link no longer opens leaves the view, though nothing was written', async () => {
  const engine = await createEngine({ policy: 'oarepo', changes })
  const have = { have: { bundle: engine.policy.hash, schema: 1 } }
  const clock = { now: END - 1 }
  const store = await openMemoryStore(world, { columns: engine, now: () => clock.now })
  const authenticate = (request) => ({ ...subjects.known, id: request.headers.get('x-user') })
  const server = await serve({ engine, store, clock, authenticate })
  const device = server.device('5')
  await device.pull(have)
  assert.equal(device.record('granted')?.v.state, 'published')
  clock.now = END
  const { json } = await device.pull(have)
  assert.deepEqual(json.ops, [{ op: 'del', k: { relation: 'record', id: 'granted' } }])
  assert.equal((await device.pull(have)).json.ops.length, 0)
})

test('sync: reviews come with the view, and their transitions are decided', async () => {
  const engine = await createEngine({ policy: 'oarepo', changes })
  const have = { have: { bundle: engine.policy.hash, schema: 1 } }
  const store = await openMemoryStore(world, { columns: engine })
  const authenticate = (request) => ({ type: 'user', id: request.headers.get('x-user') })
  const server = await serve({ engine, store, authenticate })
  const device = server.device('4')
  await device.pull(have)
  assert.equal(device.record('rev1')?.v.status, 'submitted')
  assert.equal(device.record('rev2'), undefined)
  const intent = device.intent('accept', { relation: 'record', id: 'rev1' })
  const { json } = await device.push(intent)
  assert.equal(json.verdicts[0].r, 'accepted')
  assert.equal((await store.facts([{ relation: 'record', id: 'rev1' }])).records.rev1.status, 'accepted')
})
