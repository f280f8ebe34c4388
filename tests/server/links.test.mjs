// Secret links over REST: `?token=` of whoever holds one, made by the server or read by the host's own hook.
import assert from 'node:assert/strict'
import test from 'node:test'
import { signedLinks } from 'lictor/server'
import { repository } from './repository-world.mjs'

const SECRET = 'a secret of thirty-two bytes, or more'
const ids = ({ json }) => json.hits.hits.map(({ id }) => id)

test('a link is made with its token, opens what it is for, and nothing once it is taken back', async () => {
  const { ask, errors } = await repository({ links: signedLinks(SECRET) })
  const link = (who, body) => ask(who, 'POST', '/open/shut/link', { body })
  assert.equal((await link('stranger', { permission: 'view' })).status, 404)
  const { made, metadata } = (await link('member', { permission: 'view' })).json
  assert.deepEqual(metadata.access.links, [{ id: made.link, permission: 'view' }])
  const at = `/open/shut?token=${made.token}`
  for (const who of [null, 'stranger']) {
    assert.equal((await ask(who, 'GET', '/open/shut')).status, 404)
    const shown = await ask(who, 'GET', at)
    assert.deepEqual([shown.status, shown.json.metadata.access.links], [200, undefined])
    assert.equal((await ask(who, 'GET', '/open/pub?token=' + made.token)).status, 200)
    assert.equal((await ask(who, 'GET', '/hidden/inside?token=' + made.token)).status, 404)
    assert.ok(ids(await ask(who, 'GET', `/open/?token=${made.token}`)).includes('shut'))
    assert.ok(!ids(await ask(who, 'GET', '/open/')).includes('shut'))
    assert.equal(
      (await ask(who, 'POST', `/open/shut/grant?token=${made.token}`, { body: {} })).json.code,
      'missing_parameter',
    )
  }
  const sooner = { link: made.link, permission: 'view', expires_at: '2026-11-23' }
  assert.equal((await link('member', sooner)).status, 202)
  assert.equal((await link('member', { ...sooner, expires_at: '2027-01-01' })).status, 409)
  const unlinked = await ask('member', 'POST', '/open/shut/unlink', { body: { link: made.link } })
  assert.equal(unlinked.status, 202)
  assert.deepEqual(await ask(null, 'GET', at), await ask(null, 'GET', '/open/nosuch'))
  assert.deepEqual(errors, [])
})

test('who holds a link that lets them edit, edits', async () => {
  const { ask } = await repository({ links: signedLinks(SECRET) })
  const { token } = (await ask('member', 'POST', '/open/draft/link', { body: { permission: 'edit' } })).json.made
  const patch = (query) => ask(null, 'PATCH', `/open/draft${query}`, { body: { title: 'Better' } })
  assert.equal((await patch('')).status, 404)
  assert.equal((await patch(`?token=${token}`)).json.metadata.title, 'Better')
})

test('a token that is for nothing is as none', async () => {
  const { ask } = await repository({ links: signedLinks(SECRET) })
  const { token } = (await ask('member', 'POST', '/open/shut/link', { body: { permission: 'view' } })).json.made
  const [id, mark] = token.split('.')
  const other = await signedLinks('another secret of thirty-two bytes').token('x')
  const none = await ask('stranger', 'GET', '/open/shut')
  for (const bad of [
    'x',
    id,
    `${id}.`,
    `.${mark}`,
    `${id}.${mark.slice(1)}`,
    `${mark}.${id}`,
    `${token}.x`,
    other,
    'a.b',
  ])
    assert.deepEqual(await ask('stranger', 'GET', `/open/shut?token=${bad}`), none, bad)
  assert.equal((await ask('stranger', 'GET', `/open/shut?token=${token}&token=${token}`)).status, 400)
  for (const bad of ['', '%00', '%F0%9F%92%A9', 'x'.repeat(2049)])
    assert.equal((await ask('stranger', 'GET', `/open/shut?token=${bad}`)).status, 400, bad)
  assert.throws(() => signedLinks('short'), /32 bytes/)
})

test('a host may read tokens its own way; without a way there are none', async () => {
  const { ask } = await repository({ links: { resolve: (token) => (token === 'sesame' ? 'l1' : null) } })
  const body = { link: 'l1', permission: 'view' }
  assert.equal((await ask('member', 'POST', '/open/shut/link', { body })).json.made, undefined)
  assert.equal((await ask(null, 'GET', '/open/shut?token=sesame')).status, 200)
  assert.equal((await ask(null, 'GET', '/open/shut?token=other')).status, 404)
  const closed = await repository()
  assert.equal((await closed.ask(null, 'GET', '/open/pub?token=sesame')).status, 400)
})

test('links go up to edit', async () => {
  const { ask } = await repository({ links: signedLinks(SECRET) })
  const made = await ask('member', 'POST', '/open/shut/link', { body: { permission: 'manage' } })
  assert.equal(made.status, 400)
})
