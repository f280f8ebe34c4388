// Members over REST: who sees whom, and how members come, change and go. .
import assert from 'node:assert/strict'
import test from 'node:test'
import { repository, USERS } from './repository-world.mjs'
import { stores } from './stores.mjs'
import { serverWith } from './world.mjs'

const user = (name) => ({ type: 'user', id: String(USERS[name]) })
const group = (id) => ({ type: 'group', id })
const rows = ({ json }) => json.hits.hits
const names = (answer) => rows(answer).map(({ member }) => `${member.type} ${member.id}`)
const row = (answer, name) => rows(answer).find(({ member }) => member.id === String(USERS[name]))
const membership = async (store, community, name) =>
  (await store.facts([{ relation: 'membership', where: { community } }])).memberships.find(
    ({ user }) => String(user) === String(USERS[name]),
  )

test('everybody sees the members the settings let them see', async () => {
  const { ask } = await repository()
  const seen = async (who, community) => names(await ask(who, 'GET', `/communities/${community}/members`))
  for (const who of [null, 'stranger', 'root']) {
    const all = who === 'root'
    assert.deepEqual(await seen(who, 'open'), all ? ['user 1', 'user 2', 'user 3', 'user 4'] : ['user 4'], who)
  }
  assert.deepEqual(await seen('member', 'open'), ['user 1', 'user 2', 'user 3', 'user 4'])
  // Hidden: administrators, and everybody themselves.
  assert.deepEqual(await seen('member', 'quiet'), ['user 4'])
  assert.deepEqual(await seen('stranger', 'quiet'), [])
  assert.deepEqual(await seen('admin', 'quiet'), ['user 1', 'user 4'])
})

test('of a public membership outsiders are told whose it is, and no more', async () => {
  const { ask } = await repository()
  assert.deepEqual(rows(await ask(null, 'GET', '/communities/open/members')), [{ member: user('member') }])
  const own = row(await ask('member', 'GET', '/communities/open/members'), 'member')
  assert.deepEqual([own.roles, own.visible, own.status], [['member'], true, 'active'])
  assert.equal(own.permissions.can_leave, true)
})

test('pages of members follow each other', async () => {
  const { ask } = await repository()
  const found = []
  for (let path = '/communities/open/members?size=3'; path;) {
    const page = await ask('member', 'GET', path)
    assert.equal(page.json.hits.total, 4)
    found.push(...names(page))
    path = page.json.links.next && new URL(page.json.links.next).pathname + new URL(page.json.links.next).search
  }
  assert.deepEqual(found, ['user 1', 'user 2', 'user 3', 'user 4'])
})

for (const [label, opened] of Object.entries(stores)) {
  test(`invited, accepted, with another role, shown, gone (${label})`, async () => {
    const { ask, store } = await repository({ open: await opened() })
    const at = '/communities/open'
    const invited = await ask('manager', 'POST', `${at}/invitations`, {
      body: { role: 'curator', members: [user('stranger'), user('librarian')], message: 'welcome' },
    })
    assert.equal(invited.status, 201)
    const [{ request }, other] = invited.json.members
    assert.deepEqual(other.member, user('librarian'))
    assert.deepEqual(names(await ask('manager', 'GET', `${at}/invitations`)), ['user 6', 'user 7'])
    assert.equal(row(await ask('manager', 'GET', `${at}/members?status=invited`), 'stranger').request, request)
    // Members do not see who is invited, nor the invitation; who is invited does.
    assert.deepEqual(names(await ask('member', 'GET', `${at}/invitations`)), [])
    assert.equal((await ask('member', 'GET', `/requests/${request}`)).status, 404)
    assert.equal((await ask('member', 'POST', `/requests/${request}/accept`)).status, 404)
    assert.equal((await ask('stranger', 'GET', `/requests/${request}`)).json.metadata.message, 'welcome')
    assert.equal((await ask('manager', 'POST', `/requests/${request}/accept`)).status, 403)
    assert.equal((await ask('stranger', 'POST', `/requests/${request}/accept`)).json.metadata.status, 'accepted')
    assert.equal((await membership(store, 'open', 'stranger')).role, 'curator')
    assert.equal((await ask('stranger', 'POST', `/requests/${request}/accept`)).json.code, 'wrong_state')
    assert.equal((await ask('librarian', 'POST', `/requests/${other.request}/decline`)).status, 202)
    assert.equal(await membership(store, 'open', 'librarian'), undefined)

    const put = (who, body) => ask(who, 'PUT', `${at}/members`, { body })
    assert.equal((await put('manager', { role: 'manager', members: [user('stranger')] })).status, 204)
    assert.equal((await put('stranger', { role: 'member', members: [user('stranger')] })).json.code, 'own_role')
    assert.equal((await put('manager', { visible: true, members: [user('stranger')] })).status, 403)
    assert.equal((await put('stranger', { visible: true, members: [user('stranger')] })).status, 204)
    assert.deepEqual(names(await ask(null, 'GET', `${at}/members`)), ['user 4', 'user 6'])
    assert.equal((await put('manager', { visible: false, members: [user('stranger')] })).status, 204)
    assert.equal(
      (await ask('manager', 'DELETE', `${at}/members`, { body: { members: [user('stranger')] } })).status,
      204,
    )
    assert.equal((await ask('member', 'POST', `${at}/leave`)).status, 204)
    assert.equal(await membership(store, 'open', 'member'), undefined)
    await store.close()
  })
}

test('people ask to join where that is open', async () => {
  const { ask, store } = await repository()
  const asked = await ask('stranger', 'POST', '/communities/open/membership-requests', { body: { message: 'please' } })
  assert.equal(asked.status, 201)
  assert.equal(new URL(asked.headers.location).pathname, `/requests/${asked.json.request}`)
  assert.deepEqual(names(await ask('admin', 'GET', '/communities/open/membership-requests')), ['user 6'])
  assert.equal((await ask('stranger', 'POST', '/communities/open/membership-requests')).json.code, 'duplicate')
  assert.equal((await ask('stranger', 'POST', `/requests/${asked.json.request}/accept`)).status, 403)
  assert.equal((await ask('manager', 'POST', `/requests/${asked.json.request}/accept`)).status, 202)
  assert.equal((await membership(store, 'open', 'stranger')).role, 'member')
  assert.equal((await ask('stranger', 'POST', '/communities/closed/membership-requests')).status, 403)
  assert.equal((await ask(null, 'POST', '/communities/open/membership-requests')).status, 401)
})

test('groups are added, users are invited', async () => {
  const { ask } = await repository()
  const add = (who, members, role = 'member') =>
    ask(who, 'POST', '/communities/open/members', { body: { role, members } })
  assert.equal((await add('manager', [group('librarians')])).status, 204)
  assert.equal((await add('manager', [user('stranger')])).status, 403)
  assert.equal((await add('manager', [group('bosses')], 'admin')).status, 403)
  // Whoever is in the group is a member.
  assert.deepEqual(names(await ask('librarian', 'GET', '/communities/open/members')).at(-1), 'group librarians')
  const mail = { role: 'member', members: [{ type: 'email', id: 'a@example.org' }] }
  assert.equal((await ask('manager', 'POST', '/communities/open/invitations', { body: mail })).status, 400)
})

test('a change is of all that are named, or of none; at most a hundred', async () => {
  const { ask, store } = await repository()
  const before = await store.revision()
  const several = { role: 'member', members: [user('curator'), user('admin')] }
  const refused = await ask('manager', 'PUT', '/communities/open/members', { body: several })
  assert.deepEqual([refused.status, refused.json.path], [403, 'body.members[1]'])
  const many = Array.from({ length: 101 }, (_, i) => ({ type: 'user', id: `u${i}` }))
  const invite = (members) =>
    ask('admin', 'POST', '/communities/open/invitations', { body: { role: 'member', members } })
  assert.equal((await invite(many)).status, 400)
  assert.equal((await invite([])).status, 400)
  assert.equal(await store.revision(), before)
  const all = await invite(many.slice(1))
  assert.equal(new Set(all.json.members.map(({ request }) => request)).size, 100)
})

test('the last admin stays, whoever asks', async () => {
  const { ask } = await repository()
  assert.equal((await ask('admin', 'POST', '/communities/open/leave')).json.code, 'last_admin')
  const gone = { members: [user('admin')] }
  assert.equal((await ask('root', 'DELETE', '/communities/open/members', { body: gone })).json.code, 'last_admin')
})

test('either the role or the visibility is changed', async () => {
  const { ask } = await repository()
  for (const body of [{ members: [user('member')] }, { members: [user('member')], role: 'curator', visible: false }]) {
    const { status, json } = await ask('admin', 'PUT', '/communities/open/members', { body })
    assert.deepEqual([status, json.path], [400, 'body'])
  }
})

test('members of a hidden community are answered as those of none', async () => {
  const { ask } = await repository()
  const doors = [
    ['GET', 'members'],
    ['GET', 'members?status=invited'],
    ['GET', 'invitations'],
    ['GET', 'membership-requests'],
    ['POST', 'members', { role: 'member', members: [group('librarians')] }],
    ['PUT', 'members', { role: 'curator', members: [user('member')] }],
    ['PUT', 'members', { visible: false, members: [user('member')] }],
    ['DELETE', 'members', { members: [user('member')] }],
    ['POST', 'invitations', { role: 'member', members: [user('curator')] }],
    ['POST', 'membership-requests', {}],
    ['POST', 'leave'],
    ['GET', 'requests'],
    ['PATCH', '', { title: 'x' }],
    ['PUT', '', { title: 'x' }],
    ['DELETE', ''],
    ['POST', 'restore'],
  ]
  for (const who of [null, 'stranger', 'curator']) {
    for (const [method, part, body] of doors) {
      const at = (id) => `/communities/${id}${part && `/${part}`}`
      const hidden = await ask(who, method, at('hidden'), { body })
      assert.deepEqual(hidden, await ask(who, method, at('nosuch'), { body }), `${who} ${method} ${part}`)
      assert.equal(hidden.status, 404, `${who} ${method} ${part}`)
    }
  }
})

test('whether somebody is a member is not told to those who may change none', async () => {
  const { ask } = await repository()
  for (const name of ['curator', 'stranger']) {
    const { status, json } = await ask('member', 'DELETE', '/communities/open/members', {
      body: { members: [user(name)] },
    })
    assert.deepEqual([status, json.code], [403, 'denied'], name)
  }
})

test('a policy without members has no such routes', async () => {
  const { ask } = await serverWith({ policy: 'oarepo' })
  const { paths } = (await ask(null, 'GET', '/openapi.json')).json
  assert.deepEqual(
    Object.keys(paths).filter((path) => /members|invitations|requests|restore/.test(path)),
    [],
  )
})

test('AuthZEN answers about members as the operations do, and of hidden communities as of none', async () => {
  const { ask, errors } = await repository()
  const may = async (who, name, properties) => {
    const body = {
      subject: user(who),
      action: { name },
      resource: { type: 'member', id: 'new', properties },
    }
    return (await ask(who, 'POST', '/access/v1/evaluation', { body })).json
  }
  const decided = async (...question) => (await may(...question)).decision
  assert.equal(await decided('manager', 'invite', { community: 'open', role: 'manager' }), true)
  assert.equal(await decided('manager', 'invite', { community: 'open', role: 'admin' }), false)
  assert.equal(await decided('member', 'leave', { community: 'open', role: 'member', user: 4 }), true)
  assert.equal(await decided('stranger', 'request', { community: 'open', role: 'member', user: 6 }), true)
  assert.equal(await decided('insider', 'invite', { community: 'hidden', role: 'admin' }), true)
  for (const who of ['stranger', 'admin']) {
    const [hidden, none] = await Promise.all(
      ['hidden', 'nosuch'].map((community) => may(who, 'invite', { community, role: 'member' })),
    )
    assert.deepEqual(hidden, none)
    assert.equal(hidden.decision, false)
  }
  assert.deepEqual(errors, [])
})
