// The presets of upstream Invenio over REST: several types at one address, drafts that are seen by those who preview them, reviews that
// are prepared and submitted, and what concerns the site as a whole.
import assert from 'node:assert/strict'
import test from 'node:test'
import { COMMUNITIES, NOW, RDM, invenio, requestsOnly, world } from './invenio-world.mjs'
import { stores } from './stores.mjs'

const ids = ({ json }) => json.hits.hits.map(({ id }) => id)
const pathOf = (url) => new URL(url).pathname
const DAY = 86_400_000

test('types that share an address are one collection; what holds no records has none', async () => {
  const expected = {
    [RDM]: ['/communities/{id}/requests', '/records', '/records/{id}', '/records/{id}/{transition}'],
    [COMMUNITIES]: ['/communities/{id}/requests'],
  }
  for (const [policy, more] of Object.entries(expected)) {
    const { ask, engine } = await invenio({ policy })
    const { paths } = (await ask(null, 'GET', '/openapi.json')).json
    assert.deepEqual(
      Object.keys(paths).filter(
        (path) => /requests$|^.(records|requests|site)/.test(path) && !path.includes('membership'),
      ),
      [...more, '/requests', '/requests/{id}', '/requests/{id}/{transition}'],
    )
    const kinds = paths['/requests'].post.requestBody.content['application/json'].schema.properties.$type.enum
    const types = engine.policy.machines.flatMap((machine) => machine.types.map(({ key }) => key))
    const requests = types.filter((key) => !['site', 'member', 'community'].includes(key))
    assert.deepEqual(kinds.toSorted(), requests.toSorted())
  }
})

test('a draft is seen by those who preview it, a deleted record by moderators, its tombstone by whoever could read it', async () => {
  const { ask, errors } = await invenio()
  const seen = async (who) => {
    const lists = ids(await ask(who, 'GET', '/records?sort=id'))
    const single = []
    for (const id of ['draft', 'gone', 'inside', 'pub', 'shut'])
      if ((await ask(who, 'GET', `/records/${id}`)).status === 200) single.push(id)
    assert.deepEqual(lists, single, String(who))
    return single.join(' ')
  }
  assert.equal(await seen(null), 'inside pub')
  assert.equal(await seen('stranger'), 'inside pub')
  assert.equal(await seen('reader'), 'inside pub shut')
  assert.equal(await seen('submitter'), 'draft inside pub shut')
  assert.equal(await seen('moderator'), 'draft gone inside pub shut')
  const gone = await ask(null, 'GET', '/records/gone')
  assert.deepEqual([gone.status, gone.json.tombstone.metadata.title], [410, undefined])
  // Upstream conceals nothing.
  assert.equal((await ask('stranger', 'GET', '/records/draft')).status, 403)
  assert.equal((await ask('stranger', 'GET', '/records/nosuch')).status, 404)
  assert.deepEqual(errors, [])
})

test('a draft is discarded; a published record is deleted, and its tombstone tells why, or is shown to nobody', async () => {
  const { ask, errors } = await invenio()
  const run = async (who, id, transition, body) => ask(who, 'POST', `/records/${id}/${transition}`, { body })
  assert.equal((await run('stranger', 'draft', 'discard_draft')).status, 403)
  assert.deepEqual(
    [(await run('submitter', 'pub', 'discard_draft')).status, (await ask('submitter', 'GET', '/records/pub')).status],
    [400, 200],
  )
  const discarded = await run('submitter', 'draft', 'discard_draft')
  assert.deepEqual([discarded.status, discarded.json], [204, undefined])
  assert.equal((await ask('submitter', 'GET', '/records/draft')).status, 404)
  assert.equal(
    (await ask('submitter', 'GET', '/records?sort=id')).json.hits.hits.some(({ id }) => id === 'draft'),
    false,
  )

  const wrong = await run('office', 'pub', 'delete_record', { reason: 'boredom' })
  assert.deepEqual([wrong.status, wrong.json.code], [400, 'unknown_value'])
  assert.equal((await run('office', 'pub', 'delete_record', { reason: 'spam', note: 'again' })).status, 202)
  const { tombstone } = (await ask(null, 'GET', '/records/pub')).json.tombstone.metadata
  assert.deepEqual(tombstone, {
    removed_by: { user: 10 },
    removal_date: '2026-11-22',
    removal_reason: { id: 'spam' },
    note: 'again',
    is_visible: true,
  })
  const anew = { reason: 'fraud', note: null, citation_text: 'Doe (2026)' }
  assert.equal((await run('moderator', 'pub', 'update_tombstone', anew)).status, 403)
  assert.equal((await run('office', 'pub', 'update_tombstone', anew)).status, 202)
  assert.deepEqual((await ask(null, 'GET', '/records/pub')).json.tombstone.metadata.tombstone, {
    removed_by: { user: 10 },
    removal_date: tombstone.removal_date,
    removal_reason: { id: 'fraud' },
    citation_text: 'Doe (2026)',
    is_visible: true,
  })
  assert.equal((await run('office', 'pub', 'update_tombstone', { is_visible: false })).status, 202)
  assert.equal((await ask(null, 'GET', '/records/pub')).status, 401)
  assert.equal((await run('root', 'pub', 'restore_record')).status, 202)
  assert.equal((await ask(null, 'GET', '/records/pub')).json.metadata.tombstone, undefined)
  assert.equal((await run('root', 'pub', 'delete_record', { is_visible: false })).status, 202)
  assert.equal((await ask('submitter', 'GET', '/records/pub')).status, 403)
  assert.deepEqual(errors, [])
})

test('a published record is edited through a draft, and has versions that share who may do what', async () => {
  const { ask, errors } = await invenio()
  const run = (who, id, transition, body) => ask(who, 'POST', `/records/${id}/${transition}`, { body })
  assert.equal((await run('stranger', 'inside', 'edit_record')).status, 403)
  const edited = await run('curator', 'inside', 'edit_record')
  assert.deepEqual([edited.status, edited.json.metadata.status, edited.json.made], [202, 'published', undefined])
  assert.equal((await run('submitter', 'inside', 'edit_record')).json.code, 'duplicate')
  const at = '/records/inside.draft'
  assert.equal((await ask('stranger', 'GET', at)).status, 403)
  const named = await ask('curator', 'PATCH', at, {
    body: { parent: { ...edited.json.metadata.parent, records: ['pub'] } },
  })
  assert.deepEqual([named.status, named.json.code], [400, 'field_immutable'])
  assert.equal(
    (await ask('curator', 'PATCH', at, { body: { title: 'Mended' } })).json.metadata.status,
    'draft_of_published',
  )
  const title = async (id) => (await ask('submitter', 'GET', `/records/${id}`)).json.metadata?.title
  assert.equal(await title('inside'), 'published of 6')

  const made = await run('submitter', 'inside', 'make_version')
  const version = made.json.made.record
  assert.deepEqual(made.json.metadata.parent.records, ['inside.draft', 'inside', version])
  assert.equal((await run('submitter', 'inside', 'make_version', { record: 'mine' })).json.path, 'body.record')
  // What is given on one is given on all of them.
  const grant = { subject: { type: 'user', id: '7' }, permission: 'edit' }
  assert.equal((await run('submitter', version, 'create_grant', grant)).status, 202)
  assert.equal((await ask('stranger', 'GET', at)).status, 200)
  assert.equal((await run('stranger', 'inside.draft', 'publish_edit')).status, 204)
  assert.deepEqual([await title('inside'), (await ask('submitter', 'GET', at)).status], ['Mended', 404])
  assert.equal((await run('submitter', 'inside', 'delete_grant', { subject: grant.subject })).status, 202)
  assert.equal((await ask('stranger', 'GET', `/records/${version}`)).status, 403)
  assert.equal((await run('submitter', version, 'publish_draft')).status, 202)
  assert.equal((await ask(null, 'GET', `/records/${version}`)).json.metadata.parent.records, undefined)

  assert.equal((await run('submitter', 'inside', 'edit_record')).status, 202)
  assert.equal((await run('submitter', 'inside.draft', 'discard_draft')).status, 204)
  assert.deepEqual([await title('inside'), (await ask('submitter', 'GET', at)).status], ['Mended', 404])
  assert.deepEqual(errors, [])
})

test('users and guests ask for access to files, and get a grant or a link; owners ask for deletion where they may', async () => {
  const facts = world()
  facts.records.closed = { ...facts.records.inside, access: { record: 'public', files: 'restricted' } }
  const { ask, errors } = await invenio({ facts, switches: ['switch_deletion_requests'] })
  const run = (who, id, transition, body) => ask(who, 'POST', `/records/${id}/${transition}`, { body })
  assert.equal((await run('reader', 'closed', 'request_access')).status, 403)
  assert.equal((await run('stranger', 'shut', 'request_access')).status, 403)
  const asked = await run('stranger', 'closed', 'request_access', { message: 'please' })
  const at = `/requests/${asked.json.made.request}`
  assert.equal((await ask('curator', 'GET', at)).status, 403)
  assert.equal((await ask('submitter', 'GET', at)).json.metadata.payload.message, 'please')
  assert.equal((await ask('stranger', 'POST', `${at}/accept`)).status, 403)
  assert.equal((await ask('submitter', 'POST', `${at}/accept`)).status, 202)
  const { grants } = (await ask('submitter', 'GET', '/records/closed')).json.metadata.parent.access
  assert.deepEqual(grants, [{ subject: { type: 'user', id: 7 }, permission: 'view' }])
  assert.equal((await run('stranger', 'closed', 'request_access')).status, 403)

  const guest = await run(null, 'closed', 'request_guest_access', { email: 'ada@example.org' })
  const answered = await ask('submitter', 'POST', `/requests/${guest.json.made.request}/accept`, {
    body: { link: 'l9' },
  })
  assert.equal(answered.status, 202)
  const { links } = (await ask('submitter', 'GET', '/records/closed')).json.metadata.parent.access
  assert.deepEqual(links, [{ id: 'l9', permission: 'view' }])

  const wish = await run('submitter', 'pub', 'request_deletion', { reason: 'spam', comment: 'by mistake' })
  const wished = `/requests/${wish.json.made.request}`
  assert.equal((await ask('submitter', 'POST', `${wished}/accept`)).status, 403)
  assert.equal((await ask('root', 'POST', `${wished}/accept`)).status, 202)
  const { tombstone } = (await ask(null, 'GET', '/records/pub')).json.tombstone.metadata
  assert.deepEqual([tombstone.removal_reason, tombstone.removed_by], [{ id: 'spam' }, { user: 9 }])
  assert.deepEqual(errors, [])
})

test('a record is made, reviewed through its request, published, and included elsewhere', async () => {
  const { ask, errors } = await invenio()
  const made = await ask('submitter', 'POST', '/records', { body: { title: 'Comet' } })
  const at = pathOf(made.headers.location)
  assert.deepEqual([made.status, at], [201, `/records/${made.json.id}`])
  assert.equal((await ask('submitter', 'PATCH', at, { body: { title: 'A comet' } })).json.metadata.title, 'A comet')
  assert.equal((await ask('stranger', 'PATCH', at, { body: { title: 'Mine' } })).status, 403)
  const prepared = await ask('submitter', 'POST', `${at}/update_review`, { body: { community: 'plain' } })
  const { request } = prepared.json.made
  assert.equal(prepared.json.metadata.parent.review.status, 'created')
  assert.equal((await ask('curator', 'GET', `/requests/${request}`)).status, 403)
  assert.equal((await ask('submitter', 'POST', `${at}/publish_draft`)).json.code, 'guarded')
  assert.equal((await ask('submitter', 'POST', `${at}/submit_review`)).status, 202)
  // Whoever reviews sees and changes the draft; whoever only submitted does not accept, however the request is written.
  assert.equal((await ask('curator', 'PATCH', at, { body: { title: 'A better comet' } })).status, 200)
  for (const receiver of [{ user: 6 }, { community: 'plain', user: 6 }]) {
    const own = await ask('submitter', 'PATCH', `/requests/${request}`, { body: { receiver } })
    assert.deepEqual([own.status, own.json.code], [400, 'field_immutable'])
  }
  assert.equal((await ask('submitter', 'POST', `/requests/${request}/accept`)).status, 403)
  assert.deepEqual(ids(await ask('curator', 'GET', '/requests?state=submitted')), [request])
  assert.deepEqual(ids(await ask('curator', 'GET', '/requests?type=community-inclusion')), [])
  assert.deepEqual(ids(await ask('owner', 'GET', '/communities/plain/requests')), [request])
  assert.equal((await ask('curator', 'POST', `/requests/${request}/accept`)).json.metadata.status, 'accepted')
  const published = await ask(null, 'GET', at)
  assert.deepEqual([published.status, published.json.metadata.parent.communities.ids], [200, ['plain']])

  const asked = await ask('submitter', 'POST', `${at}/include`, { body: { community: 'open' } })
  assert.equal((await ask('reader', 'POST', `/requests/${asked.json.made.request}/accept`)).status, 403)
  assert.equal((await ask('curator', 'POST', `/requests/${asked.json.made.request}/accept`)).status, 202)
  const { communities } = (await ask(null, 'GET', at)).json.metadata.parent
  assert.deepEqual(communities, { default: 'plain', ids: ['open', 'plain'] })
  assert.equal((await ask('submitter', 'POST', `${at}/exclude`, { body: { community: 'plain' } })).status, 202)
  assert.equal((await ask('stranger', 'POST', `${at}/include`, { body: { community: 'open' } })).status, 403)
  assert.deepEqual(errors, [])
})

test('what a request asks for makes it; of other types one may be made, and deleted until it is submitted', async () => {
  const { ask, errors } = await invenio()
  const make = (who, body) => ask(who, 'POST', '/requests', { body })
  for (const type of ['community-submission', 'community-inclusion', 'community-membership-request'])
    assert.equal((await make('manager', { $type: type, receiver: { community: 'open' } })).status, 403, type)
  const invitation = { $type: 'community-invitation', created_by: { community: 'open' }, receiver: { user: 7 } }
  assert.equal((await make('stranger', invitation)).json.code, 'field_immutable')
  const [none, other] = [await make('submitter', {}), await make('submitter', { $type: 'record' })]
  assert.deepEqual([none.status, none.json.path, other.status, other.json.path], [400, 'body.$type', 400, 'body.$type'])
  assert.equal((await make(null, {})).status, 401)
  const made = await make('submitter', { $type: 'quota-increase', title: 'More' })
  const at = pathOf(made.headers.location)
  assert.deepEqual([made.status, made.json.metadata.created_by, at], [201, { user: 6 }, `/requests/${made.json.id}`])
  assert.equal((await ask('stranger', 'DELETE', at)).status, 403)
  assert.equal((await ask(null, 'DELETE', at)).status, 401)
  assert.equal((await ask('submitter', 'DELETE', at)).status, 204)
  assert.equal((await ask('submitter', 'GET', at)).json.metadata.status, 'deleted')
  const sent = pathOf((await make('submitter', { $type: 'quota-increase' })).headers.location)
  assert.equal((await ask('submitter', 'POST', `${sent}/submit`)).status, 202)
  assert.equal((await ask('submitter', 'DELETE', sent)).status, 403)
  assert.equal((await ask('submitter', 'POST', `${sent}/accept`)).status, 403)
  assert.equal((await ask('root', 'POST', `${sent}/accept`)).status, 202)
  assert.deepEqual(errors, [])
})

for (const policy of [RDM, COMMUNITIES]) {
  test(`${policy}: people are invited, join, ask and leave`, async () => {
    const { ask, errors } = await invenio({ policy, switches: ['switch_membership_requests'] })
    const members = [{ type: 'user', id: '7' }]
    const body = { role: 'curator', members }
    assert.equal((await ask('reader', 'POST', '/communities/open/invitations', { body })).status, 403)
    const invited = await ask('manager', 'POST', '/communities/open/invitations', { body })
    const [{ request }] = invited.json.members
    const { metadata } = (await ask('stranger', 'GET', `/requests/${request}`)).json
    assert.deepEqual([metadata.$type, metadata.status], ['community-invitation', 'submitted'])
    assert.equal((await ask('manager', 'POST', `/requests/${request}/accept`)).status, 403)
    assert.equal((await ask('stranger', 'DELETE', `/requests/${request}`)).status, 403)
    assert.equal((await ask('stranger', 'POST', `/requests/${request}/accept`)).status, 202)
    const rows = (await ask('stranger', 'GET', '/communities/open/members')).json.hits.hits
    assert.deepEqual(rows.find(({ member }) => member.id === '7').roles, ['curator'])

    const asked = await ask('submitter', 'POST', '/communities/open/membership-requests', { body: { message: 'me' } })
    const at = pathOf(asked.headers.location)
    assert.equal((await ask('submitter', 'GET', at)).json.metadata.created_by.user, 6)
    assert.equal((await ask('stranger', 'POST', `${at}/accept`)).status, 403)
    // It shares its address with types that can be deleted, and cannot itself.
    assert.equal((await ask('submitter', 'DELETE', at)).json.code, 'unknown_transition')
    assert.equal((await ask('manager', 'POST', `${at}/accept`)).status, 202)
    assert.equal((await ask('submitter', 'POST', '/communities/open/leave')).status, 204)
    assert.equal((await ask('owner', 'POST', '/communities/open/leave')).json.code, 'last_admin')
    assert.deepEqual(errors, [])
  })
}

test('requests about records that are kept elsewhere go through their states, as each may see them', async () => {
  const { ask, errors } = await invenio({ policy: COMMUNITIES })
  const seen = async (who) => ids(await ask(who, 'GET', '/requests?sort=id')).join(' ')
  assert.deepEqual(
    [await seen(null), await seen('stranger'), await seen('submitter'), await seen('curator'), await seen('office')],
    ['', '', 'kept sub', 'sub', 'kept mod sub'],
  )
  const body = { $type: 'community-submission', receiver: { community: 'plain' }, topic: { record: 'r9' } }
  const made = await ask('submitter', 'POST', '/requests', { body })
  const at = pathOf(made.headers.location)
  assert.deepEqual(made.json.metadata.created_by, { user: 6 })
  assert.equal((await ask('submitter', 'POST', `${at}/submit`)).status, 202)
  assert.equal((await ask('submitter', 'POST', `${at}/accept`)).status, 403)
  assert.equal((await ask('curator', 'POST', `${at}/accept`)).json.metadata.status, 'accepted')
  // What one may not see is as what is not there.
  const hidden = (community) => ask('submitter', 'POST', '/requests', { body: { ...body, receiver: { community } } })
  const [there, not] = [await hidden('hidden'), await hidden('nosuch')]
  assert.deepEqual([there.status, there.text.replaceAll('hidden', 'nosuch')], [404, not.text])
  assert.equal((await ask('submitter', 'GET', '/records')).status, 404)
  assert.deepEqual(errors, [])
})

test('what concerns the site as a whole is asked, and is at no address', async () => {
  for (const policy of [RDM, COMMUNITIES]) {
    const { ask, errors } = await invenio({ policy })
    const decided = async (who, action, id) => {
      const subject = { type: 'user', id: String(id) }
      const body = { subject, action: { name: action }, resource: { type: 'site', id: '-' } }
      return (await ask(who, 'POST', '/access/v1/evaluation', { body })).json.decision
    }
    assert.deepEqual(
      [await decided('stranger', 'create', 7), await decided('stranger', 'featured_create', 7)],
      [true, false],
    )
    assert.equal(await decided('office', 'featured_create', 10), true)
    const found = await ask('stranger', 'POST', '/access/v1/search/action', {
      body: { subject: { type: 'user', id: '7' }, resource: { type: 'site', id: '-' } },
    })
    const names = found.json.results.map(({ name }) => name).toSorted()
    assert.deepEqual(names, ['create', 'create_restricted', 'featured_search', 'search', 'search_user_communities'])
    for (const path of ['/site', '/site/', '/site/-', '/sites'])
      assert.equal((await ask('root', 'GET', path)).status, 404)
    assert.deepEqual(errors, [])
  }
})

for (const [label, opened] of Object.entries(stores)) {
  test(`scheduled work does what is due and leaves the rest (${label})`, async () => {
    const facts = world()
    const embargo = (until) => ({ record: 'restricted', files: 'restricted', embargo: { active: true, until } })
    facts.records.over = { ...facts.records.pub, access: embargo('2026-11-22') }
    facts.records.later = { ...facts.records.pub, access: embargo('2026-11-24') }
    facts.records.i1 = {
      $type: 'community-invitation',
      status: 'submitted',
      created_by: { community: 'open' },
      receiver: { user: 7 },
      expires: NOW + DAY,
    }
    facts.memberships.push({ community: 'open', user: 7, role: 'invitee', as: 'reader', request: 'i1' })
    let now = NOW
    const { ask, handler, store, errors } = await invenio({ facts, now: () => now, open: await opened() })
    const work = async () => Object.fromEntries((await handler.housekeeping()).map(({ name, ...rest }) => [name, rest]))
    const first = await work()
    assert.deepEqual(first['lift-embargo'], { done: 1, what: ['record over is no longer under embargo'] })
    assert.deepEqual(first.expire, { done: 0 })
    assert.equal((await ask(null, 'GET', '/records/over')).status, 200)
    now = NOW + 2 * DAY
    const second = await work()
    assert.deepEqual(second['lift-embargo'], { done: 1, what: ['record later is no longer under embargo'] })
    assert.deepEqual(second.expire, { done: 1, what: ['community-invitation i1 expired'] })
    assert.deepEqual([(await work()).expire, (await work())['lift-embargo']], [{ done: 0 }, { done: 0 }])
    assert.equal((await ask('root', 'GET', '/requests/i1')).json.metadata.status, 'expired')
    assert.deepEqual(errors, [])
    await store.close()
  })

  test(`pages of a shared address hold what each may read by itself (${label})`, async () => {
    const facts = requestsOnly()
    const kinds = ['community-submission', 'community-inclusion', 'user-moderation', 'subcommunity', 'quota-increase']
    for (let n = 0; n < 40; n += 1) {
      const receiver = { community: n % 4 === 0 ? 'hidden' : 'open' }
      const status = n % 3 === 0 ? 'created' : 'submitted'
      facts.records[`q${n + 10}`] = { $type: kinds[n % 5], status, created_by: { user: 6 + (n % 2) }, receiver }
    }
    const { ask, store, errors } = await invenio({ policy: COMMUNITIES, facts, open: await opened() })
    for (const who of [null, 'stranger', 'submitter', 'curator', 'manager', 'insider', 'office', 'root']) {
      const single = []
      for (const id of Object.keys(facts.records).toSorted())
        if ((await ask(who, 'GET', `/requests/${id}`)).status === 200) single.push(id)
      const found = []
      for (let path = '/requests?sort=id&size=7&total=true'; path;) {
        const page = await ask(who, 'GET', path)
        assert.deepEqual([page.status, page.json.hits.total], [200, single.length], `${who} ${path}`)
        found.push(...ids(page))
        const { next } = page.json.links
        path = next && new URL(next).pathname + new URL(next).search
      }
      assert.deepEqual(found, single, `${label} ${who}`)
    }
    assert.deepEqual(errors, [])
    await store.close()
  })
}
