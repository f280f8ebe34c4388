// The demo as people use it: a record's whole way through three people, and the same without a network.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { act, actAs, decision, offered, offlineReady, ready, start, stateOf } from './helpers.mjs'

const AUTHOR = '14' // member of the community: deposits
const CURATOR = '12' // curator there: checks
const BUSY_CURATOR = '18' // curator elsewhere, where records wait
const PUBLISHER = '4' // publisher there, and nothing else
const STRANGER = '13'
const COMMUNITY = 'coastal-observatories'

let demo
before(async () => {
  demo = await start()
})
after(() => demo?.stop())

test('a record goes from editing to published through three people', async () => {
  const { context, faults, open } = await demo.device()
  const page = await open()
  const title = 'Tide tables, read aloud'

  await actAs(page, AUTHOR)
  await page.getByTestId('new-record').click()
  await page.getByTestId(`new-in-${COMMUNITY}`).check()
  await page.getByTestId('new-title').fill(title)
  await page.getByTestId('new-save').click()
  await page.getByTestId('record-page').waitFor()
  assert.equal(await page.getByTestId('record-title').textContent(), title)
  const record = new URL(page.url()).hash
  assert.equal(await stateOf(page), 'editing')
  assert.deepEqual(await offered(page), ['delete', 'request-approval'], 'an author may ask for approval or give up')

  await page.getByTestId('edit-title').click()
  await page.getByTestId('title-input').fill(`${title}, twice`)
  await page.getByTestId('title-save').click()
  await page.getByText('Saved. Saved on this device.').waitFor()
  assert.equal(await page.getByTestId('record-title').textContent(), `${title}, twice`)

  await act(page, 'request-approval', 'pending-approval')
  assert.deepEqual(await offered(page), [], 'an author may not approve')
  assert.equal(await page.getByTestId('act-approve').isDisabled(), true)
  assert.equal(await page.getByTestId('edit-title').count(), 0, 'nor edit what is being looked at')
  assert.equal(await decision(page, 'approve'), 'deny')

  for (const nobody of [STRANGER, PUBLISHER]) {
    await actAs(page, nobody)
    await page.getByTestId('not-found').waitFor()
    assert.equal(await page.getByTestId('not-found').getAttribute('data-conceal'), 'true')
    assert.deepEqual(await offered(page), [])
  }

  await actAs(page, CURATOR)
  assert.equal(await stateOf(page), 'pending-approval')
  assert.deepEqual(await offered(page), ['approve', 'request-changes'])
  await act(page, 'approve', 'approved')
  assert.equal(await page.getByTestId('act-publish').isDisabled(), true, 'a curator may not publish')
  assert.match(
    await page.getByTestId('action-publish').textContent(),
    /Needs role publisher or admin in Coastal Observatories/,
  )

  await actAs(page, PUBLISHER)
  assert.deepEqual(await offered(page), ['publish', 'revert-approve'])
  await act(page, 'publish', 'published')
  assert.deepEqual(await offered(page), [], 'a publisher may not unpublish')

  await actAs(page, 'anonymous')
  assert.equal(await stateOf(page), 'published', 'everybody reads it now')
  assert.deepEqual(await offered(page), [])

  await page.getByTestId('header-activity').click()
  const events = await page.locator('[data-testid="log"] .event').allTextContents()
  for (const event of ['on-community-request-approve', 'on-community-approve', 'on-community-publish']) {
    assert.ok(events.includes(event), `${event} was announced; there is ${events}`)
  }
  await page.goto(demo.url + record)
  await ready(page)
  assert.equal(await stateOf(page), 'published', 'and it stays so after a reload')
  assert.deepEqual(faults, [])
  await context.close()
})

test('without a network the page opens, works, and keeps what was done', async () => {
  const { context, faults, open } = await demo.device()
  const page = await open()
  await offlineReady(page)
  await context.setOffline(true)
  await page.reload()
  await ready(page)
  await page.getByTestId('offline-banner').waitFor()

  await actAs(page, BUSY_CURATOR)
  await page.getByTestId('todo-approve').click()
  await page.getByTestId('record-list').getByRole('link').first().click()
  await page.getByTestId('record-page').waitFor()
  const title = await page.getByTestId('record-title').textContent()
  await act(page, 'approve', 'approved')
  await page.getByText('Approved. Saved on this device.').waitFor()

  await page.reload()
  await ready(page)
  assert.equal(await page.getByTestId('record-title').textContent(), title)
  assert.equal(await stateOf(page), 'approved', 'the transition is still there')
  assert.match(await page.getByTestId('log').textContent(), /on-community-approve.*offline/s)

  await context.setOffline(false)
  await page.getByTestId('offline-banner').waitFor({ state: 'detached' })
  await page.reload()
  await ready(page)
  assert.equal(await stateOf(page), 'approved')
  assert.deepEqual(faults, [])
  await context.close()
})

test('starting again works without a network too', async () => {
  const { context, faults, open } = await demo.device()
  const page = await open()
  await actAs(page, '1')
  const before = await page.getByTestId('count').textContent()
  await offlineReady(page)
  await context.setOffline(true)
  await page.getByTestId('todo-publish').click()
  await page.getByTestId('record-list').getByRole('link').first().click()
  await act(page, 'publish', 'published')
  page.on('dialog', (dialog) => dialog.accept())
  await page.getByTestId('header-facts').click()
  await page.getByTestId('reset').click()
  await page.getByText('As on the first day.').waitFor()
  assert.equal(await page.getByTestId('count').textContent(), before)
  await page.getByTestId('header-activity').click()
  assert.match(await page.getByTestId('log').textContent(), /Nothing yet/)
  assert.deepEqual(faults, [])
  await context.close()
})

test('what one tab does, another shows', async () => {
  const { context, faults, open } = await demo.device()
  const one = await open()
  await actAs(one, BUSY_CURATOR)
  await one.getByTestId('todo-approve').click()
  await one.getByTestId('record-list').getByRole('link').first().click()
  await one.getByTestId('record-page').waitFor()
  const two = await open(new URL(one.url()).hash)
  assert.equal(await stateOf(two), 'pending-approval')
  await act(one, 'approve', 'approved')
  await two.locator('[data-testid="record-page"][data-state="approved"]').waitFor()
  assert.deepEqual(await offered(two), [], 'the other tab offers it no more')
  await two.getByText('on-community-approve').waitFor()
  assert.deepEqual(faults, [])
  await context.close()
})

test('a tab that missed what another did cannot overwrite it: the engine is asked again', async () => {
  const { context, faults, open } = await demo.device()
  const one = await open()
  await actAs(one, BUSY_CURATOR)
  await one.getByTestId('todo-approve').click()
  await one.getByTestId('record-list').getByRole('link').first().click()
  await one.getByTestId('record-page').waitFor()
  // Deaf: without the channel it hears of other tabs only when its own commit comes too late.
  await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'BroadcastChannel'))
  const deaf = await open(new URL(one.url()).hash)
  await act(one, 'approve', 'approved')
  assert.equal(await stateOf(deaf), 'pending-approval', 'it knows nothing yet')
  assert.deepEqual(await offered(deaf), ['approve', 'request-changes'])

  await deaf.getByTestId('act-request-changes').click()
  await deaf.getByText(/^Refused: /).waitFor()
  await deaf.locator('[data-testid="record-page"][data-state="approved"]').waitFor()
  await one.reload()
  await ready(one)
  assert.equal(await stateOf(one), 'approved', 'the approval stands')
  assert.equal(await one.locator('[data-testid="log"] .event').count(), 1, 'and nothing else happened')
  assert.deepEqual(faults, [])
  await context.close()
})
