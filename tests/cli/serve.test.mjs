// `serve` and `demo` as processes: where they listen, whom they believe, how they end.
import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { ended, makeFolder } from './run.mjs'
import { checkShape } from './shapes.mjs'

let folder
beforeEach(() => {
  folder = makeFolder()
})
afterEach(() => folder.remove())

/** Starts a command and gives what it says of itself, and a way to end it. */
async function started(t, ...args) {
  const child = folder.start(...args, '--json', '--port', '0')
  const result = ended(child)
  t.after(() => child.kill('SIGKILL'))
  let text = ''
  const about = await new Promise((resolve, reject) => {
    child.stdout.on('data', (part) => {
      text += part
      if (text.endsWith('}\n')) resolve(JSON.parse(text))
    })
    result.then(({ code, err }) => reject(new Error(`ended with ${code}: ${err}`)))
  })
  return {
    about,
    get: (path, headers = {}) => get(`${about.url}${path}`, headers),
    async stop(signal) {
      child.kill(signal)
      return result
    },
  }
}

/** Not `fetch`: that lets nobody name another host. */
function get(url, headers) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode, text }))
    })
    asked.on('error', reject).end()
  })
}

describe('serve', () => {
  test('lets in the accounts of the store, and out who is deactivated meanwhile', async (t) => {
    const made = await folder.lictor(
      'users',
      'create',
      'ada@example.org',
      '--password',
      'secret123',
      '-a',
      '-c',
      '--id',
      '7',
    )
    assert.equal(made.code, 0, made.err)
    const server = await started(t, 'serve', '--passwords')
    assert.equal(server.about.sign_in, 'passwords')
    const login = (password) =>
      fetch(`${server.about.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login: 'ada@example.org', password }),
      })
    assert.equal((await login('secret124')).status, 401)
    const signed = await login('secret123')
    assert.equal(signed.status, 200)
    const cookie = signed.headers.getSetCookie()[0].split(';')[0]
    const subject = async () => JSON.parse((await server.get('/auth/session', { cookie })).text).subject
    assert.deepEqual(await subject(), { type: 'user', id: '7' })
    assert.equal((await folder.lictor('users', 'deactivate', '7')).code, 0)
    assert.deepEqual(await subject(), { type: 'anonymous' })
    assert.equal((await login('secret123')).status, 401)
    assert.equal((await server.stop('SIGTERM')).code, 0)
  })

  test('whoever else says who asks, a deactivated account is nobody', async (t) => {
    assert.equal((await folder.lictor('users', 'create', 'ada@example.org', '--random', '-c', '--id', '7')).code, 0)
    const server = await started(t, 'serve', '--dev-trust-header', 'x-user')
    const makes = async () => {
      const headers = { 'x-user': '7', 'content-type': 'application/json' }
      const body = JSON.stringify({
        subject: { type: 'user', id: '7' },
        action: { name: 'read' },
        resource: { type: 'record', id: 'r' },
      })
      return (await fetch(`${server.about.url}/access/v1/evaluation`, { method: 'POST', headers, body })).status
    }
    // To ask about oneself one has to be somebody.
    assert.notEqual(await makes(), 200)
    assert.equal((await folder.lictor('users', 'activate', '7')).code, 0)
    assert.equal(await makes(), 200)
    assert.equal((await server.stop('SIGTERM')).code, 0)
  })

  test('administrators manage accounts over REST, and see those of the commands', async (t) => {
    for (const id of ['7', '8'])
      assert.equal((await folder.lictor('users', 'create', `${id}@example.org`, '--random', '-ac', '--id', id)).code, 0)
    assert.equal((await folder.lictor('access', 'allow', 'administration-access', 'user', '7')).code, 0)
    const server = await started(t, 'serve', '--dev-trust-header', 'x-user')
    const accounts = (user) => server.get('/admin/accounts/', { 'x-user': user })
    assert.equal((await accounts('8')).status, 403)
    const { hits } = JSON.parse((await accounts('7')).text)
    assert.deepEqual(
      hits.hits.map(({ email }) => email),
      ['7@example.org', '8@example.org'],
    )
    assert.equal((await server.stop('SIGTERM')).code, 0)
  })

  for (const policy of ['invenio-rdm-36', 'invenio-communities-29']) {
    test(`serves upstream's preset ${policy}`, async (t) => {
      const server = await started(t, 'serve', '--policy', policy, '--dev-trust-header', 'x-user')
      assert.equal(server.about.policy, policy)
      const run = (...args) => folder.lictor(...args, '--policy', policy)
      assert.equal(
        (await folder.lictor('--policy', policy, 'communities', 'create', 'plain', 'Plain', '--as', '1')).code,
        0,
      )
      assert.equal((await run('members', 'invite', 'plain', 'reader', '7', '--id', 'i1', '--as', '1')).code, 0)
      const listed = async (user) => JSON.parse((await server.get('/requests', { 'x-user': user })).text).hits.hits
      assert.deepEqual(
        (await listed('7')).map(({ id, metadata }) => [id, metadata.$type]),
        [['i1', 'community-invitation']],
      )
      assert.deepEqual(await listed('8'), [])
      const { status } = await server.get('/records', { 'x-user': '7' })
      assert.equal(status, policy === 'invenio-rdm-36' ? 200 : 404)
      assert.equal((await server.stop('SIGTERM')).code, 0)
    })
  }

  test('listens on loopback, makes the store, knows nobody, and ends at a signal', async (t) => {
    const server = await started(t, 'serve')
    checkShape('serve', server.about)
    assert.match(server.about.url, /^http:\/\/127\.0\.0\.1:\d+$/)
    assert.deepEqual(await server.get('/communities/'), { status: 200, text: '[]' })
    // Another process writes, and the server sees it.
    assert.equal((await folder.lictor('communities', 'create', 'cesnet', 'CESNET')).code, 0)
    assert.equal(JSON.parse((await server.get('/communities/')).text)[0].id, 'cesnet')
    assert.equal(JSON.parse((await server.get('/openapi.json')).text).openapi, '3.1.0')
    const { code, err } = await server.stop('SIGTERM')
    assert.deepEqual([code, err], [0, ''])
  })

  test('believes tokens of a file', async (t) => {
    const token = 'a-token-of-some-length'
    writeFileSync(join(folder.path, 'tokens.txt'), `# people\n4 ${token}\n`)
    chmodSync(join(folder.path, 'tokens.txt'), 0o600)
    const server = await started(t, 'serve', '--tokens', 'tokens.txt')
    assert.equal(server.about.sign_in, 'bearer tokens')
    assert.equal((await server.get('/communities/', { authorization: `Bearer ${token}` })).status, 200)
    assert.equal((await server.get('/communities/', { authorization: 'Bearer another' })).status, 401)
    assert.equal((await server.stop('SIGINT')).code, 0)
  })

  test('believes a header only in development: on loopback, and asked by that name', async (t) => {
    const server = await started(t, 'serve', '--dev-trust-header', 'x-user')
    assert.match(server.about.sign_in, /development/)
    assert.equal((await server.get('/communities/', { 'x-user': '4' })).status, 200)
    assert.equal((await server.get('/communities/', { 'x-user': '4', host: 'evil.example' })).status, 421)
    assert.equal((await server.stop('SIGINT')).code, 0)
    const open = await folder.json('serve', '--dev-trust-header', 'x-user', '--host', '0.0.0.0')
    assert.equal(open.code, 2)
    const both = await folder.json('serve', '--dev-trust-header', 'x-user', '--tokens', 'tokens.txt')
    assert.equal(both.code, 2)
  })

  test('says that the port is taken', async (t) => {
    const server = await started(t, 'serve')
    const { code, value } = await folder.json('serve', '--port', new URL(server.about.url).port)
    assert.deepEqual([code, value.error.code], [1, 'address'])
    assert.match(value.error.message, /--port 0/)
  })
})

describe('demo', () => {
  test('has users to be, who may do different things, and keeps nothing', async (t) => {
    const demo = await started(t, 'demo')
    checkShape('demo', demo.about)
    const seen = async (name) => {
      const user = demo.about.users.find((one) => one.name === name)
      const { status, text } = await demo.get('/astro/flare', user && { authorization: `Bearer ${user.token}` })
      return status === 200 ? JSON.parse(text) : status
    }
    assert.equal(typeof (await seen('ben')), 'object')
    assert.equal(typeof (await seen('ann')), 'object')
    assert.equal(await seen('max'), 404)
    assert.equal(await seen(undefined), 404)
    assert.equal((await demo.get('/astro/survey')).status, 200)
    assert.equal((await demo.get('/communities/', { host: 'evil.example' })).status, 421)
    assert.equal((await demo.stop('SIGINT')).code, 0)
    assert.equal((await folder.shell('ls')).out, '')
  })

  test('is for this machine, and has a store and policy of its own', async () => {
    for (const args of [
      ['demo', '--host', '0.0.0.0'],
      ['demo', '--store', 'x.db'],
      ['--policy', 'oarepo', 'demo'],
    ]) {
      const { code } = await folder.json(...args)
      assert.equal(code, 2, args.join(' '))
    }
  })
})
