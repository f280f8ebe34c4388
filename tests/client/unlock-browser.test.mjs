// Unlocking in Chromium and in Firefox, in two tabs, with IndexedDB and the browsers' own cryptography, against the real
// handler on the loopback.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { launch } from '../store/browser.mjs'
import { launchFirefox } from './disk/firefox.mjs'
import { FEW, PASSPHRASE } from './support/secret.mjs'
import { openSite } from './support/site.mjs'

/** Runs in the page: the communities whose keys lie wrapped in its database. */
async function keptHere() {
  const { name } = (await indexedDB.databases()).find(({ name }) => name.endsWith('/out'))
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const database = await done(indexedDB.open(name))
  const { keys } = await done(database.transaction('meta').objectStore('meta').get('vault'))
  database.close()
  return keys.map(({ community }) => community)
}

for (const [name, start] of [
  ['Chromium', launch],
  ['Firefox', launchFirefox],
]) {
  describe(name, () => {
    let site
    let browser
    before(async () => {
      site = await openSite()
      browser = await start()
    })
    after(async () => {
      await browser?.close()
      await site?.close()
    })

    const tab = async (origin) => {
      const page = await browser.page(origin)
      await page.evaluate((options) => openHere(options), { iterations: FEW })
      return page
    }
    const calm = (page) =>
      page.waitForFunction(() => client.status().sync === 'idle' && client.status().undecided === 0)
    const look = (page) =>
      page.evaluate(() => ({
        locked: client.status().locked,
        title: titleOf('s1') ?? null,
        resolve: client.can('update', { type: 'record', id: 's1' }).resolve ?? null,
      }))
    const unlock = (page, passphrase) =>
      page.evaluate(
        (passphrase) =>
          client.unlock({ passphrase }).then(
            () => 'open',
            ({ code }) => code,
          ),
        passphrase,
      )

    test('locked after a restart; a wrong passphrase; one tab opens both; a lost community stays shut', async () => {
      const origin = site.origin(`unlock-${name.toLowerCase()}`)
      const page = await tab(origin)
      await calm(page)
      await page.evaluate((passphrase) => client.protect({ passphrase }), PASSPHRASE)
      site.cut()
      await page.evaluate(() => retitle('s1', 'my own words'))
      await page.close()

      const [first, second] = [await tab(origin), await tab(origin)]
      const shut = { locked: ['secret'], title: null, resolve: 'unlock' }
      assert.deepEqual([await look(first), await look(second)], [shut, shut])
      assert.equal(await unlock(first, 'not the passphrase'), 'secret')
      assert.deepEqual(await look(first), shut)
      assert.equal(await unlock(second, PASSPHRASE), 'open')
      await first.waitForFunction(() => client.status().locked.length === 0)
      const open = { locked: [], title: 'my own words', resolve: null }
      assert.deepEqual([await look(first), await look(second)], [open, open])

      site.mend()
      await first.evaluate(() => client.sync())
      await calm(first)
      assert.equal((await site.repository.record('s1')).title, 'my own words')
      const membership = { relation: 'membership', community: 'secret', user: '4' }
      await site.repository.change({ op: 'del', key: membership })
      await first.waitForFunction(() => client.record('s1') === undefined)
      await second.waitForFunction(() => client.record('s1') === undefined)
      site.cut()
      await first.close()
      await second.close()

      const last = await tab(origin)
      assert.equal(await unlock(last, PASSPHRASE), 'open')
      const { locked, title } = await look(last)
      assert.deepEqual([locked, title], [[], null])
      assert.deepEqual(await last.evaluate(keptHere), [])
      await last.evaluate(() => client.logout({ force: true }))
      assert.deepEqual(await last.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)), [])
      site.mend()
      await last.close()
    })
  })
}
