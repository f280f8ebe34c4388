// What the passing of time does to records, by the server's scheduled work and a clock of the host.
import assert from 'node:assert/strict'
import test from 'node:test'
import { createEngine } from 'lictor'
import { createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'

const NOON = Date.parse('2026-06-01T12:00:00Z')
const DAY = 86_400_000

const invitation = (receiver, expires) => ({
  $type: 'invitation',
  community: 'c',
  creator: 1,
  receiver,
  role: 'member',
  status: 'submitted',
  ...(expires !== undefined && { expires }),
})

const embargoed = (community, until) => ({
  communities: { primary: community },
  owners: [{ user: 1 }],
  state: 'published',
  access: { record: 'restricted', files: 'restricted', embargo: { active: true, until } },
})

const pending = (user, request) => ({ community: 'c', user, role: 'invitee', as: 'member', request })

const world = () => ({
  communities: {
    c: { title: 'C', grants: {} },
    inner: { title: 'Inner', grants: {}, access: { visibility: 'restricted' } },
  },
  memberships: [
    { community: 'c', user: 1, role: 'admin' },
    pending(2, 'soon'),
    pending(3, 'text'),
    pending(4, 'never'),
  ],
  records: {
    soon: invitation(2, NOON),
    text: invitation(3, '2026-06-03T12:00:00Z'),
    never: invitation(4),
    over: { ...invitation(5, NOON - DAY), status: 'declined' },
    shut: embargoed('c', '2026-06-02'),
    inside: embargoed('inner', '2026-06-02'),
    // The record waits for `asked`; `stale` is about the same one and is no longer what it waits for.
    draft: {
      communities: { primary: 'c' },
      owners: [{ user: 1 }],
      state: 'pending-approval',
      review: { community: 'c', status: 'submitted', creator: 1, request: 'asked' },
    },
    asked: review('draft', NOON + DAY),
    stale: review('draft', NOON - DAY),
    lost: review('nothing', NOON - DAY),
  },
})

function review(record, expires) {
  return {
    $type: 'review',
    receiver: { community: 'c' },
    creator: [1],
    status: 'submitted',
    topic: { record },
    expires,
  }
}

async function server(change = (store) => store) {
  const engine = await createEngine({ policy: 'repository' })
  const store = change(await openMemoryStore(world(), { columns: engine }))
  const clock = { now: NOON }
  const errors = []
  const handler = createHandler({
    engine,
    store,
    authenticate: () => null,
    sync: false,
    now: () => clock.now,
    onError: (error) => errors.push(error.message),
  })
  return {
    store,
    clock,
    errors,
    records: async () => (await store.all()).records,
    members: async () => (await store.all()).memberships.map(({ user }) => String(user)).toSorted(),
    /** What each job did. */
    async work() {
      const jobs = await handler.housekeeping()
      return Object.fromEntries(jobs.map(({ name, ...report }) => [name, report]))
    },
  }
}

test('requests expire when their time has come, each once', async () => {
  const { clock, records, members, work, store } = await server()
  clock.now = NOON - 1
  const before = await store.revision()
  assert.deepEqual((await work()).expire, { done: 0 })
  assert.equal(await store.revision(), before)
  clock.now = NOON
  assert.deepEqual((await work()).expire, { done: 1, what: ['invitation soon expired'] })
  assert.deepEqual([(await records()).soon.status, await members()], ['expired', ['1', '3', '4']])
  clock.now = NOON + 2 * DAY
  const { done, what } = (await work()).expire
  assert.deepEqual([done, what.toSorted()], [2, ['invitation text expired', 'review asked expired']])
  const after = await records()
  assert.deepEqual([after.never.status, after.over.status], ['submitted', 'declined'])
  const revision = await store.revision()
  assert.deepEqual((await work()).expire, { done: 0 })
  assert.equal(await store.revision(), revision)
})

test('a review ends with the record that waits for it, and only that one', async () => {
  const { clock, records, work } = await server()
  await work()
  const early = await records()
  assert.deepEqual(
    [early.draft.state, early.stale.status, early.lost.status],
    ['pending-approval', 'submitted', 'submitted'],
  )
  clock.now = NOON + DAY
  await work()
  const late = await records()
  assert.deepEqual([late.draft.state, late.draft.review.status, late.asked.status], ['editing', 'expired', 'expired'])
  assert.equal(late.stale.status, 'submitted')
})

test('an embargo is lifted from midnight UTC of its day', async () => {
  const { clock, records, work } = await server()
  clock.now = Date.parse('2026-06-01T23:59:59Z')
  assert.deepEqual((await work())['lift-embargo'], { done: 0 })
  clock.now = Date.parse('2026-06-02T00:00:00Z')
  const { done, what } = (await work())['lift-embargo']
  assert.deepEqual(
    [done, what.toSorted()],
    [2, ['record inside is no longer under embargo', 'record shut is no longer under embargo']],
  )
  const { shut, inside } = await records()
  assert.deepEqual(shut.access, { record: 'public', files: 'public', embargo: { active: false } })
  assert.deepEqual(inside.access, { record: 'restricted', files: 'restricted', embargo: { active: false } })
  assert.deepEqual((await work())['lift-embargo'], { done: 0 })
})

test('one that cannot be done is told of and keeps no other from being done', async () => {
  const stuck = (store) => {
    const write = store.write.bind(store)
    store.write = async (ours) => {
      if (ours.changes?.some(({ key }) => key.id === 'inside')) throw new Error('no room')
      return write(ours)
    }
    return store
  }
  const { clock, errors, work } = await server(stuck)
  clock.now = NOON + 2 * DAY
  const report = (await work())['lift-embargo']
  assert.deepEqual([report.done, report.what], [1, ['record shut is no longer under embargo']])
  assert.match(report.error, /record inside: no room/)
  assert.ok(errors.some((message) => message.includes('no room')))
})

test('a policy without such transitions has nothing to do', async () => {
  const engine = await createEngine({ policy: 'oarepo' })
  const store = await openMemoryStore({}, { columns: engine })
  const handler = createHandler({ engine, store, authenticate: () => null, sync: false })
  assert.deepEqual(await handler.housekeeping(), [
    { name: 'expire', done: 0 },
    { name: 'lift-embargo', done: 0 },
    { name: 'unreadable', done: 0 },
  ])
})
