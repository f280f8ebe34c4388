// How it looks and whether everybody can use it: screenshots in tests/output, contrast and names by axe, no sideways
// scrolling on a phone, ten thousand records.
import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { actAs, axeSource, calm, cut, output, shoot, start } from './helpers.mjs'

let demo
before(async () => {
  demo = await start()
})
after(() => demo?.stop())

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/** Everything axe finds that is serious or worse, in a form that says where. */
async function accessibility(page) {
  // Run in the page's own world: the demo's policy refuses injected scripts, and an evaluated one is none.
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`,
    )
}

/** Pixels by which the page, or anything in it that is not meant to scroll, is wider than the screen. */
async function overflow(page) {
  return page.evaluate(() => {
    const wide = [...document.querySelectorAll('body *')].filter((element) => {
      const box = element.getBoundingClientRect()
      const clipped = element.closest('.matrix-scroll, .sr, .skip, .tree, dialog:not([open])')
      return !clipped && box.width > 0 && box.right > innerWidth + 0.5
    })
    return {
      page: document.documentElement.scrollWidth - innerWidth,
      elements: wide.map((element) => element.className || element.tagName),
    }
  })
}

async function nonblank(page, name) {
  const bytes = await shoot(page, name)
  assert.ok(statSync(`${output}demo-${name}.png`).size > 20_000, `${name} shows something`)
  return bytes
}

async function openFirst(page, todo) {
  await page.getByTestId(`todo-${todo}`).click()
  await page.getByTestId('record-list').getByRole('link').first().click()
  await page.getByTestId('record-page').waitFor()
}

for (const colorScheme of ['light', 'dark']) {
  test(`desktop, ${colorScheme}`, async () => {
    const { context, faults, open } = await demo.device({ colorScheme })
    const page = await open()
    const shots = []
    const look = async (name) => {
      shots.push(await nonblank(page, `desktop-${colorScheme}-${name}`))
      assert.deepEqual(await accessibility(page), [], name)
      assert.deepEqual(await overflow(page), { page: 0, elements: [] }, name)
    }
    await look('welcome')
    await actAs(page, '18')
    await look('home')
    await openFirst(page, 'approve')
    await page.locator('[data-testid="action-publish"] summary').click()
    await page.locator('[data-testid="action-publish"] .rule summary').click()
    await look('record')
    await page.getByTestId('subject-button').click()
    await look('people')
    assert.ok(
      await page.locator('.people').evaluate((list) => list.scrollHeight > list.clientHeight),
      'what is in a dialog scrolls, and its head stays',
    )
    await page.keyboard.press('Escape')
    await page.getByTestId('new-record').click()
    await look('new')
    await page.keyboard.press('Escape')
    await page.getByTestId('header-communities').click()
    await look('communities')
    await page.getByTestId('community-coastal-observatories').click()
    await page.getByTestId('invite').waitFor()
    await look('community')
    await page.getByTestId('settings').locator('h2').scrollIntoViewIfNeeded()
    await page.getByTestId('set-visibility-restricted').check()
    await page.getByTestId('save-settings').waitFor()
    await look('settings')
    await page.getByTestId('header-lists').click()
    await page.getByTestId('edit-snow-for-lars').waitFor()
    await look('lists')
    await page.getByTestId('edit-snow-for-lars').click()
    await page.getByTestId('list-records').fill('')
    await page.getByTestId('list-type').selectOption('property_value')
    await page.getByTestId('list-schemas-record').uncheck()
    await page.getByTestId('list-try').click()
    await page.getByTestId('fault-schemas').waitFor()
    await page.waitForFunction(() => document.activeElement?.dataset.testid === 'list-schemas-record')
    await look('list')
    await page.keyboard.press('Escape')
    await page.getByTestId('remove-snow-for-lars').click()
    await page.getByTestId('list-remove').waitFor()
    await look('list-remove')
    await page.keyboard.press('Escape')
    await page.getByTestId('header-matrix').click()
    await look('matrix')
    await page.getByTestId('header-facts').click()
    await page.locator('label:has([data-testid="fact-mine"])').click()
    await look('facts')
    await page.getByTestId('header-records').click()
    await page.getByTestId('todo-approve').click()
    await page.getByTestId('scope').selectOption('in:soil-and-climate-network')
    await page.getByTestId('record-list').getByRole('link').first().click()
    await page.getByTestId('record-page').waitFor()
    assert.equal(await page.getByTestId('act-unpublish').getAttribute('data-answer'), 'unknown')
    await look('unknown')
    await page.getByTestId('header-outbox').click()
    await look('outbox')
    await page.getByTestId('connection').click()
    await page.locator('label:has([data-testid="work-offline"])').click()
    await look('connection')
    assert.equal(
      new Set(shots.map((bytes) => bytes.toString('base64'))).size,
      shots.length,
      'every page looks different',
    )
    // The browser itself tells of the answer 400.
    assert.deepEqual(
      faults.filter((text) => !text.includes('400')),
      [],
    )
    await context.close()
  })
}

test('the theme button wins over the system, and is remembered', async () => {
  const { context, open } = await demo.device({ colorScheme: 'light' })
  const page = await open()
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await ground()
  await page.getByTestId('theme').click()
  const dark = await ground()
  assert.notEqual(dark, light)
  await page.reload()
  await page.getByTestId('theme').waitFor()
  assert.equal(await ground(), dark)
  await context.close()
})

test('at no width is the page wider than the screen', async () => {
  const { context, open } = await demo.device()
  const page = await open()
  // Somebody who sees every page, and has something to answer.
  await actAs(page, '1')
  await page.getByTestId('header-lists').click()
  await page.getByTestId('lists').waitFor()
  for (const width of [1280, 1240, 1100, 1080, 960, 900, 720, 480, 380, 340, 320]) {
    await page.setViewportSize({ width, height: 800 })
    assert.deepEqual(await overflow(page), { page: 0, elements: [] }, `${width} pixels`)
  }
  await context.close()
})

test('a phone: the list, then the record, then back', async () => {
  const { context, faults, open } = await demo.device(PHONE)
  const page = await open()
  const look = async (name) => {
    await nonblank(page, `phone-${name}`)
    assert.deepEqual(await overflow(page), { page: 0, elements: [] }, name)
    assert.deepEqual(await accessibility(page), [], name)
  }
  await look('welcome')
  await actAs(page, '18')
  await look('list')
  await openFirst(page, 'approve')
  assert.equal(await page.getByTestId('record-list').isVisible(), false, 'the record takes the whole screen')
  await look('record')
  for (const button of await page.locator('[data-testid^="act-"]').all()) {
    const { height } = await button.boundingBox()
    assert.ok(height >= 40, 'a finger can hit it')
  }
  await page.getByTestId('act-approve').scrollIntoViewIfNeeded()
  await page.getByTestId('action-publish').locator('summary').first().click()
  await look('reasons')
  await page.getByTestId('back').click()
  assert.equal(await page.getByTestId('record-list').isVisible(), true)
  await page.getByTestId('subject-button').click()
  await look('people')
  await page.keyboard.press('Escape')
  for (const name of ['communities', 'lists', 'matrix', 'facts', 'outbox']) {
    await page.getByTestId(`bottom-${name}`).click()
    await look(name)
  }
  await page.getByTestId('bottom-lists').click()
  await page.getByTestId('edit-snow-for-lars').click()
  await page.getByTestId('list-try').click()
  await page.getByTestId('list-found').waitFor()
  await look('list')
  await page.keyboard.press('Escape')
  await page.getByTestId('bottom-communities').click()
  await page.getByTestId('community-coastal-observatories').click()
  await page.getByTestId('invite').waitFor()
  await look('community')
  await page.getByTestId('settings').locator('h2').scrollIntoViewIfNeeded()
  await look('settings')
  assert.deepEqual(faults, [])
  await context.close()
})

/** Edits a title without a network, while somebody else edits it too: shows both moments. */
async function collide(page, context, look) {
  await openFirst(page, 'approve')
  const id = page.url().split('/').at(-1)
  await context.setOffline(true)
  await cut(page)
  await page.getByTestId('edit-title').click()
  await page.getByTestId('title-input').fill('Words of somebody who was away')
  await page.getByTestId('title-save').click()
  await page.getByTestId('speculative').waitFor()
  await look('waiting')
  const record = (await demo.store.all()).records[id]
  const metadata = { ...record.metadata, title: `Somebody else was quicker, at ${Date.now()}` }
  await demo.store.commit(
    [{ op: 'put', key: { relation: 'record', id }, value: { ...record, metadata } }],
    await demo.store.revision(),
  )
  await context.setOffline(false)
  await page.getByTestId('refused-text').waitFor()
  await look('refused-record')
  await page.getByTestId('refused-banner').getByRole('link').click()
  await page.getByTestId('outbox-page').waitFor()
  await look('refused')
}

for (const [name, options] of [
  ['desktop-light', { colorScheme: 'light' }],
  ['desktop-dark', { colorScheme: 'dark' }],
  ['phone', PHONE],
]) {
  test(`waiting and refused work: ${name}`, async () => {
    const { context, faults, open } = await demo.device(options)
    const page = await open()
    await actAs(page, '18')
    await collide(page, context, async (state) => {
      await nonblank(page, `${name}-${state}`)
      assert.deepEqual(await accessibility(page), [], state)
      assert.deepEqual(await overflow(page), { page: 0, elements: [] }, state)
    })
    assert.deepEqual(faults, [])
    await context.close()
  })
}

test('less movement for those who ask for it', async () => {
  const { context, open } = await demo.device({ reducedMotion: 'reduce' })
  const page = await open()
  const longest = await page.evaluate(() =>
    Math.max(
      ...[...document.querySelectorAll('*')].flatMap((element) =>
        getComputedStyle(element).transitionDuration.split(',').map(Number.parseFloat),
      ),
    ),
  )
  assert.ok(longest <= 0.01, `the longest transition takes ${longest} s`)
  await context.close()
})

test('ten thousand records more', async () => {
  const { context, faults, open } = await demo.device()
  const page = await open()
  await actAs(page, '1')
  await page.getByTestId('header-facts').click()
  await page.getByTestId('add-many').click()
  await page.getByTestId('add-progress').waitFor()
  await page.getByText('10,000 records added on the server').waitFor({ timeout: 60_000 })
  await calm(page)
  await page.getByTestId('header-records').click()
  assert.match(await page.getByTestId('count').textContent(), /^10,155 to see here$/)
  const before = await page.getByTestId('pager').textContent()
  await page.getByTestId('next-page').click()
  assert.notEqual(await page.getByTestId('pager').textContent(), before)
  await page.getByTestId('search').fill('glacier svalbard')
  await page.getByTestId('narrowed').waitFor()
  const titles = await page.locator('.row-title').allTextContents()
  assert.ok(titles.length > 0 && titles.every((title) => /glacier/i.test(title) && /svalbard/i.test(title)))
  await page.reload()
  // Those of a restricted community open with the connection.
  await page
    .getByTestId('count')
    .filter({ hasText: /^10,155 / })
    .waitFor()
  await nonblank(page, 'desktop-many')
  assert.deepEqual(faults, [])
  await context.close()
})
