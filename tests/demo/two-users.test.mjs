// Two people in two browsers at one server: both work without a network, and the server has the last word.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, afterEach, before, test } from 'node:test'
import { actAs, act, calm, cut, offered, offlineReady, ready, reset, shoot, start, stateOf } from './helpers.mjs'

const CURATOR = '18' // curator of the community
const COLLEAGUE = '23' // curator there too
const COMMUNITY = 'alpine-hydrology'

let demo
before(async () => {
  demo = await start()
})
afterEach(async () => {
  for (const person of [CURATOR, COLLEAGUE]) demo.reach(person, true)
  await reset(demo, CURATOR)
})
after(() => demo?.stop())

/** A browser of their own for each, both at the same record. */
async function desks() {
  const one = await desk(CURATOR)
  await one.page.getByTestId('scope').selectOption(`in:${COMMUNITY}`)
  await one.page.getByTestId('todo-approve').click()
  await one.page.getByTestId('record-list').getByRole('link').first().click()
  await one.page.getByTestId('record-page').waitFor()
  const two = await desk(COLLEAGUE, new URL(one.page.url()).hash)
  await two.page.getByTestId('record-page').waitFor()
  return { one, two, id: one.page.url().split('/').at(-1) }
}

async function desk(person, hash) {
  const device = await demo.device()
  const page = await device.open(hash)
  await actAs(page, person)
  await offlineReady(page)
  return {
    ...device,
    page,
    async leave() {
      await device.context.setOffline(true)
      // Only then: what is under way ends as the browser says, and is no answer of a server in trouble.
      demo.reach(person, false)
      await cut(page)
    },
    async comeBack() {
      demo.reach(person, true)
      await device.context.setOffline(false)
      await calm(page)
    },
  }
}

async function write(page, field, text) {
  await page.getByTestId(`edit-${field}`).click()
  await page.getByTestId(`${field}-input`).fill(text)
  await page.getByTestId(`${field}-save`).click()
  await page.getByTestId(`record-${field}`).getByText(text, { exact: true }).waitFor()
}

const textOf = (page, field) => page.getByTestId(`record-${field}`).textContent()
const stored = async (id) => (await demo.store.all()).records[id].metadata
const items = (page) =>
  page
    .getByTestId('outbox')
    .locator('[data-item-state]')
    .evaluateAll((rows) => rows.map((row) => `${row.querySelector('b').textContent} ${row.dataset.itemState}`).sort())

test('both edit the same field offline: one is accepted, the other refused and kept, edited and sent again', async () => {
  const { one, two, id } = await desks()
  await Promise.all([one.leave(), two.leave()])
  await write(one.page, 'title', 'What the curator wrote')
  await write(two.page, 'title', 'What the colleague wrote')
  await write(two.page, 'abstract', 'An abstract by the colleague.')
  assert.equal(await one.page.getByTestId('net-status').textContent(), 'Offline')
  assert.equal(await two.page.getByTestId('saved-status').textContent(), '2 saved here, not sent')
  await two.page.getByTestId('speculative').waitFor()
  assert.deepEqual(await items(two.page), ['Edit: Abstract saved', 'Edit: Title saved'])
  await shoot(two.page, 'two-offline')

  // A reload without a network shows data and pending work again.
  await two.page.reload()
  await ready(two.page)
  await cut(two.page)
  await two.page.getByTestId('record-page').waitFor()
  assert.equal(await textOf(two.page, 'title'), 'What the colleague wrote')
  assert.equal(await textOf(two.page, 'abstract'), 'An abstract by the colleague.')
  assert.deepEqual(await items(two.page), ['Edit: Abstract saved', 'Edit: Title saved'])

  await one.comeBack()
  assert.equal((await stored(id)).title, 'What the curator wrote')
  await two.comeBack()
  await two.page.getByTestId('refused-banner').waitFor()
  assert.deepEqual(await items(two.page), ['Edit: Abstract accepted_changed', 'Edit: Title rejected'])
  assert.equal(await two.page.getByTestId('sent-update').first().getAttribute('data-code'), 'precondition')
  assert.match(await two.page.getByTestId('refusal').textContent(), /Somebody else changed the same field/)
  assert.match(await two.page.getByTestId('theirs').textContent(), /What the curator wrote/)
  assert.equal(await two.page.getByTestId('refused-text').inputValue(), 'What the colleague wrote')
  // The verdict is there before the view that goes with it.
  await two.page.getByTestId('record-title').getByText('What the curator wrote').waitFor()
  assert.equal(await textOf(two.page, 'title'), 'What the curator wrote', 'the page shows what the server has')
  await shoot(two.page, 'two-refused')

  await two.page.getByTestId('refused-text').fill('What both can live with')
  await two.page.getByTestId('send-again').click()
  await two.page.getByTestId('refused-banner').waitFor({ state: 'detached' })
  await calm(two.page)
  assert.deepEqual(await stored(id), {
    ...(await stored(id)),
    title: 'What both can live with',
    abstract: 'An abstract by the colleague.',
  })
  await one.page.getByTestId('record-title').getByText('What both can live with').waitFor()
  assert.equal(await textOf(one.page, 'abstract'), 'An abstract by the colleague.')
  assert.equal(demo.handler.mismatches(), 0, 'no prediction was wrong on what the device had seen')
  assert.deepEqual([...one.faults, ...two.faults], [])
  await one.context.close()
  await two.context.close()
})

test('a membership is taken away while its holder is offline: the view goes, the words stay', async () => {
  const { one, two, id } = await desks()
  const sight = await two.page.getByTestId('count').textContent()
  await two.leave()
  await write(two.page, 'abstract', 'Words nobody else has.')
  await act(two.page, 'approve', 'approved')
  await demo.store.commit(
    [{ op: 'del', key: { relation: 'membership', community: COMMUNITY, user: COLLEAGUE } }],
    await demo.store.revision(),
  )
  assert.equal(await stateOf(two.page), 'approved', 'nothing is known of it there yet')
  assert.deepEqual(await offered(two.page), [])

  await two.comeBack()
  await two.page.getByTestId('not-found').waitFor()
  assert.equal(await two.page.getByTestId('not-found').getAttribute('data-conceal'), 'true')
  await two.page.getByTestId('header-outbox').click()
  assert.deepEqual(await items(two.page), ['Approve rejected', 'Edit: Abstract rejected'])
  assert.equal(await two.page.getByTestId('refused-text').inputValue(), 'Words nobody else has.')
  await shoot(two.page, 'two-revoked')
  assert.equal((await demo.store.all()).records[id].state, 'pending-approval')

  const download = two.page.waitForEvent('download')
  await two.page.getByTestId('export-all').click()
  const kept = JSON.parse(readFileSync(await (await download).path(), 'utf8'))
  assert.deepEqual(
    kept.intents.map(({ status, action, target }) => [status, action, target.id]),
    [
      ['refused', 'update', id],
      ['refused', 'approve', id],
    ],
  )
  assert.equal(kept.intents[0].args.set[0].value, 'Words nobody else has.')

  // Nothing of the lost scope comes back with a reload, with or without a network; the words do.
  await two.context.setOffline(true)
  await two.page.reload()
  await ready(two.page)
  await two.page.getByTestId('refused-text').waitFor()
  assert.equal(await two.page.getByTestId('refused-text').inputValue(), 'Words nobody else has.')
  // What is restricted is encrypted on the device, and its key comes with the session.
  await two.page.getByTestId('locked-banner').waitFor()
  await two.page.getByTestId('header-records').click()
  await two.comeBack()
  await two.page.getByTestId('locked-banner').waitFor({ state: 'detached' })
  const fresh = await desk(COLLEAGUE)
  const now = await fresh.page.getByTestId('count').textContent()
  assert.notEqual(now, sight)
  assert.equal(await two.page.getByTestId('count').textContent(), now, 'as a device that never saw more')
  await fresh.context.close()

  await two.page.getByTestId('header-outbox').click()
  const approve = two.page.getByTestId('sent-approve')
  await approve.getByTestId('dismiss').click()
  await approve.waitFor({ state: 'detached' })
  const edit = two.page.getByTestId('sent-update')
  await edit.getByTestId('dismiss').click()
  assert.equal(await edit.getByTestId('dismiss').textContent(), 'Delete my words', 'words do not go by one slip')
  await edit.getByTestId('dismiss').click()
  await edit.waitFor({ state: 'detached' })
  assert.deepEqual([...one.faults, ...two.faults], [])
  await one.context.close()
  await two.context.close()
})

test('the switch works like a pulled cable, in every tab, and can be undone', async () => {
  const { one, two } = await desks()
  const tab = await one.open(new URL(one.page.url()).hash)
  await one.page.getByTestId('connection').click()
  await one.page.locator('label:has([data-testid="work-offline"])').click()
  await one.page.keyboard.press('Escape')
  await one.page.getByTestId('offline-banner').getByText('Working offline.').waitFor()
  await tab.getByTestId('offline-banner').waitFor()
  await write(one.page, 'abstract', 'Written with the switch on.')
  await tab.getByTestId('record-abstract').getByText('Written with the switch on.').waitFor()
  await tab.getByTestId('speculative').waitFor()
  assert.notEqual(await textOf(two.page, 'abstract'), 'Written with the switch on.')
  await one.page.reload()
  await ready(one.page)
  await one.page.getByTestId('offline-banner').waitFor()

  await tab.getByTestId('connection').click()
  await tab.locator('label:has([data-testid="work-offline"])').click()
  await two.page.getByTestId('record-abstract').getByText('Written with the switch on.').waitFor()
  for (const page of [one.page, tab]) {
    await calm(page)
    await page.getByTestId('speculative').waitFor({ state: 'detached' })
  }
  assert.deepEqual([...one.faults, ...two.faults], [])
  await one.context.close()
  await two.context.close()
})

test('signing out asks before it takes unsent work along, and then leaves nothing, in every tab', async () => {
  const { page, context, faults, open, leave } = await desk(CURATOR)
  const tab = await open()
  await page.getByTestId('todo-approve').click()
  await page.getByTestId('record-list').getByRole('link').first().click()
  await leave()
  await act(page, 'approve', 'approved')
  await page.getByTestId('connection').click()
  await page.getByTestId('sign-out').click()
  await page.getByTestId('sign-out-ask').getByText('1 of your changes').waitFor()
  await page.getByTestId('sign-out-force').click()
  await page.getByTestId('welcome').waitFor()
  await tab.getByTestId('welcome').waitFor()
  const left = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
  assert.deepEqual(
    left.filter((name) => name.includes('lictor-demo')),
    [],
  )
  await page.reload()
  await page.getByTestId('welcome').waitFor()
  assert.deepEqual(faults, [])
  await context.close()
})

test('a server that wants a new sign-in: the work waits, and goes on after it', async () => {
  const { page, context } = await desk(CURATOR)
  await context.route('**/api/sync/**', (route) => route.fulfill({ status: 401, body: '' }))
  await page.getByTestId('todo-approve').click()
  await page.getByTestId('record-list').getByRole('link').first().click()
  await act(page, 'approve', 'approved')
  await page.getByTestId('stopped-banner').getByText('sign in again').waitFor()
  assert.equal(await page.getByTestId('net-status').textContent(), 'Signed out')
  assert.equal(await page.getByTestId('sent-approve').getAttribute('data-code'), null, 'no verdict')
  await context.unroute('**/api/sync/**')
  await page.getByTestId('connection').click()
  await page.getByTestId('sign-in-again').click()
  await calm(page)
  await page.getByTestId('sent-approve').and(page.locator('[data-item-state="accepted"]')).waitFor()
  await context.close()
})
