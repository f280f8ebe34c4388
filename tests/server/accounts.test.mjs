// Accounts, roles and access rows over REST: for administrators, by the rules of the commands. Every answer is held to the document.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openAccounts } from 'lictor/tools'
import { repository } from './repository-world.mjs'

const begin = (options) => repository({ accounts: true, ...options })

/** Root may everything; `admin` of the world holds administration-access alone. */
const ADMIN = 'admin10'
const people = { root: 9, maker: 8, [ADMIN]: 10, stranger: 6 }
const host = () => begin({ people })

async function made(ask, account, who = ADMIN) {
  const { status, json, headers } = await ask(who, 'POST', '/admin/accounts/', { body: account })
  assert.equal(status, 201, JSON.stringify(json))
  assert.equal(headers['cache-control'], 'no-store')
  return json
}

const ROUTES = [
  ['GET', '/admin/accounts/'],
  ['POST', '/admin/accounts/', { email: 'ada@example.org' }],
  ['GET', '/admin/accounts/1'],
  ['POST', '/admin/accounts/1/activate'],
  ['POST', '/admin/accounts/1/deactivate'],
  ['POST', '/admin/accounts/1/confirm'],
  ['PUT', '/admin/accounts/1/roles/admin'],
  ['DELETE', '/admin/accounts/1/roles/admin'],
  ['GET', '/admin/roles/'],
  ['POST', '/admin/roles/', { name: 'admin' }],
  ['GET', '/admin/access/'],
  ['POST', '/admin/access/', { do: 'allow', action: 'community-admin', subjects: [{ user: '6' }] }],
  ['GET', '/admin/actions/'],
]

describe('accounts over REST', () => {
  test('are for administrators, whatever stands in the request, and nothing is written for others', async () => {
    const { ask, store } = await host()
    const everything = async () => JSON.stringify([await store.all(), await store.cells('')])
    const was = await everything()
    for (const [method, path, body] of ROUTES) {
      for (const who of ['stranger', 'maker', null]) {
        for (const sent of [body, body && {}]) {
          const { status, json } = await ask(who, method, path, sent ? { body: sent } : {})
          assert.deepEqual([status, json.code], [who ? 403 : 401, 'denied'], `${who} ${method} ${path}`)
        }
      }
    }
    assert.equal(await everything(), was)
  })

  test('are not served where the host keeps none', async () => {
    const { ask } = await begin({ people, accounts: false })
    assert.equal((await ask('root', 'GET', '/openapi.json')).json.paths['/admin/accounts/'], undefined)
    assert.notEqual((await ask('root', 'GET', '/admin/accounts/')).status, 200)
  })

  test('are made with a random password, which is told once, or with a given one, which is not', async () => {
    const { ask, store } = await host()
    const accounts = await openAccounts(store)
    const one = await made(ask, {
      email: 'Ada@example.org',
      username: 'ada',
      full_name: 'Ada',
      active: true,
      confirmed: true,
    })
    assert.match(one.password, /^[a-z2-9]{20}$/)
    assert.equal((await accounts.signIn('ada', one.password)).id, one.id)
    const two = await made(ask, { email: 'bob@example.org', password: 'secret123' })
    assert.equal('password' in two, false)
    assert.deepEqual([two.active, two.confirmed], [false, false])
    const { json, text } = await ask(ADMIN, 'GET', '/admin/accounts/')
    assert.deepEqual(
      json.hits.hits.map(({ email }) => email),
      ['Ada@example.org', 'bob@example.org'],
    )
    assert.equal(json.hits.total, 2)
    const alone = await ask(ADMIN, 'GET', `/admin/accounts/${one.id}`)
    assert.equal(alone.json.email, 'Ada@example.org')
    for (const said of [text, alone.text])
      for (const secret of [one.password, 'secret123', 'argon2', 'stamp', 'hash'])
        assert.ok(!said.includes(secret), secret)
    const page = await ask(ADMIN, 'GET', '/admin/accounts/?size=1&from=1')
    assert.deepEqual(
      page.json.hits.hits.map(({ id }) => id),
      [two.id],
    )
  })

  test('are activated, confirmed and deactivated; a session ends with that', async () => {
    const { ask, store } = await host()
    const accounts = await openAccounts(store)
    const { id } = await made(ask, { email: 'ada@example.org', password: 'secret123' })
    const set = async (verb) => (await ask(ADMIN, 'POST', `/admin/accounts/${id}/${verb}`)).json
    assert.equal((await set('activate')).changed, true)
    assert.equal((await set('activate')).changed, false)
    assert.equal(await accounts.signIn('ada@example.org', 'secret123'), null)
    assert.deepEqual((await set('confirm')).confirmed, true)
    const session = await accounts.signIn('ada@example.org', 'secret123')
    assert.ok(await accounts.admits(id, session.stamp))
    await set('deactivate')
    assert.equal(await accounts.admits(id, session.stamp), false)
    for (const verb of ['activate', 'confirm', 'deactivate'])
      assert.equal((await ask(ADMIN, 'POST', `/admin/accounts/nobody/${verb}`)).status, 404)
    assert.equal((await ask(ADMIN, 'GET', '/admin/accounts/nobody')).status, 404)
  })

  test('what the commands refuse is refused, with the place in the body, and nothing is written', async () => {
    const { ask, store } = await host()
    await made(ask, { email: 'ada@example.org', username: 'ada' })
    const everything = async () => JSON.stringify([await store.all(), await store.cells('')])
    const was = await everything()
    for (const [body, status, code, path] of [
      [{ email: 'ADA@example.org' }, 409, 'duplicate', 'body'],
      [{ email: 'b@example.org', username: 'Ada' }, 409, 'duplicate', 'body'],
      [{ email: 'nobody' }, 400, 'invalid_id', 'body.email'],
      [{ email: 'b@example.org', username: '7x' }, 400, 'invalid_id', 'body.username'],
      [{ email: 'b@example.org', password: 'short' }, 400, 'malformed', 'body.password'],
      [{ email: 'b@example.org', active: 'yes' }, 400, 'malformed', 'body.active'],
      [{ email: 'b@example.org', id: '9' }, 400, 'malformed', 'body'],
      [{ email: 'b@example.org', roles: ['admin'] }, 400, 'malformed', 'body'],
      [{}, 400, 'malformed', 'body.email'],
    ]) {
      const { status: found, json } = await ask(ADMIN, 'POST', '/admin/accounts/', { body })
      assert.deepEqual([found, json.code, json.path], [status, code, path], JSON.stringify(json))
    }
    assert.equal(await everything(), was)
  })
})

describe('roles over REST', () => {
  test('are made, given and taken', async () => {
    const { ask } = await host()
    const { id } = await made(ask, { email: 'ada@example.org' })
    const make = (body) => ask(ADMIN, 'POST', '/admin/roles/', { body })
    assert.equal((await make({ name: 'readers', description: 'who read' })).status, 201)
    assert.deepEqual((await make({ name: 'readers' })).json, {
      name: 'readers',
      description: 'who read',
      external: false,
    })
    assert.equal((await make({ name: 'readers' })).status, 200)
    const wrong = await make({ name: 'a\nb' })
    assert.deepEqual([wrong.status, wrong.json.code, wrong.json.path], [400, 'invalid_id', 'body.name'])
    assert.deepEqual(
      (await ask(ADMIN, 'GET', '/admin/roles/')).json.map(({ name }) => name),
      ['readers'],
    )
    const role = async (method, path) => ask('root', method, `/admin/accounts/${path}`)
    assert.deepEqual((await role('PUT', `${id}/roles/readers`)).json, {
      user: id,
      role: 'readers',
      changed: true,
      external: false,
    })
    assert.equal((await role('PUT', `${id}/roles/readers`)).json.changed, false)
    assert.deepEqual((await ask(ADMIN, 'GET', `/admin/accounts/${id}`)).json.roles, ['readers'])
    assert.equal((await role('DELETE', `${id}/roles/readers`)).json.changed, true)
    for (const [method, path] of [
      ['DELETE', `${id}/roles/readers`],
      ['PUT', `${id}/roles/nothing`],
      ['PUT', 'nobody/roles/readers'],
    ])
      assert.equal((await role(method, path)).status, 404, `${method} ${path}`)
  })

  test('whoever gives or takes one holds what it gives', async () => {
    const { ask, store } = await host()
    const { id } = await made(ask, { email: 'ada@example.org' })
    await ask(ADMIN, 'POST', '/admin/roles/', { body: { name: 'bosses' } })
    const give = (who, method = 'PUT') => ask(who, method, `/admin/accounts/${id}/roles/bosses`)
    const row = (action, how = 'allow') => ({ do: how, action, subjects: [{ role: 'bosses' }] })
    const allow = (who, body) => ask(who, 'POST', '/admin/access/', { body })
    assert.equal((await allow(ADMIN, row('administration-access'))).status, 200)
    assert.equal((await give(ADMIN)).status, 403, 'who does not have the role does not give it')
    await (await openAccounts(store)).create({ email: 'admin@example.org', password: null, id: '10' })
    assert.equal((await ask('root', 'PUT', '/admin/accounts/10/roles/bosses')).status, 200)
    assert.equal((await give(ADMIN)).status, 200, 'who has it does')
    assert.equal((await ask('root', 'DELETE', '/admin/accounts/10/roles/bosses')).status, 200)
    for (const how of ['allow', 'deny']) {
      assert.equal((await allow('root', row('superuser-access', how))).status, 200)
      for (const method of ['DELETE', 'PUT']) {
        const { status, json } = await give(ADMIN, method)
        assert.deepEqual([status, json.code], [403, 'denied'])
        assert.match(json.detail, /the role bosses/)
      }
      assert.equal((await allow('root', row('superuser-access', 'remove'))).status, 200)
    }
    assert.equal((await give('root', 'DELETE')).status, 200)
  })

  // Rules of the policy and groups of communities ask for roles too, and no row says so.
  test('nobody becomes a librarian, or who a group makes one, by their own hand', async () => {
    const { ask, store } = await host()
    await (await openAccounts(store)).create({ email: 'admin@example.org', password: null, id: '10' })
    for (const name of ['librarian', 'librarian-readonly', 'insiders']) {
      assert.equal((await ask(ADMIN, 'POST', '/admin/roles/', { body: { name } })).status, 201)
      const { status, json } = await ask(ADMIN, 'PUT', `/admin/accounts/10/roles/${name}`)
      assert.deepEqual([status, json.code], [403, 'denied'], name)
      assert.match(json.detail, new RegExp(`the role ${name}`))
    }
    assert.deepEqual((await ask(ADMIN, 'GET', '/admin/accounts/10')).json.roles, [])
    const { id } = await made(ask, { email: 'lib@example.org' })
    assert.equal((await ask('root', 'PUT', `/admin/accounts/${id}/roles/librarian`)).status, 200)
    for (const verb of ['deactivate', 'activate', 'confirm'])
      assert.equal((await ask(ADMIN, 'POST', `/admin/accounts/${id}/${verb}`)).status, 403, verb)
  })

  test('nobody comes out of a role that denies them something by their own hand', async () => {
    const { ask, store } = await host()
    await (await openAccounts(store)).create({ email: 'admin@example.org', password: null, id: '10' })
    assert.equal((await ask('root', 'POST', '/admin/roles/', { body: { name: 'probation' } })).status, 201)
    assert.equal((await ask('root', 'PUT', '/admin/accounts/10/roles/probation')).status, 200)
    const row = (how, subject) => ({ do: how, action: 'community-admin', subjects: [subject] })
    const change = (body) => ask('root', 'POST', '/admin/access/', { body })
    assert.equal((await change(row('allow', { user: '10' }))).status, 200)
    assert.equal((await change(row('deny', { role: 'probation' }))).status, 200)
    const { status, json } = await ask(ADMIN, 'DELETE', '/admin/accounts/10/roles/probation')
    assert.deepEqual([status, json.code], [403, 'denied'])
    assert.equal((await ask('root', 'DELETE', '/admin/accounts/10/roles/probation')).status, 200)
  })
})

describe('access rows over REST', () => {
  const change = (ask, who, body) => ask(who, 'POST', '/admin/access/', { body })

  test('are allowed, denied and taken back, for all that are named or for none', async () => {
    const { ask } = await host()
    const { id } = await made(ask, { email: 'ada@example.org' })
    await ask(ADMIN, 'POST', '/admin/roles/', { body: { name: 'readers' } })
    const subjects = [{ user: 'ada@example.org' }, { role: 'readers' }, { system_role: 'authenticated_user' }]
    const body = { do: 'allow', action: 'administration-moderation', subjects }
    const first = (await change(ask, 'root', body)).json
    assert.deepEqual(first.changed.length, 3)
    assert.deepEqual((await change(ask, 'root', body)).json.unchanged.length, 3)
    const rows = async (query = '') => (await ask(ADMIN, 'GET', `/admin/access/${query}`)).json
    assert.deepEqual(await rows(`?user=${id}`), [{ user: id, action: 'administration-moderation' }])
    assert.equal((await rows('?role=readers&system_role=authenticated_user')).length, 2)
    assert.deepEqual(await rows('?user=nobody'), [])
    const denied = (await change(ask, 'root', { ...body, do: 'deny', subjects: [{ role: 'readers' }] })).json
    assert.match(denied.warnings[0], /deny beats allow/)
    assert.equal((await change(ask, 'root', { ...body, do: 'remove' })).json.changed.length, 4)
    const before = await rows()
    for (const [wrong, code, path] of [
      [{ ...body, subjects: [{ role: 'readers' }, { role: 'nope' }] }, 'unknown_role', 'body.subjects[1].role'],
      [{ ...body, action: 'fly' }, 'unknown_action', 'body.action'],
      [{ ...body, argument: 'open' }, 'malformed', 'body.argument'],
      [{ ...body, action: 'community-read', argument: 'nowhere' }, 'unknown_community', 'body.argument'],
      [{ ...body, subjects: [{ user: 'nobody@example.org' }] }, 'not_found', 'body.subjects'],
      [{ ...body, subjects: [] }, 'malformed', 'body.subjects'],
      [{ ...body, subjects: [{ user: '1', role: 'readers' }] }, 'malformed'],
      [{ ...body, action: 'a\nb' }, 'invalid_id', 'body.action'],
    ]) {
      const { status, json } = await change(ask, 'root', wrong)
      assert.deepEqual([status, json.code], [400, code], JSON.stringify(json))
      if (path) assert.equal(json.path, path)
    }
    assert.deepEqual(await rows(), before)
  })

  test('administrators give what they hold, and do not make themselves superusers', async () => {
    const { ask, store } = await host()
    await (await openAccounts(store)).create({ email: 'admin@example.org', password: null, id: '10' })
    const me = [{ user: '10' }]
    for (const how of ['allow', 'deny', 'remove'])
      for (const action of ['superuser-access', 'administration-moderation', 'community-admin']) {
        const { status, json } = await change(ask, ADMIN, { do: how, action, subjects: me })
        assert.deepEqual([status, json.code], [403, 'denied'], `${how} ${action}`)
      }
    assert.equal((await change(ask, 'root', { do: 'allow', action: 'community-admin', subjects: me })).status, 200)
    const body = { do: 'allow', action: 'community-admin', subjects: [{ user: '7' }] }
    assert.equal((await change(ask, ADMIN, body)).status, 200)
    assert.equal((await change(ask, 'maker', body)).status, 403, 'to hold it is not to administer')
    assert.equal((await change(ask, 'root', { do: 'deny', action: 'superuser-access', subjects: me })).status, 200)
    assert.equal((await ask(ADMIN, 'GET', '/admin/accounts/')).status, 403, 'who is banned administers no more')
  })

  test('what all get who have a system role is for superusers, and so is the sleep of their accounts', async () => {
    const { ask, store } = await host()
    await (await openAccounts(store)).create({ email: 'root@example.org', password: null, id: '9' })
    for (const system_role of ['any_user', 'authenticated_user'])
      for (const how of ['allow', 'deny', 'remove']) {
        const body = { do: how, action: 'administration-access', subjects: [{ user: '9' }, { system_role }] }
        const { status, json } = await change(ask, ADMIN, body)
        assert.deepEqual([status, json.code], [403, 'denied'], `${how} ${system_role}`)
      }
    for (const verb of ['deactivate', 'activate', 'confirm'])
      assert.equal((await ask(ADMIN, 'POST', `/admin/accounts/9/${verb}`)).status, 403, verb)
    assert.equal((await ask('root', 'POST', '/admin/accounts/9/confirm')).status, 200)
  })

  test('name actions that are known, each with its meaning', async () => {
    const { ask } = await host()
    const { json } = await ask(ADMIN, 'GET', '/admin/actions/')
    assert.ok(json.some(({ name, meaning }) => name === 'administration-access' && meaning.includes('administration')))
    assert.ok(json.some(({ argument }) => argument === 'community'))
  })
})
