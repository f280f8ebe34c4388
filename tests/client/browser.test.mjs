// The client in Chromium, in several tabs, against the real handler on the loopback.

import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { launch } from '../store/browser.mjs'
import { openSite } from './support/site.mjs'

let site
let chromium
before(async () => {
  site = await openSite()
  chromium = await launch()
})
after(async () => {
  await chromium?.close()
  await site?.close()
})

afterEach(() => site.mend())

/** A page with an open client that has looked at the server, or tried to. */
async function tab(origin, options = {}) {
  const page = await chromium.page(origin)
  await page.evaluate((options) => openHere(options), options)
  return page
}

const calm = (page) => page.waitForFunction(() => client.status().sync === 'idle' && client.status().undecided === 0)
const leads = (...pages) => Promise.all(pages.map((page) => page.evaluate(() => client.status().leads)))
const once = (idems) => new Set(idems).size === idems.length

test('two tabs: one leads, both see; the leader is killed and the other takes over', async () => {
  const origin = site.origin('takeover')
  const first = await tab(origin)
  await calm(first)
  const second = await tab(origin)
  await calm(second)
  assert.deepEqual(await leads(first, second), [true, false])
  await second.evaluate(() => retitle('r1', 'from the follower'))
  await calm(second)
  await first.waitForFunction(() => titleOf('r1') === 'from the follower' && states()[0] === 'accepted')
  site.cut()
  await second.evaluate(() => retitle('r1', 'while cut off'))
  await first.waitForFunction(() => client.outbox().length === 2)
  const cdp = await chromium.devtools(first)
  // A process that dies does not answer.
  cdp.send('Page.crash').catch(() => {})
  site.mend()
  await second.waitForFunction(() => client.status().leads)
  await calm(second)
  assert.deepEqual(await second.evaluate(() => states()), ['accepted', 'accepted'])
  assert.equal((await site.repository.record('r1')).title, 'while cut off')
  assert.ok(once(await second.evaluate(() => client.outbox().map(({ intent }) => intent.idem))))
  await second.close()
})

test('a frozen leader keeps its lock and loses the lead; when it wakes it writes nothing and follows', async () => {
  const origin = site.origin('frozen')
  const first = await tab(origin)
  await calm(first)
  const second = await tab(origin)
  await calm(second)
  const cdp = await chromium.devtools(first)
  await cdp.send('Debugger.enable')
  const paused = new Promise((resolve) => cdp.once('Debugger.paused', resolve))
  await cdp.send('Debugger.pause')
  first.evaluate(() => 'the statement it stops at').catch(() => {})
  await paused
  const holders = () =>
    second.evaluate(async () => (await navigator.locks.query()).held.map(({ clientId }) => clientId))
  const before = await holders()
  assert.equal(before.length, 1)
  await second.waitForFunction(() => client.status().leads)
  assert.notDeepEqual(await holders(), before)
  await second.evaluate(() => retitle('r1', 'during the frost'))
  await calm(second)
  await cdp.send('Debugger.resume')
  await cdp.send('Debugger.disable')
  await first.waitForFunction(() => !client.status().leads && titleOf('r1') === 'during the frost')
  assert.deepEqual(await leads(first, second), [false, true])
  await first.evaluate(() => retitle('r1', 'after it'))
  await calm(second)
  assert.equal((await site.repository.record('r1')).title, 'after it')
  await first.waitForFunction(() => states().every((state) => state === 'accepted'))
  await first.close()
  await second.close()
})

test('opened again without the network: the view, pending work, sealed parts locked', async () => {
  const origin = site.origin('restart')
  const page = await tab(origin)
  await calm(page)
  assert.equal(await page.evaluate(() => titleOf('s1')), 'hidden words')
  site.cut()
  await page.evaluate(() => retitle('r1', 'made offline'))
  await page.close()
  const again = await tab(origin)
  const found = await again.evaluate(() => ({
    titles: [titleOf('r1'), titleOf('s1')],
    decisions: ['r1', 's1'].map((id) => client.can('update', { type: 'record', id }).decision),
    locked: client.status().locked,
    // Sent or not yet: the network may already have been tried.
    undecided: client.status().undecided,
  }))
  assert.deepEqual(found, {
    titles: ['made offline', undefined],
    decisions: ['allow', 'unknown'],
    locked: ['secret'],
    undecided: 1,
  })
  site.mend()
  await calm(again)
  assert.equal(await again.evaluate(() => titleOf('s1')), 'hidden words')
  assert.equal((await site.repository.record('r1')).title, 'made offline')
  await again.close()
})

test('storage cleared between two visits is told', async () => {
  const origin = site.origin('cleared')
  const page = await tab(origin)
  await calm(page)
  await page.evaluate(() => retitle('r1', 'sent'))
  await calm(page)
  await page.close()
  const other = await chromium.page(origin)
  const cdp = await chromium.devtools(other)
  await cdp.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' })
  await other.close()
  const again = await tab(origin)
  assert.equal(await again.evaluate(() => client.status().storage), 'cleared')
  await calm(again)
  assert.equal(await again.evaluate(() => titleOf('r1')), 'sent')
  await again.close()
})

test('storage cleared under an open page: pending work is stored again and sent once', async () => {
  const origin = site.origin('cleared-open')
  const page = await tab(origin)
  await calm(page)
  site.cut()
  await page.evaluate(() => retitle('r1', 'before the clearing'))
  const cdp = await chromium.devtools(page)
  await cdp.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' })
  await page.evaluate(() => retitle('r1', 'after the clearing'))
  assert.equal(await page.evaluate(() => client.outbox().length), 2)
  await page.close()
  const again = await tab(origin)
  assert.equal(await again.evaluate(() => titleOf('r1')), 'after the clearing')
  site.mend()
  await calm(again)
  assert.deepEqual(await again.evaluate(() => states()), ['accepted', 'accepted'])
  assert.equal((await site.repository.record('r1')).title, 'after the clearing')
  await again.close()
})

test('signing out in one tab closes the other and leaves no database', async () => {
  const origin = site.origin('logout')
  const first = await tab(origin)
  await calm(first)
  const second = await tab(origin)
  await calm(second)
  await second.evaluate(() => client.logout())
  await first.waitForFunction(() => client.status().sync === 'logged-out')
  assert.equal(await first.evaluate(() => client.record('r1')), undefined)
  const left = await second.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
  assert.deepEqual([left, await second.evaluate(() => localStorage.length)], [[], 0])
  await first.close()
  await second.close()
})

test('killed in the middle of writes: nothing that was said to be saved is lost', async (t) => {
  const origin = site.origin('killed')
  const mine = await launch()
  let saved = []
  try {
    const page = await mine.page(origin)
    await page.exposeFunction('tell', (n) => saved.push(n))
    await page.evaluate(() => openHere())
    await page.waitForFunction(() => client.status().sync === 'idle')
    site.cut()
    page
      .evaluate(async () => {
        for (let i = 0; ; i++) tell((await retitle('r1', `title ${i}`)).n)
      })
      .catch(() => {})
    while (saved.length < 25) await new Promise((resolve) => setImmediate(resolve))
    await mine.kill()
    saved = [...saved]
    const revived = await launch(mine.profile)
    try {
      const page = await revived.page(origin)
      await page.evaluate(() => openHere())
      const kept = await page.evaluate(() => client.outbox().map(({ intent }) => intent.n))
      assert.deepEqual(
        saved.filter((n) => !kept.includes(n)),
        [],
      )
      site.mend()
      await page.waitForFunction(() => client.status().sync === 'idle' && client.status().undecided === 0)
      assert.ok(await page.evaluate(() => states().every((state) => state === 'accepted')))
      t.diagnostic(`${saved.length} acknowledged before the kill, ${kept.length} there after it`)
    } finally {
      await revived.close()
    }
  } finally {
    site.mend()
    await mine.close()
  }
})

test('components are drawn again when an answer changed, and only then', async () => {
  const page = await tab(site.origin('react'))
  await calm(page)
  await page.evaluate(() => (globalThis.drawn = draw(client, 'r1')))
  const text = () => page.evaluate(() => document.body.textContent.trim())
  const before = await page.evaluate(() => titleOf('r1'))
  assert.equal(await text(), `${before} | allow | 0 waiting | idle`)
  site.cut()
  await page.evaluate(() => retitle('r1', 'drawn'))
  await page.waitForFunction(() => document.body.textContent.includes('drawn | allow | 1 waiting'))
  site.mend()
  await page.evaluate(() => client.sync())
  await calm(page)
  await page.waitForFunction(() => document.body.textContent.includes('drawn | allow | 0 waiting | idle'))
  const count = await page.evaluate(() => drawn.count)
  // Another record changed: nothing that is drawn here.
  await site.repository.change({
    op: 'put',
    key: { relation: 'record', id: 's1' },
    value: { ...(await site.repository.record('s1')), title: 'other' },
  })
  await page.waitForFunction(() => titleOf('s1') === 'other')
  assert.equal(await page.evaluate(() => drawn.count), count)
  await page.close()
})

test('a page of a list is drawn again when a record comes or goes, and only then', async () => {
  const page = await tab(site.origin('react-list'))
  await calm(page)
  await page.evaluate(() => (globalThis.drawn = drawList(client, { size: 2 })))
  const text = () => page.evaluate(() => document.body.textContent.trim())
  const said = (text) => page.waitForFunction((text) => document.body.textContent.trim() === text, text)
  const key = (id) => ({ relation: 'record', id })
  const before = await text()
  const [ids, , total] = before.split(' | ')
  assert.deepEqual(ids.split(','), await page.evaluate(() => client.list({ action: 'update' }).ids.slice(0, 2)))
  const r1 = await site.repository.record('r1')
  const count = await page.evaluate(() => drawn.count)
  await site.repository.change({ op: 'put', key: key('r1'), value: { ...r1, title: 'in the list' } })
  await page.waitForFunction(() => titleOf('r1') === 'in the list')
  assert.equal(await page.evaluate(() => drawn.count), count)
  await site.repository.change({ op: 'put', key: key('a0'), value: r1 })
  const [first] = ids.split(',')
  await said(`a0,${first} | 1 of ${Math.ceil((Number(total) + 1) / 2)} | ${Number(total) + 1}`)
  await site.repository.change({ op: 'del', key: key('a0') })
  await said(before)
  await page.close()
})

test('nothing went unhandled in any page', () => {
  assert.deepEqual(chromium.faults, [])
})
