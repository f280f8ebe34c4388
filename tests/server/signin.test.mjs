// Sign-in through a provider on the loopback, with a real OpenID Connect server.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { Provider } from 'oidc-provider'
import { bearerTokens, firstOf, oidcSignIn } from 'lictor/server'
import { contractOf } from './contract.mjs'
import { serverWith } from './world.mjs'

/** What a browser does: keeps cookies by origin, follows redirects, stops at a page. */
function browser(fetchOf) {
  const jars = new Map()
  return async function visit(url, init = {}) {
    for (let hops = 0; hops < 12; hops += 1) {
      const { origin } = new URL(url)
      const jar = jars.get(origin) ?? jars.set(origin, new Map()).get(origin)
      const headers = { ...init.headers, cookie: [...jar].map((pair) => pair.join('=')).join('; ') }
      const response = await fetchOf(url)(url, { ...init, headers, redirect: 'manual' })
      for (const cookie of response.headers.getSetCookie()) {
        const [pair, ...attributes] = cookie.split(';')
        const at = pair.indexOf('=')
        if (attributes.some((one) => one.trim().toLowerCase() === 'max-age=0')) jar.delete(pair.slice(0, at))
        else jar.set(pair.slice(0, at), pair.slice(at + 1))
      }
      const location = response.headers.get('location')
      if (location === null || init.stay) return { url, response, jar }
      url = new URL(location, url).href
      init = {}
    }
    throw new Error(`redirected too often, last to ${url}`)
  }
}

describe('sign-in', () => {
  const ORIGIN = 'https://repo.example'
  let provider
  let issuer
  before(async () => {
    provider = createServer((request, response) => answer(request, response))
    await new Promise((resolve) => provider.listen(0, '127.0.0.1', resolve))
    issuer = `http://127.0.0.1:${provider.address().port}`
    const oidc = new Provider(issuer, {
      clients: [
        {
          client_id: 'lictor',
          client_secret: 'a secret of at least thirty-two characters',
          redirect_uris: [`${ORIGIN}/auth/callback`],
        },
      ],
      cookies: { keys: ['k'] },
      features: { devInteractions: { enabled: false } },
      // Says yes to every question, as user `3`.
      interactions: { url: (_, { uid }) => `/yes/${uid}` },
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    })
    const callback = oidc.callback()
    answer = async (request, response) => {
      if (!request.url.startsWith('/yes/')) return callback(request, response)
      const { prompt, params, session } = await oidc.interactionDetails(request, response)
      if (prompt.name === 'login') {
        return oidc.interactionFinished(request, response, { login: { accountId: '3' } })
      }
      const grant = new oidc.Grant({ accountId: session.accountId, clientId: params.client_id })
      grant.addOIDCScope('openid')
      return oidc.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
    }
  })
  let answer
  after(() => provider.close())

  async function host(options = {}) {
    const signIn = oidcSignIn({
      issuer,
      clientId: 'lictor',
      clientSecret: 'a secret of at least thirty-two characters',
      origin: ORIGIN,
      ...options,
    })
    const { handler, errors } = await serverWith({
      contract: false,
      origin: ORIGIN,
      routes: signIn.routes,
      described: signIn.described,
      authenticate: firstOf(bearerTokens({ script: { type: 'system' } }), signIn.authenticate),
      now: () => clock,
    })
    let clock = Date.now()
    const check = await contractOf(handler, { origin: ORIGIN, base: '' })
    const ask = async (url, init = {}) => {
      const response = await handler(new Request(url, init))
      const { pathname, search } = new URL(url)
      check(init.method ?? 'GET', pathname + search, response, await response.clone().text())
      return response
    }
    const visit = browser((url) => (url.startsWith(ORIGIN) ? ask : fetch))
    return { ask, visit, errors, pass: (ms) => (clock += ms) }
  }

  test('from nobody to a session and back, which decides as that user', async () => {
    const { visit, errors } = await host()
    assert.equal((await visit(`${ORIGIN}/A/a-pending`)).response.status, 404)
    const back = await visit(`${ORIGIN}/auth/login?return=/A/a-pending`)
    assert.equal(back.url, `${ORIGIN}/A/a-pending`)
    assert.equal(back.response.status, 200)
    assert.equal((await back.response.json()).actions.approve, 'allow')
    assert.deepEqual([...back.jar.keys()], ['lictor_session'])
    const session = await visit(`${ORIGIN}/auth/session`)
    assert.deepEqual(await session.response.json(), { subject: { type: 'user', id: '3' } })
    assert.equal((await visit(`${ORIGIN}/auth/logout`, { method: 'POST' })).response.status, 204)
    assert.equal((await visit(`${ORIGIN}/A/a-pending`)).response.status, 404)
    assert.deepEqual(errors, [])
  })

  test('cookies are hidden from scripts, sent by this site only, and over TLS', async () => {
    const { visit } = await host()
    const { response } = await visit(`${ORIGIN}/auth/login`, { stay: true })
    const [cookie] = response.headers.getSetCookie()
    for (const attribute of ['HttpOnly', 'SameSite=Lax', 'Secure', 'Path=/'])
      assert.ok(cookie.includes(attribute), cookie)
  })

  test('a session ends by itself, and one that was forged is none', async () => {
    const { visit, ask, pass } = await host({ session: 60 })
    const { jar } = await visit(`${ORIGIN}/auth/login?return=/A/a-pending`)
    const cookie = `lictor_session=${jar.get('lictor_session')}`
    const status = async (value) => (await ask(`${ORIGIN}/A/a-pending`, { headers: { cookie: value } })).status
    assert.equal(await status(cookie), 200)
    const body = decodeURIComponent(cookie)
    assert.equal(await status(encodeURI(body.replace('"id":"3"', '"id":"9"'))), 404)
    assert.equal(await status(`${cookie.slice(0, -3)}AAA`), 404)
    assert.equal(await status(`lictor_session=${jar.get('lictor_session').slice(0, 20)}`), 404)
    assert.equal(await status(cookie.replace('lictor_session', 'lictor_login')), 404)
    pass(61_000)
    assert.equal(await status(cookie), 404)
  })

  test("another site cannot write in a reader's name", async () => {
    const { visit, ask } = await host()
    const { jar } = await visit(`${ORIGIN}/auth/login?return=/A/a-pending`)
    const headers = { cookie: `lictor_session=${jar.get('lictor_session')}` }
    const approve = (more) => ask(`${ORIGIN}/A/a-pending/approve`, { method: 'POST', headers: { ...headers, ...more } })
    assert.equal((await approve({ 'sec-fetch-site': 'cross-site' })).status, 404)
    assert.equal((await approve({ 'sec-fetch-site': 'same-origin' })).status, 202)
  })

  test('a callback that was not begun here, answers another, or says no, signs nobody in', async () => {
    const { visit, ask } = await host()
    assert.equal((await ask(`${ORIGIN}/auth/callback?code=x&state=y`)).status, 400)
    const begun = await visit(`${ORIGIN}/auth/login`, { stay: true })
    const cookie = `lictor_login=${begun.jar.get('lictor_login')}`
    const state = new URL(begun.response.headers.get('location')).searchParams.get('state')
    for (const query of [
      `code=x&state=other&iss=${issuer}`,
      `error=access_denied&state=${state}&iss=${issuer}`,
      `code=forged&state=${state}&iss=${issuer}`,
    ]) {
      const refused = await ask(`${ORIGIN}/auth/callback?${query}`, { headers: { cookie } })
      assert.equal(refused.status, 400, query)
      assert.equal((await refused.json()).code, 'sign_in_failed')
      assert.ok(!refused.headers.getSetCookie().some((one) => one.startsWith('lictor_session')))
    }
  })

  test('nobody is sent to another site', async () => {
    const { ask } = await host()
    for (const path of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/a\r\nx',
    ]) {
      const refused = await ask(`${ORIGIN}/auth/login?return=${encodeURIComponent(path)}`)
      assert.equal(refused.status, 400, path)
    }
  })

  test('the host says whom an account is here, and may refuse it', async () => {
    const mapped = await host({ subject: ({ sub }) => ({ type: 'user', id: `orcid:${sub}` }) })
    await mapped.visit(`${ORIGIN}/auth/login`)
    const { response } = await mapped.visit(`${ORIGIN}/auth/session`)
    assert.deepEqual((await response.json()).subject, { type: 'user', id: 'orcid:3' })
    const refusing = await host({ subject: () => null })
    assert.equal((await refusing.visit(`${ORIGIN}/auth/login`)).response.status, 403)
  })

  test('a provider that is down is said to be', async () => {
    const { ask } = await host({ issuer: 'http://127.0.0.1:9' })
    const down = await ask(`${ORIGIN}/auth/login`)
    assert.deepEqual([down.status, (await down.json()).code], [503, 'provider_unreachable'])
  })

  test('scripts use tokens beside it', async () => {
    const { ask } = await host()
    const headers = { authorization: 'Bearer script' }
    assert.equal((await ask(`${ORIGIN}/A/a-editing`, { headers })).status, 200)
  })
})
