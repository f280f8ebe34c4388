// The presets of upstream Invenio on devices: a community with members, a submission through review to publication, inclusion, an
// invitation; what is done offline is shown, accepted, or refused and kept.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { createEngine } from 'lictor'
import { COMMUNITIES, RDM, requestsOnly, world } from '../server/invenio-world.mjs'
import { record, states } from './support/open.mjs'
import { serverFor } from './support/repository.mjs'
import { until } from './support/world.mjs'

const inOpen = { relation: 'community', id: 'open' }
const rdm = serverFor(await createEngine({ policy: RDM }), world)
const switches = { switch_membership_requests: 'always' }
const apart = serverFor(await createEngine({ policy: COMMUNITIES, changes: { define: switches } }), requestsOnly)
after(async () => {
  await rdm.closeAll()
  await apart.closeAll()
})

const rowOf = (client, user) => client.entity({ relation: 'membership', community: 'open', user })?.value
const seen = (client, type) => client.list({ type }).ids.toSorted()

for (const { repository, calm, engine } of [rdm, apart]) {
  describe(engine.policy.name, () => {
    test('a community with its members is there, and what may be done to them is answered as the server answers', async () => {
      const { deviceOf, store, checked } = await repository()
      const facts = await store.all()
      for (const id of ['1', '2', '3', '4', '5', '7', '9', '10']) {
        const { client } = await deviceOf(id)
        const subject = { type: 'user', id }
        const member = (role, more) => ({
          type: 'member',
          properties: { community: 'open', role, type: 'user', ...more },
        })
        const things = [
          { type: 'community', id: 'open' },
          { type: 'community', id: 'hidden' },
          { type: 'site', properties: {} },
          member('curator'),
          member('owner', { user: 1 }),
          member('reader', { user: 4 }),
        ]
        for (const resource of things) {
          const truth = engine.actions({ subject, resource }, facts)
          for (const [action, { decision }] of Object.entries(client.actions(resource))) {
            // Whether a community is there that one may not see stays open.
            if (decision === 'unknown')
              assert.equal(resource.id, 'hidden', `${id} ${action} ${JSON.stringify(resource)}`)
            else assert.equal(decision, truth[action].decision, `${id} ${action} ${JSON.stringify(resource)}`)
          }
        }
        assert.equal(client.entity({ relation: 'community', id: 'hidden' }) !== undefined, ['5', '9'].includes(id))
      }
      checked()
    })

    test('somebody is invited offline, accepts offline, and is a member once the server says so', async () => {
      const { deviceOf, store, cut, online, checked } = await repository()
      const manager = await deviceOf('2')
      const guest = await deviceOf('7')
      cut()
      const args = { role: 'curator', members: [{ user: 7 }] }
      await manager.client.do({ action: 'invite', target: inOpen, args })
      const owner = { role: 'owner', members: [{ user: 4 }] }
      assert.equal((await manager.client.do({ action: 'change_role', target: inOpen, args: owner })).predicted, 'deny')
      await online(manager)
      assert.deepEqual(states(manager.client), ['accepted', 'rejected'])
      const [{ intent }] = manager.client.outbox()
      const [{ request }] = intent.args.members
      await online(guest)
      await until(() => guest.client.record(request) !== undefined)
      assert.deepEqual(seen(guest.client, 'community-invitation'), [request])
      cut()
      const accepted = await guest.client.do({ action: 'accept', target: record(request) })
      assert.deepEqual([accepted.predicted, guest.client.record(request).value.status], ['allow', 'accepted'])
      await online(guest)
      assert.deepEqual(states(guest.client), ['accepted'])
      await until(() => rowOf(guest.client, '7')?.role?.[0] === 'curator')
      assert.equal((await store.all()).records[request].status, 'accepted')
      // The refused one is kept with its reason.
      assert.equal(manager.client.outbox()[1].verdict.code, 'denied')
      checked()
    })
  })
}

test('a draft is written, reviewed, published and included, offline at every turn', async () => {
  const { deviceOf, store, cut, online, checked } = await rdm.repository()
  const author = await deviceOf('6')
  const curator = await deviceOf('3')
  const stranger = await deviceOf('7')
  assert.deepEqual(seen(author.client, 'record'), ['draft', 'inside', 'pub', 'shut'])
  assert.deepEqual(seen(stranger.client, 'record'), ['inside', 'pub'])
  assert.equal(stranger.client.record('draft'), undefined)
  cut()
  const { client } = author
  const retitle = { set: [{ path: 'title', value: 'A comet' }] }
  assert.equal((await client.do({ action: 'update', target: record('draft'), args: retitle })).predicted, 'allow')
  assert.equal((await client.do({ action: 'update', target: record('pub'), args: retitle })).predicted, 'deny')
  const act = (who, action, id, params = {}) => who.client.do({ action, target: record(id), args: { params } })
  assert.equal((await act(author, 'update_review', 'draft', { community: 'plain' })).predicted, 'allow')
  const request = client.record('draft').value.parent.review.id
  assert.equal(client.record(request).value.status, 'created')
  assert.equal((await act(author, 'submit_review', 'draft')).predicted, 'allow')
  assert.deepEqual(seen(client, 'community-submission'), [request])
  await online(author)
  assert.deepEqual(states(client), ['accepted', 'rejected', 'accepted', 'accepted'])
  assert.equal((await store.all()).records.draft.title, 'A comet')

  await online(curator)
  await until(() => curator.client.record(request) !== undefined)
  // Whoever reviews sees the draft, and decides offline.
  assert.equal(curator.client.record('draft').value.title, 'A comet')
  cut()
  assert.equal((await act(curator, 'accept', request)).predicted, 'allow')
  assert.equal(curator.client.record('draft').value.status, 'published')
  await online(curator)
  assert.deepEqual(states(curator.client), ['accepted'])
  await online(stranger)
  await until(() => stranger.client.record('draft') !== undefined)
  await online(author)
  await until(() => client.record('draft').value.status === 'published')

  cut()
  assert.equal((await act(author, 'include', 'draft', { community: 'open' })).predicted, 'allow')
  // Of a community that is not to be seen here nothing is known, and upstream tells it from one that is not there.
  await assert.rejects(act(author, 'include', 'pub', { community: 'hidden' }), { name: 'ClientError', code: 'ask' })
  await online(author)
  assert.deepEqual(states(client).slice(4), ['accepted'])
  const asked = (await store.all()).records.draft.parent.inclusions[0].request
  await online(curator)
  await until(() => curator.client.record(asked) !== undefined)
  assert.equal((await act(curator, 'accept', asked)).predicted, 'allow')
  await online(curator)
  assert.deepEqual((await store.all()).records.draft.parent.communities.ids, ['open', 'plain'])
  checked()
})

test('requests about records that are kept elsewhere are made, submitted and answered', async () => {
  const { deviceOf, store, cut, online, checked } = await apart.repository()
  const author = await deviceOf('6')
  const curator = await deviceOf('3')
  assert.deepEqual(seen(author.client, 'community-submission'), ['kept', 'sub'])
  assert.deepEqual(seen(curator.client, 'community-submission'), ['sub'])
  cut()
  const args = { community: 'plain', type: 'community-submission', record: { receiver: { community: 'plain' } } }
  const made = await author.client.do({ action: 'create', args })
  assert.equal(made.predicted, 'allow')
  assert.equal((await author.client.do({ action: 'submit', target: made.target })).predicted, 'allow')
  assert.equal((await author.client.do({ action: 'accept', target: record('sub') })).predicted, 'deny')
  assert.equal((await curator.client.do({ action: 'accept', target: record('sub') })).predicted, 'allow')
  await online(author)
  assert.deepEqual(states(author.client), ['accepted', 'accepted', 'rejected'])
  await online(curator)
  assert.deepEqual(states(curator.client), ['accepted'])
  const { records } = await store.all()
  assert.deepEqual([records[made.target.id].status, records.sub.status], ['submitted', 'accepted'])
  await until(() => curator.client.record(made.target.id) !== undefined)
  checked()
})
