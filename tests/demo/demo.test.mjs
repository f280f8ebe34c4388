// The demo as people use it: a record's whole way through three people, and the same without a network.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { act, actAs, calm, cut, decision, offered, offlineReady, ready, start, stateOf } from './helpers.mjs'

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

/** The answer of the server to somebody without a token. */
async function readByNobody(hash) {
  const id = hash.split('/').at(-1)
  return (await fetch(`${demo.url}api/${COMMUNITY}/${id}`)).status
}

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

  assert.equal(await readByNobody(record), 404, 'not for everybody yet')
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
    /Needs role admin or publisher in Coastal Observatories/,
  )

  await actAs(page, PUBLISHER)
  assert.deepEqual(await offered(page), ['publish', 'revert-approve'])
  await act(page, 'publish', 'published')
  assert.deepEqual(await offered(page), [], 'a publisher may not unpublish')

  await actAs(page, STRANGER)
  assert.equal(await stateOf(page), 'published', 'everybody reads it now')
  assert.deepEqual(await offered(page), [])
  assert.equal(await readByNobody(record), 200, 'those who are not signed in read it at the server')

  await page.getByTestId('header-outbox').click()
  await page.locator('[data-testid="log"] .event').first().waitFor()
  const events = await page.locator('[data-testid="log"] .event').allTextContents()
  for (const event of ['on-community-request-approve', 'on-community-approve', 'on-community-publish']) {
    assert.ok(events.includes(event), `${event} was announced; there is ${events}`)
  }
  await page.goto(demo.url + record)
  await page.reload()
  await ready(page)
  assert.equal(await stateOf(page), 'published', 'and it stays so after a reload')
  assert.deepEqual(faults, [])
  await context.close()
})

test('without a network the page opens, works, and keeps what was done', async () => {
  const { context, faults, open } = await demo.device()
  const page = await open()
  await actAs(page, BUSY_CURATOR)
  await offlineReady(page)
  await context.setOffline(true)
  await page.reload()
  await ready(page)
  await page.getByTestId('offline-banner').waitFor()

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
  // `sent` if the client has tried already; nothing of it has arrived.
  assert.match(await page.getByTestId('sent-approve').getAttribute('data-item-state'), /^(saved|sent)$/)
  await page.getByTestId('speculative').waitFor()
  assert.equal(await page.getByTestId('outbox-badge').first().textContent(), '1 waiting')

  await context.setOffline(false)
  await page.getByTestId('offline-banner').waitFor({ state: 'detached' })
  await calm(page)
  await page.getByTestId('speculative').waitFor({ state: 'detached' })
  assert.equal(await page.getByTestId('sent-approve').getAttribute('data-item-state'), 'accepted')
  await page.reload()
  await ready(page)
  assert.equal(await stateOf(page), 'approved')
  assert.deepEqual(faults, [])
  await context.close()
})

test('starting again sets the server back, and says so where there is no way to it', async () => {
  const { context, faults, open } = await demo.device()
  const page = await open()
  await actAs(page, '1')
  page.on('dialog', (dialog) => dialog.accept())
  await page.getByTestId('header-facts').click()
  await page.getByTestId('reset').click()
  await page.getByText('As on the first day.').waitFor()
  await calm(page)
  const before = await page.getByTestId('todo-publish').textContent()
  await page.getByTestId('todo-publish').click()
  await page.getByTestId('record-list').getByRole('link').first().click()
  await act(page, 'publish', 'published')
  await calm(page)
  assert.notEqual(await page.getByTestId('todo-publish').textContent(), before)
  await page.getByTestId('header-facts').click()
  await context.setOffline(true)
  await page.getByTestId('reset').click()
  await page.getByText('The server cannot be reached.').waitFor()
  await context.setOffline(false)
  await calm(page)
  await page.getByTestId('reset').click()
  await page.getByText('As on the first day.').waitFor()
  await page.getByTestId('todo-publish').filter({ hasText: before }).waitFor()
  await page.getByTestId('header-outbox').click()
  assert.match(await page.getByTestId('log').textContent(), /Nothing yet/)
  assert.match(await page.getByTestId('outbox').textContent(), /Nothing yet/)
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
  await two.locator('[data-testid="sent-approve"][data-item-state="accepted"]').waitFor()
  assert.deepEqual(faults, [])
  await context.close()
})

test('a device that missed what another did cannot overwrite it: the server decides, and the refusal is told', async () => {
  const one = await demo.device()
  const page = await one.open()
  await actAs(page, BUSY_CURATOR)
  await page.getByTestId('todo-approve').click()
  await page.getByTestId('record-list').getByRole('link').first().click()
  await page.getByTestId('record-page').waitFor()
  const other = await demo.device()
  const deaf = await other.open(new URL(page.url()).hash)
  await actAs(deaf, BUSY_CURATOR)
  await other.context.setOffline(true)
  await cut(deaf)
  await act(page, 'approve', 'approved')
  await calm(page)
  assert.equal(await stateOf(deaf), 'pending-approval', 'it knows nothing yet')
  assert.deepEqual(await offered(deaf), ['approve', 'request-changes'])

  await act(deaf, 'request-changes', 'editing')
  await other.context.setOffline(false)
  await deaf.getByText(/^Refused: /).waitFor()
  await deaf.locator('[data-testid="record-page"][data-state="approved"]').waitFor()
  assert.equal(await deaf.getByTestId('sent-request-changes').getAttribute('data-code'), 'workflow')
  await page.reload()
  await ready(page)
  assert.equal(await stateOf(page), 'approved', 'the approval stands')
  await page.getByTestId('header-outbox').click()
  const title = await page.getByTestId('log').locator('a').first().textContent()
  const events = page.getByTestId('log').locator('li', { hasText: title }).locator('.event')
  assert.deepEqual(await events.allTextContents(), ['on-community-approve'], 'and nothing else happened')
  assert.deepEqual([...one.faults, ...other.faults], [])
  await one.context.close()
  await other.context.close()
})
