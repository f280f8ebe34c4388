// Sign-in with address and password, for accounts of a store.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { onlyAdmitted, passwordSignIn } from 'lictor/server'
import { openAccounts } from 'lictor/tools'
import { openMemoryStore } from 'lictor/store'
import { contractOf } from './contract.mjs'
import { facts, ORIGIN, serverWith } from './world.mjs'

const ada = { email: 'ada@example.org', username: 'ada', password: 'secret123', active: true, confirmed: true, id: '3' }

describe('sign-in with passwords', () => {
  async function host() {
    const store = await openMemoryStore(facts())
    const accounts = await openAccounts(store)
    await accounts.create(ada)
    const signIn = passwordSignIn({ accounts, origin: ORIGIN, session: 60 })
    let clock = Date.now()
    const { handler, errors } = await serverWith({
      open: async () => store,
      contract: false,
      origin: ORIGIN,
      routes: signIn.routes,
      described: signIn.described,
      authenticate: signIn.authenticate,
      now: () => clock,
    })
    const check = await contractOf(handler, { origin: ORIGIN, base: '' })
    const ask = async (path, init = {}) => {
      const response = await handler(new Request(`${ORIGIN}${path}`, init))
      check(init.method ?? 'GET', path, response, await response.clone().text())
      return response
    }
    const login = (body, headers = {}) =>
      ask('/auth/login', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
    const cookieOf = (response) => response.headers.getSetCookie()[0]?.split(';')[0]
    /** What a curator may see, and nobody else. */
    const sees = async (cookie, init = {}) =>
      (await ask('/A/a-pending', { ...init, headers: { ...init.headers, ...(cookie && { cookie }) } })).status === 200
    return { accounts, ask, login, cookieOf, sees, errors, pass: (ms) => (clock += ms) }
  }

  const right = { login: 'ada@example.org', password: 'secret123' }

  test('from nobody to a session and back', async () => {
    const { ask, login, cookieOf, sees, errors } = await host()
    assert.equal(await sees(), false)
    const response = await login(right)
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { subject: { type: 'user', id: '3' } })
    assert.equal(response.headers.get('cache-control'), 'no-store')
    const [whole] = response.headers.getSetCookie()
    for (const attribute of ['HttpOnly', 'SameSite=Lax', 'Secure', 'Path=/'])
      assert.ok(whole.includes(attribute), whole)
    const cookie = cookieOf(response)
    assert.equal(await sees(cookie), true)
    const session = await ask('/auth/session', { headers: { cookie } })
    assert.deepEqual(await session.json(), { subject: { type: 'user', id: '3' } })
    const out = await ask('/auth/logout', { method: 'POST', headers: { cookie } })
    assert.deepEqual([out.status, /max-age=0/i.test(out.headers.getSetCookie()[0])], [204, true])
    assert.deepEqual(await (await ask('/auth/session')).json(), { subject: { type: 'anonymous' } })
    assert.deepEqual(errors, [])
  })

  test('is in the OpenAPI document, which every answer here is held to', async () => {
    const { ask } = await host()
    const { paths } = await (await ask('/openapi.json')).json()
    assert.deepEqual(
      Object.entries(paths)
        .filter(([path]) => path.startsWith('/auth/'))
        .map(([path, { post, get }]) => [path, Boolean(post), Boolean(get)]),
      [
        ['/auth/login', true, false],
        ['/auth/session', false, true],
        ['/auth/logout', true, false],
      ],
    )
    const { status, headers } = await ask('/auth/login', { method: 'DELETE' })
    assert.deepEqual([status, headers.get('allow')], [405, 'POST, OPTIONS'])
  })

  test('only active and confirmed accounts, and nobody is told why not', async () => {
    const { accounts, login } = await host()
    const told = async (body) => {
      const response = await login(body)
      assert.equal(response.status, 401)
      assert.deepEqual(response.headers.getSetCookie(), [])
      return response.text()
    }
    const wrong = await told({ ...right, password: 'secret124' })
    assert.equal(await told({ ...right, login: 'nobody@example.org' }), wrong)
    await accounts.set('3', { active: false })
    assert.equal(await told(right), wrong)
    await accounts.set('3', { active: true, confirmed: false })
    assert.equal(await told(right), wrong)
  })

  test('a session ends by itself, with the account, and with the password', async () => {
    const { accounts, login, cookieOf, sees, pass } = await host()
    const begin = async () => cookieOf(await login({ login: 'ADA', password: 'secret123' }))
    let cookie = await begin()
    await accounts.set('3', { active: false })
    assert.equal(await sees(cookie), false)
    await accounts.set('3', { active: true })
    assert.equal(await sees(cookie), true)
    await accounts.setPassword('3', 'secret123')
    assert.equal(await sees(cookie), false)
    cookie = await begin()
    assert.equal(await sees(cookie), true)
    assert.equal(await sees(`${cookie.slice(0, -4)}AAAA`), false)
    pass(61_000)
    assert.equal(await sees(cookie), false)
  })

  test('a page of another site neither signs in nor writes', async () => {
    const { ask, login, cookieOf } = await host()
    const elsewhere = { 'sec-fetch-site': 'cross-site' }
    assert.equal((await login(right, elsewhere)).status, 403)
    assert.equal((await login(right, { 'content-type': 'text/plain' })).status, 415)
    const cookie = cookieOf(await login(right))
    const write = (headers) =>
      ask('/A/a-pending/actions/approve', { method: 'POST', headers: { cookie, ...headers } }).then(
        ({ status }) => status,
      )
    const refused = await write(elsewhere)
    assert.ok([401, 404].includes(refused), String(refused))
    assert.equal((await ask('/auth/logout', { method: 'POST', headers: { cookie, ...elsewhere } })).status, 403)
  })

  test('guessing is made slow, for one name and not for others', async () => {
    const { login, pass } = await host()
    const wrong = { ...right, password: 'not it at all' }
    for (let i = 0; i < 10; i += 1) assert.equal((await login(wrong)).status, 401)
    const waits = await login({ ...right, login: 'ADA@example.org' })
    assert.deepEqual([waits.status, waits.headers.get('retry-after')], [429, '60'])
    assert.equal((await login({ ...right, login: 'ada' })).status, 200)
    pass(60_000)
    assert.equal((await login(right)).status, 200)
    assert.equal((await login(wrong)).status, 401)
  })

  test('guesses that come at once are counted, too', async () => {
    const { login } = await host()
    const guesses = Array.from({ length: 30 }, (_, i) => login({ ...right, password: `guess ${i}` }))
    const answers = (await Promise.all(guesses)).map(({ status }) => status)
    assert.deepEqual(
      [401, 429].map((status) => answers.filter((own) => own === status).length),
      [10, 20],
    )
  })

  test('whatever else is sent has a clear answer', async () => {
    const { ask, login } = await host()
    for (const body of [
      '',
      '{',
      '7',
      'null',
      '[]',
      '{}',
      '{"login":7}',
      '{"login":"a","password":null}',
      '{"login":""}',
    ])
      assert.equal((await login(body)).status, 400, body)
    assert.equal((await login({ ...right, password: 'x'.repeat(5_000) })).status, 413)
    assert.equal((await login({ ...right, login: '\ud800' })).status, 400)
    for (const odd of ['x'.repeat(3_000), '__proto__', 'a@'])
      assert.equal((await login({ login: odd, password: 'secret123' })).status, 401, odd.slice(0, 9))
    assert.equal((await ask('/auth/login')).status, 405)
  })

  test('a sign-in whose routes were left out says so', async () => {
    const accounts = await openAccounts(await openMemoryStore())
    const { authenticate } = passwordSignIn({ accounts, origin: ORIGIN })
    await assert.rejects(authenticate(new Request(ORIGIN)), /routes/)
  })
})

test('an account that is deactivated ends every other way of signing in too', async () => {
  const store = await openMemoryStore()
  const accounts = await openAccounts(store)
  await accounts.create(ada)
  const subjects = { 3: { type: 'user', id: 3 }, 7: { type: 'user', id: '7' }, root: { type: 'system' } }
  const way = onlyAdmitted(store, (request) => subjects[new URL(request.url).pathname.slice(1)] ?? null)
  const ask = (path) => way(new Request(`${ORIGIN}/${path}`))
  for (const [path, subject] of Object.entries(subjects)) assert.deepEqual(await ask(path), subject)
  assert.equal(await ask('nobody'), null)
  await accounts.set('3', { active: false })
  assert.equal(await ask('3'), null)
  assert.deepEqual(await ask('7'), subjects[7])
})
