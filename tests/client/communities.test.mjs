// Communities, their members and requests on a device, under the preset `repository`: what may be done is answered, what is
// done is shown where that can be known, and the server decides.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createEngine } from 'lictor'
import { world } from '../server/repository-world.mjs'
import { record, states } from './support/open.mjs'
import { serverFor } from './support/repository.mjs'
import { until } from './support/world.mjs'

const { repository, calm, closeAll, engine } = serverFor(await createEngine({ policy: 'repository' }), world)
after(closeAll)

const inOpen = { relation: 'community', id: 'open' }
const community = (id) => ({ type: 'community', id })

const rowOf = (client, id, user) => client.entity({ relation: 'membership', community: id, user })?.value

test('what may be done to communities, members and requests is answered on the device', async () => {
  const { deviceOf } = await repository()
  const [admin, manager, stranger] = await Promise.all(['1', '2', '6'].map((id) => deviceOf(id)))
  const can = ({ client }, action, resource) => client.can(action, resource).decision
  assert.equal(can(admin, 'update', community('open')), 'allow')
  assert.equal(can(manager, 'update', community('open')), 'deny')
  assert.equal(can(stranger, 'request-membership', community('open')), 'allow')
  assert.equal(can(stranger, 'request-membership', community('closed')), 'deny')
  assert.equal(can(stranger, 'read', community('hidden')), 'deny')
  const member = (role, more = {}) => ({ type: 'member', properties: { community: 'open', role, ...more } })
  assert.equal(can(manager, 'invite', member('manager')), 'allow')
  assert.equal(can(manager, 'invite', member('admin')), 'deny')
  assert.equal(can(stranger, 'invite', member('member')), 'deny')
  assert.equal(can(manager, 'show', member('manager', { user: 2 })), 'allow')
  assert.equal(can(manager, 'show', member('member', { user: 4 })), 'deny')
  const { actions } = engine.policy.machines.find(({ types }) => types[0].key === 'member')
  assert.deepEqual(Object.keys(admin.client.actions(member('member'))), [...actions].sort())
  assert.equal(admin.client.actions(community('open')).delete.decision, 'allow')
  // Whether requests wait for it only the server can count.
  const { allowed, executable } = admin.client.options(community('open')).delete
  assert.deepEqual([allowed, executable], ['allow', 'unknown'])
})

test('what can be done with a membership is said without the network, and rests on what is done here', async () => {
  const { deviceOf, cut } = await repository()
  const [admin, manager] = await Promise.all(['1', '2'].map((id) => deviceOf(id)))
  cut()
  const row = (user) => ({ type: 'member', community: 'open', member: { user } })
  const leave = () => admin.client.options(row(1)).leave
  assert.deepEqual([leave().allowed, leave().executable, leave().blocked.code], ['allow', 'deny', 'last_admin'])
  const { remove, change_role: change, request } = manager.client.options(row(3))
  assert.deepEqual([remove.executable, change.roles, request], ['allow', ['member', 'manager'], undefined])
  assert.equal(manager.client.options(row(1)).remove.executable, 'deny')
  const { invite } = manager.client.options({ type: 'member', community: 'open' })
  assert.deepEqual([invite.executable, invite.roles], ['allow', ['member', 'curator', 'manager']])
  await admin.client.do({ action: 'change_role', target: inOpen, args: { role: 'admin', members: [{ user: 2 }] } })
  assert.deepEqual([leave().executable, leave().speculative], ['allow', true])
})

test('members are changed offline, shown at once, and decided by the server', async () => {
  const { deviceOf, store, cut, online, checked } = await repository()
  const manager = await deviceOf('2')
  const { client } = manager
  cut()
  const curator = { role: 'curator', members: [{ user: 4 }] }
  assert.equal((await client.do({ action: 'change_role', target: inOpen, args: curator })).predicted, 'allow')
  assert.equal(
    (await client.do({ action: 'remove_member', target: inOpen, args: { members: [{ user: 3 }] } })).predicted,
    'allow',
  )
  const own = { visible: true, members: [{ user: 2 }] }
  assert.equal((await client.do({ action: 'set_visibility', target: inOpen, args: own })).predicted, 'allow')
  // The device believes it is refused; the server decides all the same.
  const admin = { role: 'member', members: [{ user: 1 }] }
  assert.equal((await client.do({ action: 'change_role', target: inOpen, args: admin })).predicted, 'deny')
  await online(manager)
  assert.deepEqual(states(client), ['accepted', 'accepted', 'accepted', 'rejected'])
  const { memberships } = await store.facts([{ relation: 'membership', where: { community: 'open' } }])
  const roles = memberships.map(({ user, role, visible = false }) => [String(user), role, visible])
  assert.deepEqual(roles, [
    ['1', 'admin', false],
    ['2', 'manager', true],
    ['4', 'curator', true],
  ])
  assert.deepEqual(rowOf(client, 'open', '4'), { role: ['curator'], visible: true })
  checked()
})

test('people are invited offline; the ids of the invitations come from the device', async () => {
  const { deviceOf, cut, online, checked } = await repository()
  const manager = await deviceOf('2')
  const guest = await deviceOf('6')
  cut()
  const args = { role: 'member', members: [{ user: 6 }, { user: 7 }], message: 'come in' }
  // When the invitation ends depends on the server's clock, so what comes of it is not known here.
  assert.equal((await manager.client.do({ action: 'invite', target: inOpen, args })).predicted, 'unknown')
  const [{ intent }] = manager.client.outbox()
  const [first, second] = intent.args.members.map(({ request }) => request)
  assert.ok(first && second && first !== second)
  await online(manager)
  assert.deepEqual(states(manager.client), ['accepted'])
  guest.tab.online()
  await until(() => guest.client.record(first) !== undefined)
  assert.equal(guest.client.can('accept', { type: 'invitation', id: first }).decision, 'allow')
  assert.equal((await guest.client.do({ action: 'accept', target: record(first) })).predicted, 'allow')
  assert.deepEqual(guest.client.record(first).value.status, 'accepted')
  await calm(guest.client)
  assert.deepEqual(states(guest.client), ['accepted'])
  await until(() => rowOf(guest.client, 'open', '6')?.role?.[0] === 'member')
  checked()
})

test('a record is submitted offline with a review whose id the device made, and taken back', async () => {
  const { deviceOf, store, cut, online, checked } = await repository()
  for (const subs of [['everywhere'], [{ community: 'open' }]]) {
    const member = await deviceOf('4', { subs })
    const { client } = member
    cut()
    const sent = await client.do({ action: 'request-approval', target: record('draft') })
    assert.equal(sent.predicted, 'allow', JSON.stringify(subs))
    const { request } = client.outbox().at(-1).intent.args.params
    assert.equal(client.record('draft').value.state, 'pending-approval')
    assert.deepEqual(client.record(request).value.status, 'submitted')
    const cancelled = await client.do({ action: 'cancel', target: record('draft') })
    assert.equal(cancelled.predicted, 'allow')
    await online(member)
    assert.deepEqual(states(client), ['accepted', 'accepted'])
    const { records } = await store.all()
    assert.deepEqual([records.draft.state, records[request].status], ['editing', 'cancelled'])
    await client.close()
  }
  checked()
})

test('settings are changed offline, each with what was seen; what the server has to count is asked of it', async () => {
  const { deviceOf, store, cut, online, checked } = await repository()
  const admin = await deviceOf('1')
  const { client } = admin
  cut()
  const set = (target, path, value) =>
    client.do({ action: 'update_community', target, args: { set: [{ path, value }] } })
  const closed = { relation: 'community', id: 'closed' }
  assert.equal((await set(closed, 'access.record_submission_policy', 'open')).predicted, 'allow')
  assert.equal((await set(closed, ['access', 'record_submission_policy'], 'members')).predicted, 'allow')
  assert.equal((await set(closed, 'title', 'Shut')).predicted, 'allow')
  assert.deepEqual(
    client.outbox().map(({ intent }) => intent.args.set[0].was),
    ['members', 'open', 'Closed'],
  )
  assert.equal((await set(inOpen, 'access.visibility', 'restricted')).predicted, 'unknown')
  assert.equal(
    (await client.do({ action: 'delete_community', target: closed, args: { reason: 'x' } })).predicted,
    'unknown',
  )
  await assert.rejects(set(closed, 'access.visibility', 'perhaps'), { name: 'ClientError', code: 'invalid' })
  await store.commit(
    [{ op: 'put', key: closed, value: { ...world().communities.closed, title: 'Elsewhere' } }],
    await store.revision(),
  )
  await online(admin)
  const verdicts = client.outbox().map(({ verdict }) => [verdict.r, verdict.code])
  assert.deepEqual(verdicts, [
    ['accepted_changed', undefined],
    ['accepted_changed', undefined],
    ['rejected', 'precondition'],
    ['rejected', 'precondition'],
    ['accepted_changed', undefined],
  ])
  assert.deepEqual(client.outbox()[2].verdict.theirs, [{ path: ['title'], value: 'Elsewhere' }])
  assert.equal((await store.facts([closed])).communities.closed.deletion.reason, 'x')
  checked()
})

test('one asks to join offline, and takes it back before the server hears of it', async () => {
  const { deviceOf, store, cut, online, checked } = await repository()
  const stranger = await deviceOf('6')
  const { client } = stranger
  cut()
  assert.equal((await client.do({ action: 'request_membership', target: inOpen })).predicted, 'unknown')
  const { request } = client.outbox()[0].intent.args
  const { predicted } = await client.do({ action: 'cancel', target: record(request) })
  assert.notEqual(predicted, 'allow')
  assert.deepEqual(client.outbox()[1].intent.causes, [1])
  await online(stranger)
  assert.equal(states(client)[0], 'accepted')
  const { records, memberships } = await store.all()
  assert.equal(records[request].status, 'cancelled')
  assert.ok(!memberships.some(({ user }) => String(user) === '6'))
  checked()
})
