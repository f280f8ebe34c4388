// The AuthZEN Authorization API 1.0.
import assert from 'node:assert/strict'
import test from 'node:test'
import { facts, ORIGIN, PEOPLE, serverWith } from './world.mjs'

const user = (name) => ({ type: 'user', id: String(PEOPLE[name]) })
const record = (id, properties) => ({ type: 'record', id, ...(properties ? { properties } : {}) })
const question = (name, action, resource) => ({ subject: user(name), action: { name: action }, resource })
const EVALUATION = '/access/v1/evaluation'
const EVALUATIONS = '/access/v1/evaluations'

test('the configuration names the endpoints', async () => {
  const { ask } = await serverWith()
  const { json } = await ask(null, 'GET', '/.well-known/authzen-configuration')
  assert.deepEqual(json, {
    policy_decision_point: ORIGIN,
    access_evaluation_endpoint: `${ORIGIN}/access/v1/evaluation`,
    access_evaluations_endpoint: `${ORIGIN}/access/v1/evaluations`,
    search_subject_endpoint: `${ORIGIN}/access/v1/search/subject`,
    search_resource_endpoint: `${ORIGIN}/access/v1/search/resource`,
    search_action_endpoint: `${ORIGIN}/access/v1/search/action`,
  })
  for (const path of Object.values(json).slice(1))
    assert.equal((await ask(null, 'OPTIONS', new URL(path).pathname)).status, 204)
})

test('an evaluation is what the engine says, for everybody about everything', async (t) => {
  const { ask, engine } = await serverWith({ authzen: 'any' })
  const all = facts()
  let compared = 0
  for (const name of Object.keys(PEOPLE)) {
    for (const id of [...Object.keys(all.records), 'nosuch']) {
      for (const action of engine.policy.actions.filter((action) => action !== 'create')) {
        const { status, json } = await ask('root', 'POST', EVALUATION, { body: question(name, action, record(id)) })
        const asked = { subject: { type: 'user', id: PEOPLE[name] }, action, resource: record(id) }
        const { decision, reasons } = engine.check(asked, all)
        assert.equal(status, 200)
        assert.equal(json.decision, decision === 'allow', `${name} ${action} ${id}`)
        assert.deepEqual(json.context.reasons, reasons, `${name} ${action} ${id}`)
        compared += 1
      }
    }
  }
  t.diagnostic(`${compared} evaluations agree with the engine at all facts`)
})

test('each asks about themselves; about others the host says who may', async () => {
  const about = { body: question('owner', 'read', record('a-editing')) }
  const { ask } = await serverWith()
  assert.equal((await ask('owner', 'POST', EVALUATION, about)).json.decision, true)
  for (const who of [null, 'stranger', 'root']) {
    const refused = await ask(who, 'POST', EVALUATION, about)
    assert.deepEqual([refused.status, refused.json.path], [403, 'body.subject'], who)
  }
  assert.equal((await ask('machine', 'POST', EVALUATION, about)).json.decision, true)
  const anonymous = {
    subject: { type: 'anonymous', id: 'x' },
    action: { name: 'read' },
    resource: record('a-published'),
  }
  assert.equal((await ask(null, 'POST', EVALUATION, { body: anonymous })).json.decision, true)
  const chosen = await serverWith({ authzen: (caller) => caller.type === 'user' && caller.id === PEOPLE.root })
  assert.equal((await chosen.ask('root', 'POST', EVALUATION, about)).json.decision, true)
  assert.equal((await chosen.ask('stranger', 'POST', EVALUATION, about)).status, 403)
})

test('nobody vouches for their own roles, or asks about a document of their own making', async () => {
  const { ask } = await serverWith()
  const subject = {
    ...user('stranger'),
    properties: { roles: ['community:A:curator'], system_roles: ['system_process'] },
  }
  const own = { ...facts().records['a-editing'], access: { owned_by: [{ user: PEOPLE.stranger }] } }
  const body = { subject, action: { name: 'read' }, resource: record('a-editing', { document: own }) }
  assert.equal((await ask('stranger', 'POST', EVALUATION, { body })).json.decision, false)
  assert.equal((await ask('machine', 'POST', EVALUATION, { body })).json.decision, true)
})

test('create is asked of a community', async () => {
  const { ask } = await serverWith()
  const create = (name, resource) => ask(name, 'POST', EVALUATION, { body: question(name, 'create', resource) })
  assert.equal((await create('member', { type: 'community', id: 'A' })).json.decision, true)
  assert.equal((await create('member', record('new', { community: 'A' }))).json.decision, true)
  assert.equal((await create('stranger', { type: 'community', id: 'A' })).json.decision, false)
  assert.equal((await create('member', record('a-editing'))).status, 400)
})

test('many questions: what stands outside holds for all, and one answer can end it', async () => {
  const { ask } = await serverWith()
  const outside = { subject: user('curator'), action: { name: 'approve' } }
  const evaluations = [
    { resource: record('a-pending') },
    { resource: record('a-editing') },
    { resource: record('a-pending') },
  ]
  const decisions = async (semantic) => {
    const options = semantic ? { options: { evaluations_semantic: semantic } } : {}
    const { json } = await ask('curator', 'POST', EVALUATIONS, { body: { ...outside, evaluations, ...options } })
    return json.evaluations.map(({ decision }) => decision)
  }
  assert.deepEqual(await decisions(), [true, false, true])
  assert.deepEqual(await decisions('execute_all'), [true, false, true])
  assert.deepEqual(await decisions('deny_on_first_deny'), [true, false])
  assert.deepEqual(await decisions('permit_on_first_permit'), [true])
  const single = await ask('curator', 'POST', EVALUATIONS, { body: { ...outside, resource: record('a-pending') } })
  assert.equal(single.json.decision, true)
  const mixed = await ask('curator', 'POST', EVALUATIONS, {
    body: {
      ...outside,
      evaluations: [
        {},
        { subject: user('owner'), resource: record('a-pending') },
        { resource: record('a-pending'), action: { name: 'fly' } },
        evaluations[0],
      ],
    },
  })
  assert.deepEqual(
    mixed.json.evaluations.map(({ decision, context }) => [decision, context.error?.status]),
    [
      [false, 400],
      [false, 403],
      [false, 400],
      [true, undefined],
    ],
  )
})

test('searches agree with single questions, page by page', async (t) => {
  const { ask, engine } = await serverWith({ authzen: 'any' })
  let compared = 0
  const pages = async (kind, body) => {
    const results = []
    let token = ''
    do {
      const { status, json, text } = await ask('root', 'POST', `/access/v1/search/${kind}`, {
        body: { ...body, page: { limit: 2, ...(token ? { token } : {}) } },
      })
      assert.equal(status, 200, text)
      assert.ok(json.results.length <= 2)
      results.push(...json.results)
      token = json.page.next_token
    } while (token !== '')
    return results
  }
  const records = Object.keys(facts().records)
  const may = async (name, action, id) => {
    compared += 1
    return (await ask('root', 'POST', EVALUATION, { body: question(name, action, record(id)) })).json.decision
  }
  for (const name of Object.keys(PEOPLE)) {
    for (const action of ['read', 'update', 'approve']) {
      const found = await pages('resource', {
        subject: user(name),
        action: { name: action },
        resource: { type: 'record' },
      })
      const single = []
      for (const id of records) if (await may(name, action, id)) single.push(id)
      assert.deepEqual(
        found,
        single.toSorted().map((id) => record(id)),
        `${name} ${action}`,
      )
    }
  }
  for (const id of records) {
    for (const action of ['approve', 'update', 'read']) {
      const body = { subject: { type: 'user' }, action: { name: action }, resource: record(id) }
      const { json } = await ask('root', 'POST', '/access/v1/search/subject', { body })
      const found = new Set(json.results.map(({ id }) => id))
      for (const [name, user] of Object.entries(PEOPLE)) {
        const everybody = json.context.anyone || json.context.authenticated
        assert.equal(found.has(String(user)) || everybody, await may(name, action, id), `${name} ${action} ${id}`)
      }
      assert.deepEqual(await pages('subject', body), json.results)
    }
    for (const name of ['curator', 'owner']) {
      const found = await pages('action', { subject: user(name), resource: record(id) })
      const single = []
      for (const action of engine.policy.actions.filter((action) => action !== 'create')) {
        if (await may(name, action, id)) single.push({ name: action })
      }
      assert.deepEqual(found.map(({ name }) => name).toSorted(), single.map(({ name }) => name).toSorted())
    }
  }
  t.diagnostic(`${compared} single questions agree with searches`)
})

test('whoever may not ask about others finds only themselves', async () => {
  const { ask } = await serverWith()
  const body = { subject: { type: 'user' }, action: { name: 'approve' }, resource: record('a-pending') }
  const search = (who) => ask(who, 'POST', '/access/v1/search/subject', { body })
  assert.deepEqual((await search('curator')).json.results, [user('curator')])
  assert.deepEqual((await search('member')).json.results, [])
  assert.deepEqual((await search(null)).json.results, [])
})

test('holders of a global role are found', async () => {
  const world = facts()
  world.users = { 40: { roles: ['chief'] }, 41: { roles: ['clerk'] } }
  world.access.push({ action: 'community-approve', argument: 'A', role: 'chief' })
  const { ask } = await serverWith({ world })
  const body = { subject: { type: 'user' }, action: { name: 'read' }, resource: record('a-approved') }
  const { json } = await ask('machine', 'POST', '/access/v1/search/subject', { body })
  assert.ok(!json.results.some(({ id }) => id === '41'))
  world.access.push({ action: 'community-read', argument: 'A', role: 'chief' })
  const other = await serverWith({ world })
  const found = await other.ask('machine', 'POST', '/access/v1/search/subject', { body })
  assert.ok(found.json.results.some(({ id }) => id === '40'))
})

test('communities somebody may create in', async () => {
  const { ask } = await serverWith()
  const search = async (name) => {
    const body = { subject: user(name), action: { name: 'create' }, resource: { type: 'community' } }
    return (await ask(name, 'POST', '/access/v1/search/resource', { body })).json.results.map(({ id }) => id)
  }
  assert.deepEqual(await search('member'), ['A'])
  assert.deepEqual(await search('stranger'), [])
  assert.deepEqual(await search('root'), ['A', 'B', 'secret'])
})

test('questions that are not understood are 400 with the place', async () => {
  const { ask, errors } = await serverWith()
  const good = question('curator', 'approve', record('a-pending'))
  for (const [body, path] of [
    [{}, 'body.subject'],
    [{ ...good, subject: { type: 'user' } }, 'body.subject.id'],
    [{ ...good, subject: { type: 'cat', id: '1' } }, 'body.subject.type'],
    [{ ...good, action: 'approve' }, 'body.action'],
    [{ ...good, action: { name: 'fly' } }, 'body.action'],
    [{ ...good, resource: { type: 'boat', id: '1' } }, 'body.resource.type'],
    [[], 'body'],
  ]) {
    const refused = await ask('curator', 'POST', EVALUATION, { body })
    assert.deepEqual([refused.status, refused.json.path], [400, path], JSON.stringify(body))
  }
  const many = { ...good, evaluations: Array.from({ length: 101 }, () => ({})) }
  assert.equal((await ask('curator', 'POST', EVALUATIONS, { body: many })).status, 400)
  for (const token of ['x', '-1', '9e9']) {
    const body = { subject: user('curator'), resource: record('a-pending'), page: { token } }
    assert.equal((await ask('curator', 'POST', '/access/v1/search/action', { body })).status, 400)
    const resource = { ...body, action: { name: 'read' }, resource: { type: 'record' } }
    assert.equal((await ask('curator', 'POST', '/access/v1/search/resource', { body: resource })).status, 400)
  }
  assert.deepEqual(errors, [])
})
