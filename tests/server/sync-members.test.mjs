// Members in the views of devices, under the preset `repository`: what the policy shows, and no less when it is followed.
import assert from 'node:assert/strict'
import test from 'node:test'
import { createEngine } from 'lictor'
import { openMemoryStore } from 'lictor/store'
import { world } from './repository-world.mjs'
import { serve } from './sync/server.mjs'

const engine = await createEngine({ policy: 'repository' })
const have = { bundle: engine.policy.hash, schema: 1 }
const NOW = Date.UTC(2026, 10, 22)

/** A server, what it was asked for, and its devices. `changed` stands for the store's own. */
async function served({ facts = world(), changed, sync = {} } = {}) {
  const clock = { now: NOW }
  const counts = { list: 0 }
  const store = await openMemoryStore(facts, { columns: engine, now: () => clock.now })
  const wrap = (inner) =>
    new Proxy(inner, {
      get(target, name) {
        if (name === 'list') counts.list += 1
        if (name === 'changed' && changed !== undefined) return changed
        const value = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  const server = await serve({ engine, store, wrap, clock, sync })
  const write = async (...changes) => store.commit(changes, await store.revision())
  return { ...server, counts, write }
}

const pull = (device) => device.pull({ have })
const onMember = (community, user) => ({ relation: 'membership', community, user: String(user) })
const put = (community, user, value) => ({ op: 'put', key: onMember(community, user), value })
const members = (device) =>
  [...device.view.values()]
    .filter(({ k }) => k.relation === 'membership')
    .map(({ k, v }) => `${k.community} ${k.user ?? k.group} ${v.role ?? '?'}`)
    .sort()

test('a device holds the members its user sees: its own communities’, and public ones of others', async () => {
  const server = await served()
  const seen = async (user, subs = ['everywhere']) => {
    const device = server.device(user)
    device.subs = subs
    const { json } = await pull(device)
    assert.equal(json.t, 'reset')
    return members(device)
  }
  assert.deepEqual(await seen('6'), ['open 4 ?'])
  assert.deepEqual(await seen('4'), [
    'hidden 4 member',
    'hidden 5 admin',
    'open 1 admin',
    'open 2 manager',
    'open 3 curator',
    'open 4 member',
    'quiet 4 member',
  ])
  // A device that holds one community is shown who is in that, and who is with its user.
  assert.deepEqual(await seen('6', [{ community: 'quiet' }]), [])
  assert.deepEqual(await seen('6', [{ community: 'open' }]), ['open 4 ?'])
  assert.deepEqual(await seen('5', ['mine']), ['hidden 4 member', 'hidden 5 admin'])
  // Superusers see all there are, and know that those are all.
  const root = server.device('9')
  const { json } = await pull(root)
  assert.equal(members(root).length, 9)
  assert.ok(json.closed.some(({ relation, where }) => relation === 'membership' && where?.community === 'hidden'))
})

test('who is invited and who asks is shown to those who answer, and to themselves', async () => {
  const server = await served()
  const { device, write } = server
  const people = Object.fromEntries(['2', '4', '6', '7'].map((user) => [user, device(user)]))
  for (const one of Object.values(people)) await pull(one)
  const request = { $type: 'invitation', status: 'submitted', creator: 2, receiver: 7, community: 'hidden' }
  await write(
    put('open', 6, { role: 'applicant', as: 'member', request: 'a1' }),
    put('hidden', 7, { role: 'invitee', as: 'member', request: 'i1' }),
    { op: 'put', key: { relation: 'record', id: 'i1' }, value: request },
  )
  for (const one of Object.values(people)) await pull(one)
  const has = (user, row) => members(people[user]).includes(row)
  assert.deepEqual(
    [has('2', 'open 6 applicant'), has('4', 'open 6 applicant'), has('6', 'open 6 applicant')],
    [true, false, true],
  )
  // Who is invited sees the community, and nobody else of it.
  assert.deepEqual(members(people['7']), ['hidden 7 invitee', 'open 4 ?'])
  assert.ok(people['7'].record('i1'))
})

test('when somebody shows or hides themselves, that alone is sent', async () => {
  const server = await served()
  const stranger = server.device('6')
  await pull(stranger)
  await server.write(put('open', 3, { role: 'curator', visible: true }))
  const shown = await pull(stranger)
  assert.deepEqual(
    shown.json.ops.map(({ op, k, v }) => [op, k, v]),
    [['put', onMember('open', 3), { visible: true }]],
  )
  await server.write(
    put('open', 3, { role: 'manager', visible: true }),
    put('quiet', 3, { role: 'member', visible: true }),
  )
  assert.deepEqual((await pull(stranger)).json.ops, [])
  await server.write(put('open', 3, { role: 'manager' }), { op: 'del', key: onMember('open', 4) })
  const hidden = await pull(stranger)
  assert.deepEqual(
    hidden.json.ops.map(({ op, k }) => [op, k.user]),
    [
      ['del', '3'],
      ['del', '4'],
    ],
  )
  assert.deepEqual(members(stranger), [])
})

test('of many communities a device that holds everything is shown its own members only', async () => {
  const server = await served({ sync: { communities: 3 } })
  const stranger = server.device('6')
  await pull(stranger)
  assert.deepEqual(members(stranger), [])
  stranger.subs = ['everywhere', { community: 'open' }]
  await pull(stranger)
  assert.deepEqual(members(stranger), ['open 4 ?'])
})

test('members are changed by intents, as they are over REST', async () => {
  const server = await served()
  const manager = server.device('2')
  const stranger = server.device('6')
  const open = { relation: 'community', id: 'open' }
  await pull(manager)
  await pull(stranger)
  const push = async (device, action, args, target = open) => {
    const { json } = await device.push(device.intent(action, target, args, { predicted: 'unknown' }))
    await pull(device)
    return json.verdicts[0]
  }
  const invited = { role: 'curator', members: [{ user: 6, request: 'i1' }] }
  assert.equal((await push(manager, 'invite', invited)).r, 'accepted')
  assert.ok(members(manager).includes('open 6 invitee'))
  await pull(stranger)
  assert.ok(stranger.record('i1'))
  assert.equal((await push(stranger, 'accept', {}, { relation: 'record', id: 'i1' })).r, 'accepted')
  assert.ok(members(stranger).includes('open 6 curator'))
  assert.equal((await push(stranger, 'change_role', { role: 'admin', members: [{ user: 4 }] })).code, 'denied')
  assert.equal((await push(manager, 'change_role', { role: 'manager', members: [{ user: 6 }] })).r, 'accepted')
  assert.equal((await push(stranger, 'set_visibility', { visible: true, members: [{ user: 6 }] })).r, 'accepted')
  assert.equal((await push(manager, 'remove_member', { members: [{ user: 6 }] })).r, 'accepted')
  await pull(stranger)
  assert.deepEqual(members(stranger), ['open 4 ?'])
  const admin = server.device('1')
  await pull(admin)
  assert.equal((await push(admin, 'leave', {})).code, 'precondition')
  const restrict = { set: [{ path: 'access.visibility', was: 'public', value: 'restricted' }] }
  assert.equal((await push(admin, 'update_community', restrict)).code, 'precondition')
  const review = { set: [{ path: 'access.review_policy', value: 'open' }] }
  assert.equal((await push(admin, 'update_community', review)).r, 'accepted')
  assert.equal(admin.view.get(JSON.stringify(open)).v.access.review_policy, 'open')
  await pull(stranger)
  const asked = { request: 'a1', message: 'please' }
  assert.equal((await push(stranger, 'request_membership', asked)).r, 'accepted')
  assert.equal((await push(admin, 'delete_community', { reason: 'moved' })).code, 'precondition')
  assert.equal((await push(stranger, 'cancel', {}, { relation: 'record', id: 'a1' })).r, 'accepted')
  assert.equal((await push(admin, 'delete_community', { reason: 'moved' })).r, 'accepted')
  assert.equal((await push(admin, 'restore_community', {})).r, 'accepted')
  assert.equal((await push(stranger, 'invite', invited)).code, 'denied')
  assert.equal((await push(stranger, 'leave', {}, { relation: 'community', id: 'hidden' })).code, 'not_found')
  assert.deepEqual(server.errors, [])
  assert.equal(server.handler.mismatches(), 0)
})

test('whatever an intent does beside its record is decided and written', async () => {
  const facts = world()
  const { pub, draft } = facts.records
  facts.communities.free = { ...facts.communities.quiet, title: 'Free', access: { review_policy: 'open' } }
  const communities = { primary: 'open', secondary: ['free'] }
  facts.records.files = { ...pub, access: { record: 'public', files: 'restricted' }, communities }
  facts.records.ready = { ...draft, state: 'approved' }
  const server = await served({ facts })
  let made = 0
  const steps = [
    ['4', 'request-approval', 'draft', { request: 'q1' }],
    ['3', 'approve', 'draft', {}],
    ['1', 'publish', 'draft', {}],
    ['1', 'revert-approve', 'ready', { request: 'q2' }],
    ['4', 'include', 'pub', { request: 'q3', community: 'quiet' }],
    ['4', 'include', 'pub', { request: 'q4', community: 'free' }],
    ['1', 'accept', 'q3', {}],
    ['6', 'request-access', 'files', { request: 'q5' }],
    ['4', 'accept', 'q5', {}],
    ['4', 'exclude', 'files', { community: 'free' }],
    ['4', 'grant', 'files', { subject: { type: 'user', id: 7 }, permission: 'view' }],
    ['4', 'link', 'files', { link: 'l1', permission: 'view' }],
    ['10', 'remove', 'files', { reason: 'spam' }],
    ['10', 'mark', 'files', {}],
    ['10', 'unmark', 'files', {}],
    ['10', 'restore', 'files', {}],
  ]
  for (const [user, action, id, params] of steps) {
    // A device that holds nothing: all that the decision needs is the server's to look up.
    const device = server.device(user, `d${++made}`)
    const intent = device.intent(action, { relation: 'record', id }, { params }, { made: { wall: NOW } })
    const { json } = await device.push(intent)
    assert.equal(json?.verdicts?.[0].r, 'accepted', `${action} ${id} ${JSON.stringify(json)}`)
  }
  const { records } = await server.store.all()
  assert.deepEqual(records.pub.communities, { primary: 'open', secondary: ['free', 'quiet'] })
  assert.deepEqual([records.draft.state, records.q1.status, records.q2.status], ['published', 'accepted', 'submitted'])
  assert.deepEqual([records.files.state, records.files.access.links.length], ['published', 1])
  assert.deepEqual(server.errors, [])
})

test('a record with digits beyond what JavaScript counts is shown as it was written', async () => {
  const server = await served()
  const value = { ...world().records.pub, size: 55460802612291610, small: -9007199254740993 }
  await server.write({ op: 'put', key: { relation: 'record', id: 'pub' }, value })
  const device = server.device('6')
  await pull(device)
  assert.deepEqual([device.record('pub').v.size, device.record('pub').v.small], [value.size, value.small])
  assert.deepEqual(server.errors, [])
})

/** Numbers below a bound, from a seed. */
function chance(seed) {
  let state = seed >>> 0
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

const PEOPLE = ['1', '2', '4', '6', '9']
const ROLES = ['member', 'curator', 'manager', 'admin']

function step(next) {
  const pick = (list) => list[next(list.length)]
  const home = pick(['open', 'closed', 'quiet', 'hidden'])
  const visible = next(2) === 0 ? { visible: true } : {}
  switch (next(9)) {
    case 0:
      return { op: 'del', key: onMember(home, pick(PEOPLE)) }
    case 1:
      return put(home, pick(PEOPLE), { role: 'invitee', as: pick(ROLES), request: 'i1' })
    case 2:
      return {
        op: 'put',
        key: { relation: 'membership', community: home, group: 'librarians' },
        value: { role: pick(ROLES) },
      }
    case 3:
      return { op: 'put', key: { relation: 'user', id: pick(PEOPLE) }, value: { roles: next(2) ? ['librarians'] : [] } }
    case 4: {
      const access = { visibility: pick(['public', 'restricted']), members_visibility: pick(['public', 'hidden']) }
      return { op: 'put', key: { relation: 'community', id: home }, value: { ...world().communities.open, access } }
    }
    case 5:
      return {
        op: 'put',
        key: { relation: 'record', id: pick(['pub', 'draft']) },
        value: world().records[pick(['pub', 'shut'])],
      }
    default:
      return put(home, pick([...PEOPLE, 'x1', 'x2']), { role: pick(ROLES), ...visible })
  }
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`history ${seed}: following members says what looking at everything says, and what a fresh device is told`, async () => {
    const twins = [await served(), await served({ changed: async () => null })]
    const next = chance(seed)
    const devices = twins.map(({ device }) =>
      PEOPLE.map((user, i) => {
        const one = device(user)
        one.subs = [['everywhere'], ['mine'], [{ community: 'open' }, { community: 'quiet' }]][i % 3]
        return one
      }),
    )
    let told = 0
    for (let round = 0; round < 60; round += 1) {
      const changes = Array.from({ length: 1 + next(2) }, () => step(next))
      for (const { write } of twins) await write(...changes)
      const at = next(PEOPLE.length)
      const views = []
      for (const own of devices) {
        const device = own[at]
        const { json } = await pull(device)
        told += json.ops?.length ?? 0
        const fresh = { ...device.request({ have }), device: `p${round}`, cookie: null }
        const probe = (await device.call(device.user, 'POST', '/pull', fresh)).json
        const whole = new Map(probe.entries.map((entry) => [JSON.stringify(entry.k), entry]))
        assert.deepEqual([...device.view].sort(), [...whole].sort(), `round ${round}`)
        views.push(JSON.stringify([json.t, json.ops, json.closed]))
      }
      assert.equal(views[0], views[1], `round ${round}`)
    }
    assert.ok(told > 40)
    assert.ok(twins[0].counts.list < twins[1].counts.list)
    for (const { errors } of twins) assert.deepEqual(errors, [])
  })
}
