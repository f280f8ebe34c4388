// Who sees a record: levels, rights on one record, links, embargoes, reviews with words, tombstones.
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { act, calm, decision, offered, reset, said, start, stateOf, visit } from './helpers.mjs'

const ADMIN = '18' // of Coastal Observatories
const CURATOR = '12' // there
const AUTHOR = '14' // member there
const STRANGER = '13'
const SITE_ADMIN = '6'
const COMMUNITY = 'coastal-observatories'

let demo
before(async () => {
  demo = await start()
})
afterEach(() => reset(demo, ADMIN))
after(() => demo?.stop())

/** The first record of the store that is so. */
async function find(so) {
  const { records } = await demo.store.all()
  const [id] = Object.entries(records).find(([, record]) => record.$type === undefined && so(record)) ?? []
  assert.ok(id, 'there is such a record')
  return id
}

test('a review with words: submitted, declined with a reason, submitted again, withdrawn', async () => {
  const author = await visit(demo, AUTHOR)
  await author.page.getByTestId('new-record').click()
  await author.page.getByTestId(`new-in-${COMMUNITY}`).check()
  await author.page.getByTestId('new-title').fill('Notes on a tide gauge')
  await author.page.getByTestId('new-level').selectOption('restricted')
  await author.page.getByTestId('new-save').click()
  await act(author.page, 'request-approval', 'pending-approval')
  await calm(author.page)
  const curator = await visit(demo, CURATOR, new URL(author.page.url()).hash)
  await curator.page.getByText('Goran Toivonen asked Coastal Observatories.').waitFor()
  await curator.page.getByTestId('decline-reason').fill('The units are missing.')
  await curator.page.getByTestId('do-decline').click()
  await author.page.getByText('Declined: “The units are missing.”').waitFor()
  assert.equal(await stateOf(author.page), 'editing')

  await act(author.page, 'request-approval', 'pending-approval')
  await curator.page.locator('[data-testid="review"][data-status="submitted"]').waitFor()
  assert.equal(await curator.page.getByTestId('do-cancel').count(), 0, 'only who asked withdraws')
  await author.page.getByTestId('do-cancel').click()
  await author.page.locator('[data-testid="review"][data-status="cancelled"]').waitFor()
  await calm(author.page)
  assert.equal(await stateOf(author.page), 'editing')
  assert.deepEqual([...author.faults, ...curator.faults], [])
  await Promise.all([author.leave(), curator.leave()])
})

test('a restricted record is shared with one person, who sees no more than that, and taken back', async () => {
  const id = await find(
    ({ state, access, communities, owners }) =>
      state === 'published' &&
      access.record === 'restricted' &&
      !access.grants &&
      communities.primary === COMMUNITY &&
      !owners.some(({ user }) => String(user) === STRANGER),
  )
  const guest = await visit(demo, STRANGER, `#/records/${id}`)
  await guest.page.getByTestId('not-found').waitFor()
  const host = await visit(demo, ADMIN, `#/records/${id}`)
  await host.page.getByTestId('share-with').selectOption(STRANGER)
  await host.page.getByTestId('share').click()
  await host.page.getByTestId('grant').getByText('Lars Nystrom').waitFor()
  await guest.page.getByTestId('record-title').waitFor()
  assert.equal(await decision(guest.page, 'read-files'), 'allow')
  assert.match(await guest.page.getByTestId('hidden').textContent(), /who else was given access/)
  assert.equal(await guest.page.getByTestId('sharing').count(), 0, 'nor with whom it is shared')

  await host.page.getByTestId('share-with').selectOption('link')
  assert.equal(await host.page.getByTestId('share-level').locator('option', { hasText: 'manage' }).count(), 0)
  await host.page.getByTestId('share').click()
  await host.page.getByTestId('link').first().waitFor()
  await host.page.getByRole('button', { name: 'Take it back from Lars Nystrom' }).click()
  await guest.page.getByTestId('not-found').waitFor()
  assert.deepEqual([...host.faults, ...guest.faults], [])
  await Promise.all([host.leave(), guest.leave()])
})

test('levels and an embargo are set while it is written; one that is over is lifted', async () => {
  const author = await visit(demo, AUTHOR)
  await author.page.getByTestId('new-record').click()
  await author.page.getByTestId('new-in-alpine-hydrology').check()
  await author.page.getByTestId('new-title').fill('Kept back for a while')
  await author.page.getByTestId('new-save').click()
  await author.page.getByTestId('set-embargo').fill('2031-05-01')
  await author.page.getByTestId('save-embargo').click()
  await author.page.getByTestId('embargo').getByText('Until 2031-05-01').waitFor()
  await author.page.getByTestId('level-files').getByText('Restricted').waitFor()
  assert.equal(await decision(author.page, 'lift-embargo'), 'deny')
  assert.match(await author.page.getByTestId('action-lift-embargo').textContent(), /Needs to wait until 2031-05-01/)
  await author.leave()

  const id = await find(({ access }) => access?.embargo?.until === '2026-11-11')
  const host = await visit(demo, '1', `#/records/${id}`)
  await host.page.getByTestId('do-lift-embargo').click()
  await host.page.getByTestId('embargo').waitFor({ state: 'detached' })
  await host.page.getByTestId('level-files').getByText('The same.').waitFor()
  assert.deepEqual([...author.faults, ...host.faults], [])
  await host.leave()
})

test('what was published is taken away and brought back by those who run the site; a tombstone stays', async () => {
  const id = await find(
    ({ state, access, _access, communities, owners }) =>
      state === 'published' &&
      access.record === 'public' &&
      !_access &&
      communities.primary === 'alpine-hydrology' &&
      !owners.some(({ user }) => [STRANGER, SITE_ADMIN].includes(String(user))),
  )
  const visitor = await visit(demo, STRANGER, `#/records/${id}`)
  await visitor.page.getByTestId('record-title').waitFor()
  const admin = await visit(demo, SITE_ADMIN, `#/records/${id}`)
  assert.ok((await offered(admin.page)).includes('remove'))
  assert.ok(!(await offered(visitor.page)).includes('remove'))
  await admin.page.getByTestId('act-remove').click()
  await visitor.page.getByTestId('tombstone').waitFor()
  await admin.page.getByTestId('do-restore').click()
  await visitor.page.getByTestId('record-title').waitFor()
  await calm(admin.page)
  assert.equal(await stateOf(admin.page), 'published')
  assert.deepEqual([...visitor.faults, ...admin.faults], [])
  await Promise.all([visitor.leave(), admin.leave()])
})

test('a published record joins another community once that community says so', async () => {
  const id = await find(
    ({ state, access, communities }) =>
      state === 'published' &&
      access.record === 'public' &&
      communities.primary === 'historical-trade-records' &&
      !communities.secondary.includes('alpine-hydrology'),
  )
  const keeper = await visit(demo, '21', `#/records/${id}`)
  await keeper.page.getByTestId('include-in').selectOption('alpine-hydrology')
  await keeper.page.getByTestId('do-include').click()
  await said(keeper.page, /Asked for\./)
  const host = await visit(demo, '19', '#/communities/alpine-hydrology')
  await host.page.locator('[data-type="inclusion"]').getByTestId('answer-accept').click()
  await keeper.page.getByTestId('place-alpine-hydrology').waitFor()
  assert.deepEqual([...keeper.faults, ...host.faults], [])
  await Promise.all([keeper.leave(), host.leave()])
})
