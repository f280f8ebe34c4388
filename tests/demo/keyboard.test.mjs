// The same work with the keyboard alone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { calm, start } from './helpers.mjs'

let demo
before(async () => {
  demo = await start()
})
after(() => demo?.stop())

const focused = (page) =>
  page.evaluate(() => document.activeElement?.dataset.testid ?? document.activeElement?.id ?? '')

/** Tab until the element has the focus: what is not reachable fails here. */
async function tabTo(page, testid, most = 40) {
  for (let i = 0; i < most; i++) {
    if ((await focused(page)) === testid) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`\`${testid}\` was not reached in ${most} steps; the focus is on \`${await focused(page)}\``)
}

test('find a record, approve it, go back: no mouse', async () => {
  const { context, faults, open } = await demo.device()
  const page = await open()

  // Sign in, as somebody first and then as a curator.
  await page.getByTestId('welcome').waitFor()
  await tabTo(page, 'subject-search')
  await page.keyboard.type('Goran')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByTestId('home').waitFor()
  await tabTo(page, 'subject-button')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.activeElement?.dataset.testid === 'subject-search')
  await page.keyboard.type('Odile')
  await page.keyboard.press('ArrowDown')
  assert.equal(await focused(page), 'person-18')
  await page.keyboard.press('Enter')
  await page.getByTestId('subject-dialog').waitFor({ state: 'hidden' })
  assert.equal(await focused(page), 'subject-button', 'the dialog gives the focus back')
  assert.equal(await page.getByTestId('subject-name').textContent(), 'Odile Halvorsen')

  // Narrow the list to what waits for approval, once it is that person's.
  await calm(page)
  await page.locator('#search').waitFor()
  await page.keyboard.press('/')
  await page.waitForFunction(() => document.activeElement?.id === 'search')
  await tabTo(page, 'todo-approve')
  await page.keyboard.press('Space')
  const rows = page.getByTestId('record-list').getByRole('link')
  const waiting = await rows.count()
  assert.ok(waiting >= 2, `${waiting} records wait for approval`)

  // Down into the list from the search field, and along it.
  await page.keyboard.press('/')
  await page.waitForFunction(() => document.activeElement?.id === 'search')
  await page.keyboard.press('ArrowDown')
  const ids = await rows.evaluateAll((links) => links.map((link) => link.dataset.testid))
  assert.equal(await focused(page), ids[0])
  await page.keyboard.press('ArrowDown')
  assert.equal(await focused(page), ids[1])
  await page.keyboard.press('End')
  assert.equal(await focused(page), ids.at(-1))
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowDown')
  assert.notEqual(
    await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle),
    'none',
    'the focus is visible',
  )
  await page.keyboard.press('Enter')
  await page.getByTestId('record-page').waitFor()

  // Back with Esc: the focus is where one came from.
  await page.waitForFunction(() => document.activeElement?.dataset.testid === 'record-page')
  await page.keyboard.press('Escape')
  await page.getByTestId('record-page').waitFor({ state: 'detached' })
  await page.waitForFunction((id) => document.activeElement?.dataset.testid === id, ids[1])
  await page.keyboard.press('Enter')
  await page.getByTestId('record-page').waitFor()

  // Change the title, think better of it, then approve.
  await tabTo(page, 'edit-title')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.activeElement?.dataset.testid === 'title-input')
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => document.activeElement?.dataset.testid === 'edit-title')
  await tabTo(page, 'act-approve')
  await page.keyboard.press('Enter')
  await page.locator('[data-testid="record-page"][data-state="approved"]').waitFor()
  // The button is gone; the focus did not go with it.
  await page.waitForFunction(() => document.activeElement?.dataset.testid === 'step-approved')
  assert.match(await page.getByTestId('announcer').textContent(), /Approved\. Saved on this device\./)
  assert.equal(await page.getByTestId('announcer').getAttribute('aria-live'), 'polite')

  // The reasons of an action open and close like any disclosure.
  await page.locator('[data-testid="action-publish"] summary').focus()
  await page.keyboard.press('Enter')
  assert.equal(await page.getByTestId('action-publish').evaluate((details) => details.open), true)
  assert.deepEqual(faults, [])
  await context.close()
})
