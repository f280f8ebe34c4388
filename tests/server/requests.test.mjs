// Requests and what records are asked to do, over REST, under the preset `repository`.
import assert from 'node:assert/strict'
import test from 'node:test'
import { repository, world } from './repository-world.mjs'
import { stores } from './stores.mjs'

const ids = ({ json }) => json.hits.hits.map(({ id }) => id)
const pathOf = (url) => new URL(url).pathname + new URL(url).search

test('a record is submitted, reviewed and published; its request goes with it', async () => {
  const { ask, errors } = await repository()
  const sent = await ask('member', 'POST', '/open/draft/request-approval')
  assert.equal(sent.status, 202)
  const { request } = sent.json.made
  assert.deepEqual(sent.json.metadata.review, { community: 'open', creator: 4, request, status: 'submitted' })
  const review = await ask('curator', 'GET', `/requests/${request}`)
  assert.deepEqual([review.json.metadata.status, review.json.metadata.topic], ['submitted', { record: 'draft' }])
  assert.deepEqual(review.json, (await ask('curator', 'GET', `/open/reviews/${request}`)).json)
  assert.equal((await ask('stranger', 'GET', `/requests/${request}`)).status, 404)
  assert.deepEqual(ids(await ask('curator', 'GET', '/requests/?state=submitted')), [request])
  assert.deepEqual(ids(await ask('member', 'GET', '/requests/?owner=me&type=review')), [request])
  assert.deepEqual(ids(await ask('member', 'GET', '/requests/?type=invitation,inclusion')), [])
  assert.deepEqual(ids(await ask('stranger', 'GET', '/requests/')), [])
  assert.equal((await ask('curator', 'POST', '/open/draft/request-changes', { body: {} })).status, 202)
  assert.equal((await ask('curator', 'GET', `/requests/${request}`)).json.metadata.status, 'declined')
  const again = await ask('member', 'POST', '/open/draft/request-approval', { body: { review: true } })
  assert.notEqual(again.json.made.request, request)
  assert.equal((await ask('curator', 'POST', '/open/draft/approve')).json.metadata.state, 'approved')
  assert.equal((await ask('admin', 'POST', '/open/draft/publish')).json.metadata.state, 'published')
  assert.deepEqual(errors, [])
})

test('ids of requests are made by the server', async () => {
  const { ask } = await repository()
  const own = await ask('member', 'POST', '/open/draft/request-approval', { body: { request: 'mine' } })
  assert.deepEqual([own.status, own.json.path], [400, 'body.request'])
  // Who may not do it at all is told that.
  assert.equal(
    (await ask('stranger', 'POST', '/open/draft/request-approval', { body: { request: 'mine' } })).status,
    404,
  )
})

test('a published record joins another community with its consent, and leaves it', async () => {
  const facts = world()
  facts.communities.free = { ...facts.communities.quiet, title: 'Free', access: { review_policy: 'open' } }
  const { ask } = await repository({ facts })
  const include = (community) => ask('member', 'POST', '/open/pub/include', { body: { community } })
  const there = await include('free')
  assert.deepEqual([there.json.metadata.communities.secondary, there.json.made], [['free'], undefined])
  const asked = await include('quiet')
  const { request } = asked.json.made
  assert.equal((await include('quiet')).json.code, 'duplicate')
  assert.equal((await include('nosuch')).status, 404)
  assert.deepEqual(await include('hidden'), await include('hidden'))
  assert.equal((await include('hidden')).json.code, 'guarded')
  assert.deepEqual(ids(await ask('admin', 'GET', '/communities/quiet/requests')), [request])
  assert.equal((await ask('member', 'POST', `/requests/${request}/accept`)).status, 403)
  assert.equal((await ask('admin', 'POST', `/requests/${request}/accept`)).status, 202)
  const { communities } = (await ask(null, 'GET', '/open/pub')).json.metadata
  assert.deepEqual(communities, { primary: 'open', secondary: ['free', 'quiet'] })
  const left = await ask('member', 'POST', '/open/pub/exclude', { body: { community: 'free' } })
  assert.deepEqual(left.json.metadata.communities.secondary, ['quiet'])
})

test('deleted with a tombstone, marked, restored', async () => {
  const { ask } = await repository()
  const post = (who, name, body) => ask(who, 'POST', `/open/pub/${name}`, { body })
  assert.equal((await post('member', 'remove')).status, 403)
  const gone = await post('office', 'remove', { reason: 'spam' })
  assert.deepEqual([gone.status, gone.json.metadata.deletion.reason], [202, 'spam'])
  const tombstone = await ask(null, 'GET', '/open/pub')
  assert.deepEqual([tombstone.status, tombstone.json.tombstone.metadata.title], [410, undefined])
  assert.equal(tombstone.json.tombstone.metadata.deletion.reason, 'spam')
  assert.equal((await ask('member', 'GET', '/open/pub')).json.metadata.title, 'open published')
  assert.equal((await post('office', 'mark')).json.metadata.deletion.marked, true)
  assert.equal((await post('office', 'restore')).status, 403)
  assert.equal((await post('office', 'unmark')).status, 202)
  assert.equal((await post('office', 'restore')).json.metadata.state, 'published')
  assert.equal((await ask(null, 'GET', '/open/pub')).status, 200)
  assert.ok(!ids(await ask(null, 'GET', '/open/?q=nothing')).includes('pub'))
})

test('an embargo is lifted from its day on', async () => {
  const facts = world()
  const embargo = (until) => ({ record: 'restricted', files: 'restricted', embargo: { active: true, until } })
  facts.records.over = { ...facts.records.pub, access: embargo('2026-11-22') }
  facts.records.later = { ...facts.records.pub, access: embargo('2026-11-23') }
  const { ask } = await repository({ facts })
  assert.equal((await ask('stranger', 'POST', '/open/over/lift-embargo')).status, 404)
  assert.equal((await ask('member', 'POST', '/open/later/lift-embargo')).status, 403)
  assert.equal((await ask('member', 'POST', '/open/over/lift-embargo')).json.metadata.access.record, 'public')
  assert.equal((await ask(null, 'GET', '/open/over')).status, 200)
})

test('access is given, asked for and taken back', async () => {
  const facts = world()
  facts.records.files = { ...facts.records.pub, access: { record: 'public', files: 'restricted' } }
  const { ask } = await repository({ facts })
  const asked = await ask('stranger', 'POST', '/open/files/request-access', { body: { message: 'let me see' } })
  const { request } = asked.json.made
  assert.equal((await ask('curator', 'GET', `/requests/${request}`)).json.metadata.message, 'let me see')
  assert.equal((await ask('librarian', 'GET', `/requests/${request}`)).status, 404)
  assert.equal((await ask('stranger', 'GET', '/open/files')).json.actions['read-files'], 'deny')
  assert.equal((await ask('member', 'POST', `/requests/${request}/accept`)).status, 202)
  assert.equal((await ask('stranger', 'GET', '/open/files')).json.actions['read-files'], 'allow')
  const subject = { type: 'user', id: 7 }
  assert.equal((await ask('librarian', 'GET', '/open/shut')).status, 404)
  const grant = { subject, permission: 'view' }
  assert.equal((await ask('member', 'POST', '/open/shut/grant', { body: grant })).status, 202)
  assert.equal((await ask('librarian', 'GET', '/open/shut')).status, 200)
  assert.equal((await ask('member', 'POST', '/open/shut/revoke', { body: { subject } })).status, 202)
  assert.equal((await ask('librarian', 'GET', '/open/shut')).status, 404)
})

test('a record is made in no community, found, and submitted to one', async () => {
  const { ask, errors } = await repository()
  assert.equal((await ask(null, 'POST', '/records/', { body: { title: 'x' } })).status, 401)
  const made = await ask('stranger', 'POST', '/records/', { body: { title: 'alone' } })
  const at = pathOf(made.headers.location)
  assert.deepEqual([made.status, at], [201, `/records/${made.json.id}`])
  assert.equal((await ask('stranger', 'GET', at)).json.links.self, made.headers.location)
  assert.equal((await ask('member', 'GET', at)).status, 404)
  assert.deepEqual(ids(await ask('stranger', 'GET', '/records/?owner=me')), [made.json.id])
  assert.equal((await ask('stranger', 'PATCH', at, { body: { title: 'mine' } })).json.metadata.title, 'mine')
  assert.equal((await ask('stranger', 'POST', `${at}/request-approval`)).json.code, 'missing_parameter')
  const sent = await ask('stranger', 'POST', `${at}/request-approval`, { body: { community: 'open' } })
  assert.equal(sent.status, 202)
  // It belongs to none before it is accepted, so its address stays.
  assert.equal(pathOf(sent.json.links.self), at)
  assert.equal((await ask('curator', 'POST', `${at}/approve`)).status, 202)
  assert.equal((await ask('curator', 'GET', `/open/${made.json.id}`)).json.metadata.communities.primary, 'open')
  assert.equal((await ask('stranger', 'GET', at)).json.links.self, `https://repo.example/open/${made.json.id}`)
  const inOne = await ask('stranger', 'POST', '/records/', { body: { communities: { primary: 'open' } } })
  assert.equal(pathOf(inOne.headers.location), `/open/${inOne.json.id}`)
  assert.equal(
    (await ask('stranger', 'POST', '/records/', { body: { communities: { primary: 'closed' } } })).status,
    403,
  )
  const [hidden, none] = await Promise.all(
    ['hidden', 'nosuch'].map((primary) => ask('stranger', 'POST', '/records/', { body: { communities: { primary } } })),
  )
  assert.deepEqual([hidden.status, hidden.text.replaceAll('hidden', 'nosuch')], [none.status, none.text])
  assert.equal((await ask('stranger', 'DELETE', pathOf(inOne.headers.location))).status, 204)
  assert.deepEqual(errors, [])
})

for (const [label, opened] of Object.entries(stores)) {
  test(`one list of all requests, page by page, as each may read them (${label})`, async () => {
    const facts = world()
    const open = { status: 'submitted', creator: 4 }
    for (let n = 0; n < 40; n += 1) {
      const community = n % 4 === 0 ? 'hidden' : 'open'
      const kinds = [
        { $type: 'review', receiver: { community } },
        { $type: 'inclusion', receiver: { community } },
        { $type: 'membership-request', community },
        { $type: 'invitation', community, receiver: 6 },
      ]
      facts.records[`q${n + 10}`] = { ...open, ...kinds[(n * 7) % 4], ...(n % 5 === 0 && { status: 'accepted' }) }
    }
    const { ask, store } = await repository({ facts, open: await opened() })
    for (const who of [null, 'stranger', 'curator', 'manager', 'insider', 'member', 'root']) {
      const single = []
      for (const id of Object.keys(facts.records).filter((id) => id.startsWith('q')))
        if ((await ask(who, 'GET', `/requests/${id}`)).status === 200) single.push(id)
      for (const [sort, order] of [
        ['id', single],
        ['-id', [...single].reverse()],
      ]) {
        const found = []
        for (let path = `/requests/?sort=${sort}&size=7&total=true`; path;) {
          const page = await ask(who, 'GET', path)
          assert.deepEqual([page.status, page.json.hits.total], [200, single.length], `${who} ${path}`)
          assert.ok(page.json.hits.hits.length <= 7)
          found.push(...ids(page))
          path = page.json.links.next && pathOf(page.json.links.next)
        }
        assert.deepEqual(found, order, `${label} ${who} ${sort}`)
      }
      const waiting = await ask(who, 'GET', '/requests/?state=submitted&sort=id&size=100')
      const states = await Promise.all(single.map((id) => ask(who, 'GET', `/requests/${id}`)))
      const expected = single.filter((_, i) => states[i].json.metadata.status === 'submitted')
      assert.deepEqual(ids(waiting), expected)
    }
    assert.equal((await ask('root', 'GET', '/requests/?type=record')).status, 400)
    await store.close()
  })
}

test('what one may not know of is answered as what does not exist', async () => {
  const facts = world()
  facts.records.secret = { $type: 'invitation', status: 'submitted', creator: 5, community: 'hidden', receiver: 7 }
  const { ask } = await repository({ facts })
  const doors = [
    ['GET', ''],
    ['HEAD', ''],
    ['POST', '/accept'],
    ['POST', '/accept', '{"broken'],
    ['POST', '/nothing'],
    ['PUT', ''],
  ]
  for (const who of [null, 'stranger', 'curator', 'member']) {
    for (const [method, part, body] of doors) {
      const at = (id) => ask(who, method, `/requests/${id}${part}`, { body })
      for (const there of ['secret', 'draft', 'inside', 'pub']) {
        assert.deepEqual(await at(there), await at('nosuch'), `${who} ${method} ${there}${part}`)
      }
    }
  }
  // Whoever is invited to what they may not see can answer all the same.
  const mine = await ask('librarian', 'GET', '/requests/secret')
  assert.equal(mine.status, 200)
  const accepted = await ask('librarian', 'POST', '/requests/secret/accept')
  assert.deepEqual([accepted.status, accepted.json.code], [409, 'wrong_state'])
  assert.equal((await ask('librarian', 'POST', '/requests/secret/decline')).status, 202)
})
