// A host of files only: the service worker runs the server, and the page is none the wiser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { act, actAs, calm, offered, ready, shoot, start, stateOf } from './helpers.mjs'

let demo
before(async () => {
  demo = await start({ api: false })
})
after(() => demo?.stop())

test('where there is no server the service worker is one: two people, a refusal, a reload', async () => {
  const { context, faults, open } = await demo.device()
  const page = await open()
  await actAs(page, '18')
  assert.equal((await fetch(`${demo.url}api/openapi.json`)).status, 404, 'the host serves files')
  await page.getByTestId('connection').click()
  await page.getByTestId('connection-dialog').getByText('in this browser').waitFor()
  await shoot(page, 'static-connection')
  await page.keyboard.press('Escape')
  await page.getByTestId('todo-approve').click()
  await page.getByTestId('record-list').getByRole('link').first().click()
  await act(page, 'approve', 'approved')
  await calm(page)
  await page.locator('[data-testid="sent-approve"][data-item-state="accepted"]').waitFor()
  await page.getByTestId('header-outbox').click()
  await page.locator('[data-testid="log"] .event', { hasText: 'on-community-approve' }).waitFor()

  // Away from the server in the same browser: what is done then is decided when one is back.
  await page.getByTestId('header-records').click()
  await page.getByTestId('record-list').getByRole('link').first().click()
  const record = new URL(page.url()).hash
  await page.getByTestId('connection').click()
  await page.locator('label:has([data-testid="work-offline"])').click()
  await page.keyboard.press('Escape')
  await act(page, 'request-changes', 'editing')
  const answer = await page.evaluate(async (hash) => {
    const id = hash.split('/').at(-1)
    const headers = { authorization: 'Bearer demo-1', 'content-type': 'application/json' }
    return (await fetch(`api/alpine-hydrology/${id}/approve`, { method: 'POST', headers, body: '{}' })).status
  }, record)
  assert.ok(answer < 300, `the superuser approves it meanwhile: ${answer}`)
  await page.getByTestId('connection').click()
  await page.locator('label:has([data-testid="work-offline"])').click()
  await page.keyboard.press('Escape')
  await page.getByTestId('refused-banner').waitFor()
  await page.locator('[data-testid="record-page"][data-state="approved"]').waitFor()
  assert.deepEqual(await offered(page), [])

  // The host is gone too: page, server and data are all in this browser.
  await context.setOffline(true)
  await page.reload()
  await ready(page)
  await page.getByTestId('record-page').waitFor()
  assert.equal(await stateOf(page), 'approved')
  await actAs(page, '4')
  await page.locator('[data-testid="record-page"][data-state="approved"]').waitFor()
  assert.deepEqual(await offered(page), ['publish', 'revert-approve'], 'a publisher, from the same server')
  assert.deepEqual(faults, [])
  await context.close()
})
