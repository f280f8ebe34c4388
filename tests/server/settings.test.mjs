// Communities over REST under the preset `repository`: made, changed, deleted, brought back; what the host counts for it.
import assert from 'node:assert/strict'
import test from 'node:test'
import { repository, world } from './repository-world.mjs'
import { stores } from './stores.mjs'

test('settings are shown to whoever sees the community, and changed by its administrators', async () => {
  const { ask } = await repository()
  const { json } = await ask(null, 'GET', '/communities/closed')
  assert.deepEqual([json.access.visibility, json.access.record_submission_policy], ['public', 'members'])
  const patch = (who, body, headers = {}) => ask(who, 'PATCH', '/communities/closed', { body, headers })
  assert.equal((await patch('stranger', { access: { review_policy: 'open' } })).status, 403)
  assert.equal((await patch(null, { access: { review_policy: 'open' } })).status, 401)
  const changed = await patch('admin', { access: { review_policy: 'open' }, metadata: { about: 'x' } })
  assert.deepEqual([changed.json.access.review_policy, changed.json.metadata], ['open', { about: 'x' }])
  const unknown = await patch('admin', { access: { review_policy: 'maybe' } })
  assert.deepEqual(
    [unknown.status, unknown.json.code, unknown.json.path],
    [400, 'unknown_value', 'body.access.review_policy'],
  )
  const other = await patch('admin', { access: { more: 'x' } })
  assert.deepEqual([other.json.code, other.json.path], ['unknown_field', 'body.access.more'])
  assert.equal((await patch('admin', { grants: { member: [] } })).json.code, 'field_immutable')
  assert.equal((await patch('admin', { counted: { guarded_records: false } })).json.code, 'field_immutable')
})

test('what is replaced is replaced: settings that are left out are as usual again', async () => {
  const { ask } = await repository()
  const seen = (await ask('admin', 'GET', '/communities/closed')).json
  const same = await ask('admin', 'PUT', '/communities/closed', { body: seen })
  assert.deepEqual([same.status, same.json], [200, seen])
  const put = await ask('admin', 'PUT', '/communities/closed', { body: { title: 'New' } })
  assert.deepEqual([put.json.title, put.json.access.record_submission_policy], ['New', 'open'])
  assert.equal((await ask('admin', 'PUT', '/communities/closed', { body: {} })).json.code, 'invalid_id')
})

test('a change is held to what was seen', async () => {
  const { ask } = await repository()
  const { headers } = await ask('admin', 'GET', '/communities/closed')
  const patch = (title) =>
    ask('admin', 'PATCH', '/communities/closed', { body: { title }, headers: { 'if-match': headers.etag } })
  assert.equal((await patch('One')).status, 200)
  assert.equal((await patch('Two')).status, 412)
})

test('whoever makes a community administers it, with the settings it was made with', async () => {
  const { ask } = await repository()
  const body = { id: 'new', title: 'New', settings: { 'access.visibility': 'restricted' } }
  assert.equal((await ask('stranger', 'POST', '/communities/', { body })).status, 403)
  const made = await ask('founder', 'POST', '/communities/', { body })
  assert.deepEqual([made.status, made.json.access.visibility], [201, 'restricted'])
  const { hits } = (await ask('founder', 'GET', '/communities/new/members')).json.hits
  assert.deepEqual(
    hits.map(({ member, roles }) => [member.id, roles]),
    [['8', ['admin']]],
  )
  assert.equal((await ask('admin', 'GET', '/communities/new')).status, 404)
  for (const id of ['requests', 'records', 'communities']) {
    assert.equal(
      (await ask('founder', 'POST', '/communities/', { body: { id, title: 'T' } })).json.code,
      'invalid_id',
      id,
    )
  }
})

test('a community from elsewhere comes with the words of the variant that is named', async () => {
  const { ask } = await repository()
  const settings = { 'access.review_policy': 'open', 'access.record_submission_policy': 'closed' }
  const take = (who, body) => ask(who, 'POST', '/communities/import', { body: { id: 'new', title: 'New', ...body } })
  const faulty = async (body) => {
    const { status, json } = await take('founder', body)
    return [status, json.code, json.path]
  }
  assert.deepEqual(await faulty({ settings }), [400, 'malformed', 'body.variant'])
  assert.deepEqual(await faulty({ settings, variant: 'invenio' }), [400, 'malformed', 'body.variant'])
  const upstream = { variant: 'invenio-communities-29' }
  const curators = { settings: { 'access.review_policy': 'curators' }, ...upstream }
  assert.deepEqual(await faulty(curators), [400, 'unknown_value', 'body.settings["access.review_policy"]'])
  const colour = { settings: { 'access.colour': 'red' }, ...upstream }
  assert.deepEqual(await faulty(colour), [400, 'unknown_field', 'body.settings["access.colour"]'])
  assert.equal((await take('stranger', { settings, ...upstream })).status, 403)
  assert.equal((await take(null, { settings, ...upstream })).status, 401)
  const { status, json, headers } = await take('founder', { settings, ...upstream })
  assert.deepEqual(
    [status, json.access.review_policy, json.access.record_submission_policy, new URL(headers.location).pathname],
    [201, 'curators', 'members', '/communities/new'],
  )
  assert.equal((await take('founder', upstream)).status, 409)
  // The same words of another variant are other settings.
  const other = await take('founder', { id: 'other', settings, variant: 'communities' })
  assert.equal(other.json.access.review_policy, 'open')
  const named = await ask('founder', 'POST', '/communities/', { body: { id: 'import', title: 'Import' } })
  assert.equal(named.json.code, 'invalid_id')
})

for (const [label, opened] of Object.entries(stores)) {
  test(`what a guard keeps apart is counted, and what waits (${label})`, async () => {
    const facts = world()
    // Enough that it matters how they are looked for; one of them is public.
    for (let n = 0; n < 300; n += 1) {
      const access = { record: n === 170 ? 'public' : 'restricted', files: 'restricted' }
      const communities = n % 2 === 0 ? { primary: 'closed' } : { primary: 'hidden', secondary: ['closed'] }
      facts.records[`r${n}`] = { state: 'published', published_once: true, owners: [{ user: 4 }], communities, access }
    }
    const { ask, store } = await repository({ facts, open: await opened() })
    const looked = []
    const whole = store.all
    store.all = () => assert.fail('everything was loaded')
    const { list } = store
    store.list = async (query) => {
      const page = await list.call(store, query)
      looked.push(page.hits.length)
      return page
    }
    const restrict = () =>
      ask('admin', 'PATCH', '/communities/closed', { body: { access: { visibility: 'restricted' } } })
    assert.deepEqual([(await restrict()).json.code, looked], ['guarded', [1]])
    await store.commit(
      [{ op: 'put', key: { relation: 'record', id: 'r170' }, value: facts.records.r0 }],
      await store.revision(),
    )
    looked.length = 0
    const restricted = await restrict()
    assert.deepEqual([restricted.status, restricted.json.access.visibility, looked], [200, 'restricted', [0]])
    // Nothing of what was counted is kept.
    const stored = await store.facts([{ relation: 'community', id: 'closed' }])
    assert.ok(!('counted' in stored.communities.closed))

    const asked = await ask('stranger', 'POST', '/communities/open/membership-requests')
    const remove = () => ask('admin', 'DELETE', '/communities/open', { body: { reason: 'moved' } })
    assert.equal((await remove()).json.code, 'open_requests')
    assert.equal((await ask('stranger', 'POST', `/requests/${asked.json.request}/cancel`)).status, 202)
    assert.equal((await remove()).status, 204)
    assert.equal((await ask('member', 'GET', '/communities/open')).status, 404)
    assert.deepEqual(
      (await ask('stranger', 'GET', '/communities/')).json.map(({ id }) => id),
      ['quiet'],
    )
    const { deletion } = (await ask('admin', 'GET', '/communities/open')).json
    assert.equal(deletion.reason, 'moved')
    assert.equal((await remove()).json.code, 'wrong_state')
    assert.equal((await ask('member', 'POST', '/communities/open/restore')).status, 404)
    assert.equal((await ask('admin', 'POST', '/communities/open/restore')).status, 200)
    assert.equal((await ask('stranger', 'GET', '/communities/open')).json.deletion, undefined)
    store.all = whole
    await store.close()
  })
}

test('a count that others disturb is made again, and given up in the end', async () => {
  const { ask, store } = await repository()
  const { list } = store
  let disturbed = 1
  let n = 0
  store.list = async (query) => {
    if (disturbed-- > 0) {
      const key = { relation: 'user', id: `u${++n}` }
      await store.commit([{ op: 'put', key, value: { roles: [] } }], await store.revision())
    }
    return list.call(store, query)
  }
  const restrict = () =>
    ask('admin', 'PATCH', '/communities/closed', { body: { access: { visibility: 'restricted' } } })
  assert.equal((await restrict()).status, 200)
  await ask('admin', 'PATCH', '/communities/closed', { body: { access: { visibility: 'public' } } })
  disturbed = 100
  assert.deepEqual([(await restrict()).status, disturbed > 80], [503, true])
})

test('nothing is made in a deleted community: who may know of it is told so, to all others it is not there', async () => {
  const facts = world()
  facts.communities.gone = { ...facts.communities.open, title: 'Gone', deletion: { status: 'deleted' } }
  facts.memberships.push({ community: 'gone', user: 1, role: 'admin' }, { community: 'gone', user: 4, role: 'member' })
  const { ask } = await repository({ facts })
  const status = async (who, path, body) => (await ask(who, 'POST', path, { body })).status
  for (const [who, expected] of Object.entries({ root: 403, founder: 403, admin: 403, member: 404, stranger: 404 })) {
    assert.equal((await ask(who, 'GET', '/communities/gone')).status, expected === 403 ? 200 : 404, who)
    assert.equal(await status(who, '/gone/', { title: 'T' }), expected, who)
    // Whatever the body is: the permission comes first.
    assert.equal(await status(who, '/gone/', { title: 'T', state: 'asleep' }), expected, who)
    assert.equal(await status(who, '/records/', { title: 'T', communities: { primary: 'gone' } }), expected, who)
  }
  assert.equal(await status(null, '/gone/', { title: 'T' }), 404)
  assert.equal(await status('root', '/communities/gone/restore'), 200)
  assert.equal(await status('root', '/gone/', { title: 'T' }), 201)
})
