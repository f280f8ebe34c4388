// Communities in the demo: who is let in, who is shown to whom, what the settings do. Each person in a browser of their own.
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { calm, reset, said, start, visit } from './helpers.mjs'

const ADMIN = '18' // of Coastal Observatories
const MANAGER = '20' // of Alpine Hydrology
const CURATOR = '12' // of Coastal Observatories
const STRANGER = '13' // invited to Alpine Hydrology, asks to join Historical Trade Records
const AUTHOR = '14' // manager of Muon Detector Group, which is restricted

let demo
before(async () => {
  demo = await start()
})
afterEach(() => reset(demo, ADMIN))
after(() => demo?.stop())

const names = (page) => page.getByTestId('members').locator('.member-name b').allTextContents()
const member = (page, id) => page.getByTestId(`member-${id}`)
test('an invitation: the one who is invited accepts, and both see it', async () => {
  const host = await visit(demo, MANAGER, '#/communities/alpine-hydrology')
  await member(host.page, STRANGER).and(host.page.locator('[data-status="invited"]')).waitFor()
  const guest = await visit(demo, STRANGER, '#/communities')
  assert.equal(await guest.page.getByTestId('requests-badge').first().textContent(), '1 to answer')
  await guest.page.getByText('You are invited to Alpine Hydrology as curator.').waitFor()
  const invitation = guest.page.locator('[data-type="invitation"]')
  await invitation.getByTestId('answer-accept').click()
  await invitation.waitFor({ state: 'detached' })
  await calm(guest.page)
  await guest.page.getByTestId('community-alpine-hydrology').getByText('curator').waitFor()
  await member(host.page, STRANGER).and(host.page.locator('[data-roles="curator"][data-status="active"]')).waitFor()
  assert.deepEqual([...host.faults, ...guest.faults], [])
  await Promise.all([host.leave(), guest.leave()])
})

test('asking to join, and inviting with words: each is answered by the other side', async () => {
  const guest = await visit(demo, AUTHOR, '#/communities/alpine-hydrology')
  await guest.page.getByTestId('join').click()
  await guest.page.getByText('Your request to join waits for an answer.').waitFor()
  const host = await visit(demo, MANAGER, '#/communities/alpine-hydrology')
  const asked = host.page.locator('[data-type="membership-request"]')
  await asked.getByText('Goran Toivonen asks to join Alpine Hydrology.').waitFor()
  await asked.getByTestId('answer-decline').click()
  await asked.waitFor({ state: 'detached' })
  await guest.page.getByTestId('join').waitFor()

  const roles = await host.page.getByTestId('invite-role').locator('option').allTextContents()
  assert.deepEqual(roles, ['member', 'curator', 'manager'], 'a manager invites managers, no administrators')
  await host.page.getByTestId('invite-user').selectOption(AUTHOR)
  await host.page.getByTestId('invite-role').selectOption('curator')
  await host.page.getByTestId('invite-words').fill('We read your tide tables.')
  await host.page.getByTestId('invite-send').click()
  await said(host.page, 'Invited.')
  await guest.page.getByText('We read your tide tables.').waitFor()
  await guest.page.getByTestId('answer-accept').click()
  await guest.page.getByText('is curator here').waitFor()
  assert.deepEqual([...host.faults, ...guest.faults], [])
  await Promise.all([host.leave(), guest.leave()])
})

test('members are shown as the settings say, and a role is changed, hidden and taken', async () => {
  const host = await visit(demo, ADMIN, '#/communities/coastal-observatories')
  await host.page.getByTestId('invite').waitFor()
  const all = await names(host.page)
  const visitor = await visit(demo, STRANGER, '#/communities/coastal-observatories')
  await visitor.page.getByTestId('members-partial').waitFor()
  const some = await names(visitor.page)
  assert.ok(some.length > 0 && some.length < all.length, `${some.length} of ${all.length}`)
  assert.equal(await visitor.page.getByText('role not shown to you').count(), some.length, 'whose, and no more')
  assert.equal(await visitor.page.getByTestId('invite').count(), 0)
  assert.equal(await visitor.page.locator('.member-deeds').count(), 0)

  assert.equal(await host.page.getByTestId('leave').count(), 0, 'the last administrator stays')
  await host.page.getByTestId(`role-${CURATOR}`).selectOption('manager')
  await member(host.page, CURATOR).and(host.page.locator('[data-roles="manager"]')).waitFor()
  await host.page.getByTestId(`visible-${CURATOR}`).click()
  await member(visitor.page, CURATOR).waitFor({ state: 'detached' })
  await host.page.getByTestId(`remove-${CURATOR}`).click()
  await member(host.page, CURATOR).waitFor({ state: 'detached' })

  await host.page.getByTestId('set-members_visibility-hidden').check()
  await host.page.getByTestId('save-settings').click()
  await said(host.page, 'Settings changed.')
  await visitor.page.getByText('This community does not show you its members.').waitFor()
  assert.deepEqual(await names(visitor.page), [])
  assert.deepEqual([...host.faults, ...visitor.faults], [])
  await Promise.all([host.leave(), visitor.leave()])
})

test('settings: everybody reads them, administrators change them, and guards hold', async () => {
  const reader = await visit(demo, STRANGER, '#/communities/coastal-observatories')
  const settings = reader.page.getByTestId('settings')
  assert.equal(await settings.getAttribute('data-may'), 'false')
  assert.equal(await settings.locator('input').count(), 0)
  await settings.getByText('Why Lars Nystrom does not change them').click()
  await settings.getByText('role admin in Coastal Observatories').waitFor()

  const host = await visit(demo, ADMIN, '#/communities/coastal-observatories')
  await host.page.getByTestId('template').selectOption('public-data-hub')
  assert.equal(await host.page.getByTestId('setting-review_policy').getAttribute('data-value'), 'open')
  await host.page.getByTestId('set-visibility-restricted').check()
  await host.page.getByText('Save 2 changes').click()
  await said(host.page, /^Refused: .*public record/)
  assert.equal(
    await reader.page.getByTestId('setting-review_policy').getAttribute('data-value'),
    'closed',
    'all of it or nothing',
  )
  await host.page.getByTestId('set-visibility-public').check()
  await host.page.getByTestId('save-settings').click()
  await said(host.page, 'Settings changed.')
  await reader.page.locator('[data-testid="setting-review_policy"][data-value="open"]').waitFor()
  // The browser itself tells of the answer 409.
  assert.deepEqual(host.faults.filter((text) => !text.includes('409')).concat(reader.faults), [])
  await Promise.all([host.leave(), reader.leave()])
})

test('a restricted community does not exist for others, and opens without the network by a passphrase', async () => {
  const stranger = await visit(demo, STRANGER, '#/communities/muon-detector-group')
  await stranger.page.getByTestId('community-not-found').waitFor()
  await stranger.page.getByText('All communities').click()
  assert.equal(await stranger.page.getByTestId('community-muon-detector-group').count(), 0)

  const { page, leave, faults } = await visit(demo, AUTHOR, '#/communities/muon-detector-group')
  await page.getByTestId('community-title').getByText('Muon Detector Group').waitFor()
  await page.getByTestId('connection').click()
  await page.getByTestId('protect-text').fill('correct horse battery')
  await page.getByTestId('protect').click()
  await page.getByTestId('unprotect').waitFor()
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.locator('label:has([data-testid="work-offline"])').click()
  await page.reload()
  await page.getByTestId('locked-banner').waitFor()
  await page.getByTestId('community-not-found').waitFor()
  await page.getByTestId('unlock-text').fill('correct horse batteries')
  await page.getByTestId('unlock').click()
  await said(page, /^Refused: /)
  await page.getByTestId('unlock-text').fill('correct horse battery')
  await page.getByTestId('unlock').click()
  await page.getByTestId('community-title').getByText('Muon Detector Group').waitFor()
  await page.getByTestId('locked-banner').waitFor({ state: 'detached' })
  assert.deepEqual([...stranger.faults, ...faults], [])
  await Promise.all([stranger.leave(), leave()])
})
