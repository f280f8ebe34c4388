// Access lists in the demo: who manages them, what they do for others, what the server refuses and where that is shown.
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { calm, cut, decision, reset, said, start, visit } from './helpers.mjs'

const SUPERUSER = '1'
const ADMIN = '18' // of Coastal Observatories
const OWNER = '25' // of the record that a first list names
const STRANGER = '13' // whom that list lets in
const STEWARD = '22' // holds a role that a first list names
const NAMED = 'jcpqs-8bq91'

let demo
before(async () => {
  demo = await start()
})
afterEach(() => reset(demo, ADMIN))
after(() => demo?.stop())

const lists = async () => (await demo.store.all()).acls
/** The browser itself tells of answers like 400. */
const faultsOf = (...visits) => visits.flatMap(({ faults }) => faults).filter((text) => !/status of 4\d\d/.test(text))

/** A published record that is withheld from others, in a community that the administrator runs. */
async function withheld() {
  const { records } = await demo.store.all()
  const [id] = Object.entries(records).find(
    ([, { $type, state, access, communities }]) =>
      $type === undefined &&
      state === 'published' &&
      access.record === 'restricted' &&
      !access.grants &&
      communities.primary === 'coastal-observatories',
  )
  return id
}

test('a list lets somebody read a restricted record, offline too, until it is removed', async () => {
  const id = await withheld()
  const guest = await visit(demo, STRANGER, `#/records/${id}`)
  await guest.page.getByTestId('not-found').waitFor()
  const host = await visit(demo, ADMIN, `#/records/${id}`)
  await host.page.getByTestId('record-lists').getByText('None that you may manage speaks of it.').waitFor()
  await host.page.getByTestId('list-for-record').click()
  assert.equal(await host.page.getByTestId('list-records').inputValue(), id)
  await host.page.getByTestId('list-name').fill('For a visitor')
  await host.page.getByTestId('list-actors[0].users').selectOption(STRANGER)
  await host.page.getByTestId('list-try').click()
  await host.page.locator('[data-testid="list-found"][data-total="1"]').waitFor()
  assert.equal(Object.keys(await lists()).length, 3, 'trying writes nothing')
  await host.page.getByTestId('list-save').click()
  await said(host.page, 'Access list made.')
  await host.page.getByTestId('record-lists').getByText('May read it: Lars Nystrom').waitFor()

  await guest.page.getByTestId('record-title').waitFor()
  assert.match(await guest.page.getByTestId('action-read').textContent(), /By an access list/)
  assert.equal(await guest.page.getByTestId('record-lists').count(), 0, 'nor does a guest hear of lists')
  await guest.page.evaluate(() => navigator.serviceWorker.ready)
  await guest.context.setOffline(true)
  await cut(guest.page)
  assert.equal(await decision(guest.page, 'read-files'), 'allow')
  await guest.page.getByTestId('action-read').locator('summary').first().click()
  await guest.page.getByTestId('action-read').getByText('The rule, branch by branch').click()
  await guest.page.getByTestId('rule-listed').waitFor()
  await guest.context.setOffline(false)
  await calm(guest.page)

  await host.page.getByTestId('header-lists').click()
  const [made] = Object.entries(await lists()).find(([, { name }]) => name === 'For a visitor')
  await host.page.getByTestId(`remove-${made}`).click()
  await host.page.getByTestId('remove-dialog').getByRole('button', { name: 'Keep it' }).click()
  await host.page.getByTestId(`remove-${made}`).click()
  await host.page.getByTestId('list-remove').click()
  await host.page.getByTestId(`list-${made}`).waitFor({ state: 'detached' })
  await guest.page.getByTestId('not-found').waitFor()
  assert.deepEqual(faultsOf(host, guest), [])
  await Promise.all([host.leave(), guest.leave()])
})

test('a query is tried: faults stand at its field with their places, and nothing is written', async () => {
  const before = JSON.stringify(await lists())
  const keeper = await visit(demo, SUPERUSER, '#/lists')
  await keeper.page.getByText('keeps them all').waitFor()
  const { page } = keeper
  await page.getByTestId('new-list').click()
  for (const field of ['list-type', 'list-actors[0].type']) {
    const options = await page
      .getByTestId(field)
      .locator('option')
      .evaluateAll((all) => all.map((one) => one.label === one.value))
    assert.ok(options.length >= 4 && !options.includes(true), `${field} has words`)
  }
  await page.getByTestId('list-type').selectOption('query')
  await page.getByTestId('list-schemas-electronic-item').waitFor()
  const kinds = await page.locator('[data-testid^="list-schemas-"]').count()
  assert.equal(kinds, 5, 'schemas are chosen from those the policy knows')
  const query = page.getByTestId('list-query')
  const fault = page.getByTestId('fault-query')
  await query.fill('{ "bool": ')
  await page.getByTestId('list-try').click()
  await fault.getByText('this is no JSON').waitFor()
  await query.fill('{ "bool": { "must": [{ "fuzzy": { "metadata.type": "x" } }] } }')
  await page.getByTestId('list-save').click()
  await fault.locator('code', { hasText: /^query\.bool\.must\[0\]\.fuzzy$/ }).waitFor()
  assert.equal(await query.getAttribute('aria-invalid'), 'true')
  const described = await query.getAttribute('aria-describedby')
  assert.equal(await fault.getAttribute('id'), described, 'those who do not see it hear it')
  assert.equal(await page.evaluate(() => document.activeElement?.dataset.testid), 'list-query')

  await page.getByTestId('list-operation').fill('')
  await page.getByTestId('list-priority_group').evaluate((field) => (field.closest('details').open = true))
  await page.getByTestId('list-priority').fill('1.5')
  await query.fill('{ "term": { "metadata.type": "Software" } }')
  await page.getByTestId('list-try').click()
  await page.getByTestId('fault-priority').waitFor()
  await page.getByTestId('list-priority').fill('5')
  await page.getByTestId('list-try').click()
  await page.getByTestId('fault-operation').waitFor()
  assert.equal(await fault.count(), 0)
  await page.getByTestId('list-operation').fill('get')
  await page.getByTestId('list-try').click()
  await page.locator('[data-testid="list-found"][data-total="6"]').waitFor()
  assert.equal(JSON.stringify(await lists()), before)
  assert.deepEqual(faultsOf(keeper), [])
  await keeper.leave()
})

test('who manages no list and no record sees no page of them', async () => {
  const stranger = await visit(demo, STRANGER, `#/records/${NAMED}`)
  await stranger.page.getByTestId('record-title').waitFor()
  assert.equal(await stranger.page.getByTestId('record-lists').count(), 0)
  assert.equal(await stranger.page.getByTestId('header-lists').count(), 0)
  await stranger.page.goto(`${demo.url}#/lists`)
  await stranger.page.getByTestId('lists-none').waitFor()
  assert.equal(await stranger.page.getByTestId('new-list').count(), 0)
  assert.deepEqual(faultsOf(stranger), [])
  await stranger.leave()
})

test('an owner makes lists of own records, and gives nothing that the owner may not do', async () => {
  const owner = await visit(demo, OWNER, '#/lists')
  const { page } = owner
  await page.getByTestId('list-snow-for-lars').waitFor()
  assert.equal(await page.locator('[data-testid="lists"] tbody tr').count(), 1, 'the others are not theirs')
  await page.getByTestId('edit-snow-for-lars').click()
  await page.getByTestId('list-operation').fill('update')
  await page.getByTestId('list-save').click()
  await page.getByTestId('list-outcome').getByText('what you may not do yourself').waitFor()
  await page.getByTestId('list-operation').fill('get')
  await page.getByTestId('list-type').selectOption('default')
  await page.getByTestId('list-save').click()
  await page
    .getByTestId('list-outcome')
    .getByText('You may not make such an access list. Name records that you manage')
    .waitFor()
  assert.equal((await lists())['snow-for-lars'].type, 'id')
  assert.deepEqual(faultsOf(owner), [])
  await owner.leave()
})

test('what the form does not show of a list stays as it is: names with commas and blanks, and no state at all', async () => {
  const list = {
    type: 'default',
    schemas: ['record'],
    operation: 'get',
    states: [],
    actors: [
      { type: 'role', roles: ['data stewards, north', 'b'] },
      { type: 'user', users: ['13', 'smith, j'] },
    ],
  }
  const put = { op: 'put', key: { relation: 'acl', id: 'odd' }, value: list }
  await demo.store.commit([put], await demo.store.revision())
  const keeper = await visit(demo, SUPERUSER, '#/lists')
  const { page } = keeper
  await page.getByTestId('edit-odd').click()
  await page.getByTestId('list-states-published').waitFor()
  await page.getByTestId('list-name').fill('Of odd names')
  await page.getByTestId('list-save').click()
  await page.getByTestId('list-odd').getByText('Of odd names').waitFor()
  const { odd } = await lists()
  for (const [key, value] of Object.entries({ ...list, name: 'Of odd names' })) assert.deepEqual(odd[key], value, key)
  assert.deepEqual(faultsOf(keeper), [])
  await keeper.leave()
})

test('of two who change a list at once one is told, and takes what the other wrote', async () => {
  const one = await visit(demo, SUPERUSER, '#/lists')
  const other = await visit(demo, OWNER, '#/lists')
  for (const { page } of [one, other]) await page.getByTestId('edit-snow-for-lars').click()
  await other.page.getByTestId('list-name').fill('Snow, for Lars')
  await other.page.getByTestId('list-save').click()
  await other.page.getByTestId('list-dialog').waitFor({ state: 'hidden' })
  await one.page.getByTestId('list-name').fill('Mine')
  await one.page.getByTestId('list-save').click()
  await one.page.getByTestId('list-outcome').getByText('Somebody else changed it while you wrote').waitFor()
  await one.page.getByTestId('list-theirs').click()
  await one.page.locator('[data-testid="list-name"]:not([aria-invalid])').waitFor()
  await one.page.waitForFunction(() => document.querySelector('[data-testid="list-name"]')?.value === 'Snow, for Lars')
  await one.page.getByTestId('list-name').fill('Mine')
  await one.page.getByTestId('list-save').click()
  await one.page.getByTestId('list-snow-for-lars').getByText('Mine').waitFor()
  assert.deepEqual(faultsOf(one, other), [])
  await Promise.all([one.leave(), other.leave()])
})

test('a list by a query lets holders of a role edit what is published; one that denies keeps others out of files', async () => {
  const { records } = await demo.store.all()
  const find = (type) =>
    Object.entries(records).find(
      ([, { metadata, state, access }]) =>
        metadata?.type === type && state === 'published' && access.files === 'public' && access.record === 'public',
    )[0]
  const steward = await visit(demo, STEWARD, `#/records/${find('Software')}`)
  await steward.page.getByTestId('edit-title').click()
  await steward.page.getByTestId('title-input').fill('A better title')
  await steward.page.getByTestId('title-save').click()
  await steward.page.locator('[data-testid="sent-update"][data-item-state="accepted"]').waitFor()
  const partner = await visit(demo, '24', `#/records/${find('Photo')}`)
  await partner.page.getByTestId('record-title').waitFor()
  assert.equal(await decision(partner.page, 'read-files'), 'deny')
  assert.deepEqual(faultsOf(steward, partner), [])
  await Promise.all([steward.leave(), partner.leave()])
})

test('who may is asked of the server, where lists count; offline, of the device, and which of them is said', async () => {
  const keeper = await visit(demo, SUPERUSER, `#/records/${NAMED}`)
  const { page } = keeper
  const from = (place) => page.locator(`[data-testid="who-from"][data-from="${place}"]`)
  const named = page.getByTestId('who-list').getByText('Lars Nystrom')
  await page.getByTestId('who-action').selectOption('read')
  await from('server').waitFor()
  await named.waitFor()
  await page.getByTestId('who-action').selectOption('update')
  await named.waitFor({ state: 'detached' })
  await from('server').waitFor()
  await page.getByTestId('who-action').selectOption('read')
  await named.waitFor()
  await page.evaluate(() => navigator.serviceWorker.ready)
  await keeper.context.setOffline(true)
  await cut(page)
  await from('device').getByText('Offline, this device answers').waitFor()
  assert.equal(await named.count(), 0, 'the device knows of no list')
  await keeper.context.setOffline(false)
  await from('server').waitFor()
  await named.waitFor()
  await page.goto(`${demo.url}#/facts`)
  await page.locator('label:has([data-testid="fact-others"])').click()
  await page.goto(`${demo.url}#/records/${NAMED}`)
  await from('device').waitFor()
  assert.equal(await named.count(), 0, 'nor is that asked of the server which was put aside here')

  const owner = await visit(demo, OWNER, `#/records/${NAMED}`)
  await owner.page.getByTestId('who-action').selectOption('read')
  await owner.page.getByTestId('who-from').getByText('only to those who manage all').waitFor()
  assert.equal(await owner.page.getByTestId('who-list').getByText('Lars Nystrom').count(), 0)
  assert.deepEqual(faultsOf(keeper, owner), [])
  await Promise.all([keeper.leave(), owner.leave()])
})

test('without the server the page says where lists are, and what is said of others says it is without them', async () => {
  const keeper = await visit(demo, ADMIN, `#/records/${NAMED}`)
  await keeper.page.getByTestId('speaks-snow-for-lars').waitFor()
  await keeper.page.getByTestId('who-from').getByText('Without access lists').waitFor()
  await keeper.page.evaluate(() => navigator.serviceWorker.ready)
  await keeper.context.setOffline(true)
  await cut(keeper.page)
  await keeper.page.getByTestId('record-lists').getByText('go online').waitFor()
  assert.equal(await keeper.page.getByTestId('list-for-record').count(), 0)
  await keeper.page.getByTestId('header-lists').click()
  await keeper.page.getByTestId('lists-offline').waitFor()
  assert.equal(await keeper.page.getByTestId('lists').count(), 0)
  await keeper.context.setOffline(false)
  await keeper.page.getByTestId('list-snow-for-lars').waitFor()
  assert.deepEqual(faultsOf(keeper), [])
  await keeper.leave()
})
