// REST of communities, records, lists and grants, as `domain.md` names it.
import assert from 'node:assert/strict'
import test from 'node:test'
import { facts, ORIGIN, serverWith } from './world.mjs'

test('communities: the list, one, and who sees what it grants', async () => {
  const { ask } = await serverWith()
  const list = await ask(null, 'GET', '/communities/')
  assert.deepEqual(list.json[0], {
    id: 'A',
    title: 'Alpha',
    type: 'Project',
    metadata: { description: 'first' },
    links: { self: `${ORIGIN}/communities/A` },
  })
  assert.deepEqual(
    list.json.map(({ id }) => id),
    ['A', 'B'],
  )
  assert.deepEqual(
    (await ask('insider', 'GET', '/communities/')).json.map(({ id }) => id),
    ['A', 'B', 'secret'],
  )
  assert.equal((await ask('stranger', 'GET', '/communities/A')).json.actions, undefined)
  for (const who of ['member', 'curator', 'publisher', 'root']) {
    const { actions } = (await ask(who, 'GET', '/communities/A')).json
    assert.deepEqual(actions['community-publish'], ['publisher'], who)
  }
  const missing = await ask(null, 'GET', '/communities/nosuch')
  assert.equal(missing.status, 404)
  assert.equal(typeof missing.json.message, 'string')
})

test('a community is made by who may, with default grants, once', async () => {
  const { ask, store } = await serverWith()
  const body = { id: 'new', title: 'New', type: 'project', metadata: { description: 'd' } }
  assert.equal((await ask(null, 'POST', '/communities/', { body })).status, 401)
  assert.equal((await ask('member', 'POST', '/communities/', { body })).status, 403)
  const made = await ask('admin', 'POST', '/communities/', { body })
  assert.equal(made.status, 201)
  assert.equal(made.headers.location, `${ORIGIN}/communities/new`)
  assert.equal(made.json.type, 'Project')
  const { communities } = await store.facts([{ relation: 'community', id: 'new' }])
  assert.deepEqual(communities.new.grants.member, ['create', 'read'])
  const again = await ask('admin', 'POST', '/communities/', { body })
  assert.equal(again.status, 409)
  assert.equal(again.json.code, 'duplicate')
})

test('a community cannot take the name of a route', async () => {
  const { ask } = await serverWith()
  for (const id of ['communities', 'sync', 'access', 'openapi.json', 'auth', '.well-known']) {
    const refused = await ask('admin', 'POST', '/communities/', { body: { id, title: 'x' } })
    assert.equal(refused.status, 400, id)
    assert.equal(refused.json.path, 'body.id')
  }
})

test('grants are changed by administrators, and what is so already is said', async () => {
  const { ask } = await serverWith()
  const body = { do: 'allow', role: 'member', actions: ['update', 'read'] }
  assert.equal((await ask('curator', 'POST', '/communities/A/actions', { body })).status, 403)
  const changed = await ask('root', 'POST', '/communities/A/actions', { body })
  assert.equal(changed.status, 200)
  assert.deepEqual(changed.json.notes, ['added: community-update to member', 'there already: community-read to member'])
  assert.ok(changed.json.actions['community-update'].includes('member'))
  const seen = await ask('member', 'GET', '/communities/A/actions')
  assert.deepEqual(seen.json.actions, changed.json.actions)
  assert.equal((await ask('stranger', 'GET', '/communities/A/actions')).status, 403)
  const unknown = await ask('root', 'POST', '/communities/A/actions', { body: { ...body, role: 'nobody' } })
  assert.equal(unknown.status, 400)
  assert.equal(unknown.json.path, 'body.role')
})

test('a record from its making to its publication', async () => {
  const { ask } = await serverWith()
  const made = await ask('member', 'POST', '/A/', { body: { title: 'mine' } })
  assert.equal(made.status, 201)
  const { id } = made.json
  assert.equal(made.headers.location, `${ORIGIN}/A/${id}`)
  assert.deepEqual(Object.keys(made.json.links.transitions).sort(), ['delete', 'request-approval'])
  const path = `/A/${id}`
  const patched = await ask('member', 'PATCH', path, { body: { title: 'ours', note: { a: 1 } } })
  assert.equal(patched.json.metadata.title, 'ours')
  const merged = await ask('member', 'PATCH', path, {
    body: { note: { a: null, b: 2 } },
    type: 'application/merge-patch+json',
  })
  assert.deepEqual(merged.json.metadata.note, { b: 2 })
  const { note: _, ...whole } = merged.json.metadata
  const put = await ask('member', 'PUT', path, { body: { ...whole, title: 'all' } })
  assert.equal(put.status, 200)
  assert.equal(put.json.metadata.title, 'all')
  assert.equal(put.json.metadata.note, undefined)
  for (const [who, name, status] of [
    ['curator', 'request-changes', 400],
    ['member', 'request-approval', 202],
    ['member', 'approve', 403],
    ['curator', 'approve', 202],
    ['curator', 'publish', 403],
    ['publisher', 'publish', 202],
  ]) {
    assert.equal((await ask(who, 'POST', `${path}/${name}`)).status, status, `${who} ${name}`)
  }
  const published = await ask(null, 'GET', path)
  assert.equal(published.status, 200)
  assert.equal(published.json.metadata['oarepo:recordStatus'], 'published')
  assert.deepEqual(published.json.links, { self: `${ORIGIN}${path}`, transitions: {} })
})

test('what a client may not write', async () => {
  const { ask } = await serverWith()
  const body = (more) => ({ body: { title: 'x', ...more } })
  for (const [more, code] of [
    [{ 'oarepo:primaryCommunity': 'B' }, 'community_mismatch'],
    [{ 'oarepo:recordStatus': 'published' }, 'state_immutable'],
    [{ 'oarepo:secondaryCommunities': ['B'] }, 'secondary_consent'],
    [{ access: { owned_by: [{ user: 9 }] } }, 'owners_immutable'],
    [{ access: { owned_by: [{ user: 2, more: 1 }] } }, 'invalid_owners'],
  ]) {
    const refused = await ask('member', 'POST', '/A/', body(more))
    assert.deepEqual([refused.status, refused.json.code], [400, code])
    assert.match(refused.json.path, /^body/)
  }
  for (const [more, status, code] of [
    [{ 'oarepo:primaryCommunity': 'B' }, 400, 'community_immutable'],
    [{ 'oarepo:recordStatus': 'published' }, 403, 'state_immutable'],
    [{ 'oarepo:secondaryCommunities': ['B'] }, 400, 'secondary_consent'],
    [{ access: { owned_by: [{ user: 9 }] } }, 400, 'owners_immutable'],
  ]) {
    const refused = await ask('owner', 'PATCH', '/A/a-editing', { body: more })
    assert.deepEqual([refused.status, refused.json.code], [status, code])
  }
})

test('a reader who is shown a part of a record may write back what it was shown', async () => {
  const { ask, store } = await serverWith()
  const { json } = await ask('root', 'GET', '/A/a-published')
  assert.deepEqual(json.metadata['oarepo:secondaryCommunities'], ['secret'])
  const world = facts()
  world.records['a-mixed'] = { ...world.records['a-editing'], 'oarepo:secondaryCommunities': ['B', 'secret'] }
  const part = await serverWith({ world })
  const shown = (await part.ask('owner', 'GET', '/A/a-mixed')).json
  assert.deepEqual(shown.metadata['oarepo:secondaryCommunities'], ['B'])
  assert.deepEqual(shown.missing, [['oarepo:secondaryCommunities']])
  const put = await part.ask('owner', 'PUT', '/A/a-mixed', { body: { ...shown.metadata, title: 'again' } })
  assert.equal(put.status, 200)
  const { records } = await part.store.facts([{ relation: 'record', id: 'a-mixed' }])
  assert.deepEqual(records['a-mixed']['oarepo:secondaryCommunities'], ['B', 'secret'])
  assert.equal(records['a-mixed'].title, 'again')
  await store.close()
})

test('links stay under the primary community, and another path of the record reads it too', async () => {
  const { ask } = await serverWith()
  const { json, status } = await ask('curator', 'GET', '/A/b-published')
  assert.equal(status, 200)
  assert.equal(json.links.self, `${ORIGIN}/B/b-published`)
})

test('a delete is the transition: the owner may, in the right state, and it is gone from lists', async () => {
  const { ask } = await serverWith()
  assert.equal((await ask(null, 'DELETE', '/A/a-published')).status, 401)
  assert.equal((await ask('owner', 'DELETE', '/A/a-published')).status, 400)
  assert.equal((await ask('owner', 'DELETE', '/A/a-editing')).status, 204)
  const list = await ask('root', 'GET', '/A/?state=editing')
  assert.deepEqual(list.json.hits.hits, [])
  assert.equal((await ask('owner', 'GET', '/A/a-editing')).json.metadata['oarepo:recordStatus'], 'deleted')
})

test('ETags: by content, for reading and for writing', async () => {
  const { ask } = await serverWith()
  const first = await ask('owner', 'GET', '/A/a-editing')
  const { etag } = first.headers
  const again = await ask('owner', 'GET', '/A/a-editing', { headers: { 'if-none-match': `"other", W/${etag}` } })
  assert.deepEqual([again.status, again.text], [304, ''])
  const stale = { headers: { 'if-match': '"stale"' } }
  for (const [method, path, body] of [
    ['PATCH', '/A/a-editing', { title: 'x' }],
    ['PUT', '/A/a-editing', { ...first.json.metadata, title: 'x' }],
    ['POST', '/A/a-editing/request-approval'],
    ['DELETE', '/A/a-editing'],
  ]) {
    assert.equal((await ask('owner', method, path, { body, ...stale })).status, 412, method)
  }
  const changed = await ask('owner', 'PATCH', '/A/a-editing', { body: { title: 'x' }, headers: { 'if-match': etag } })
  assert.equal(changed.status, 200)
  assert.notEqual(changed.headers.etag, etag)
  assert.equal((await ask('owner', 'GET', '/A/a-editing')).headers.etag, changed.headers.etag)
  // A change of nothing is no change.
  const same = await ask('owner', 'PATCH', '/A/a-editing', { body: { title: 'x' } })
  assert.equal(same.headers.etag, changed.headers.etag)
})

test('HEAD is GET without a body, OPTIONS tells the methods, the rest is 405', async () => {
  const { ask } = await serverWith()
  for (const path of ['/communities/', '/communities/A', '/A/', '/A/a-published', '/openapi.json']) {
    const head = await ask(null, 'HEAD', path)
    const get = await ask(null, 'GET', path)
    assert.deepEqual([head.status, head.text], [200, ''], path)
    assert.deepEqual(head.headers, get.headers, path)
  }
  const options = await ask(null, 'OPTIONS', '/A/a-published')
  assert.equal(options.status, 204)
  assert.equal(options.headers.allow, 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS')
  for (const [method, path, allow] of [
    ['DELETE', '/communities/A', 'GET, HEAD, OPTIONS'],
    ['PUT', '/A/', 'GET, POST, HEAD, OPTIONS'],
    ['GET', '/A/a-published/publish', 'POST, OPTIONS'],
    ['GET', '/access/v1/evaluation', 'POST, OPTIONS'],
  ]) {
    const refused = await ask(null, method, path)
    assert.deepEqual([refused.status, refused.headers.allow], [405, allow], `${method} ${path}`)
    assert.equal(refused.json.code, 'method_not_allowed')
  }
})

test('the server can stand under a path, and be reached under another origin', async () => {
  const { ask } = await serverWith({ base: '/api', origin: 'https://outside.example' })
  assert.equal((await ask(null, 'GET', '/communities/')).status, 404)
  const { json } = await ask(null, 'GET', '/api/communities/')
  assert.equal(json[0].links.self, 'https://outside.example/api/communities/A')
  const record = await ask('owner', 'GET', '/api/A/a-editing')
  assert.equal(record.json.links.self, 'https://outside.example/api/A/a-editing')
  const list = await ask('owner', 'GET', '/api/A/?size=1')
  assert.match(list.json.links.next, /^https:\/\/outside\.example\/api\/A\/\?size=1&after=/)
})

test('handlers that cannot work are refused when they are made', async () => {
  for (const [options, message] of [
    [{ base: 'api/' }, /base/],
    [{ authenticate: undefined }, /authenticate/],
    [{ store: {} }, /host store/],
    [{ engine: {} }, /engine/],
    [{ limits: { body: 0 } }, /limits\.body/],
  ]) {
    await assert.rejects(serverWith(options), message)
  }
})

test('whoever may change a record and not read it, as an older preset allows, is told that it is written', async () => {
  const world = facts()
  const record = { 'oarepo:primaryCommunity': 'A', 'oarepo:recordStatus': 'pending-approval', 'oarepo:ownedBy': 1 }
  world.records = { r: record }
  world.communities.A.grants = { publisher: ['update'] }
  const { ask, store } = await serverWith({ world, policy: 'oarepo-3.0.5' })
  assert.equal((await ask('publisher', 'GET', '/A/r')).status, 403)
  const written = await ask('publisher', 'PATCH', '/A/r', { body: { title: 'new' } })
  assert.deepEqual([written.status, written.text], [204, ''])
  const { records } = await store.facts([{ relation: 'record', id: 'r' }])
  assert.deepEqual(records.r, { ...record, title: 'new' })
})
