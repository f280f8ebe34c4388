// Chromium with two tabs of the whole client against a real Node server, killed in the middle of what they do. Every
// command that a page was told is saved is decided once, whether the browser that was told so lives or not.

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch } from '../../store/browser.mjs'
import { openSite } from '../../client/support/site.mjs'

export async function killChromium({ full = false } = {}) {
  const runs = full ? 20 : 3
  const site = await openSite()
  const origin = site.origin('prove')
  const first = await launch()
  const { profile } = first
  await first.kill()
  const saved = new Set()
  let leaders = 0
  try {
    for (let run = 0; run < runs; run++) {
      const chromium = await launch(profile)
      const tabs = [await openTab(chromium, origin, saved), await openTab(chromium, origin, saved)]
      leaders += (await Promise.all(tabs.map((tab) => tab.evaluate(() => client.status().leads)))).filter(
        Boolean,
      ).length
      const before = saved.size
      // In every other run there is no network: what is saved is on this device only.
      if (run % 2 === 1) site.cut()
      // Not awaited: the pages go on until they die.
      tabs.forEach((tab, i) => tab.evaluate(writeForEver, `${run}-${i}`).catch(() => {}))
      while (saved.size < before + 10) await sleep(5)
      await sleep(Math.random() * 300)
      await chromium.kill()
      await chromium.close()
      site.mend()
    }
    const chromium = await launch(profile)
    const tabs = [await openTab(chromium, origin, saved), await openTab(chromium, origin, saved)]
    for (const tab of tabs)
      await tab.waitForFunction(() => client.status().sync === 'idle' && client.status().undecided === 0)
    const titles = await site.repository.titles()
    const times = new Map()
    for (const title of titles) times.set(title, (times.get(title) ?? 0) + 1)
    const lost = [...saved].filter((title) => !times.has(title)).length
    const doubled = [...times.values()].filter((count) => count > 1).length
    const shown = await Promise.all(tabs.map((tab) => tab.evaluate(() => client.list().ids.length)))
    await chromium.close()
    assert.deepEqual(
      { lost, doubled, mismatches: site.repository.mismatches() },
      { lost: 0, doubled: 0, mismatches: 0 },
    )
    assert.equal(shown[0], shown[1], 'both tabs show the same')
    const unheard = titles.filter((title) => title.startsWith('made ') && !saved.has(title)).length
    return { 'browsers killed': runs, tabs: 2, leaders, saved: saved.size, lost, doubled, 'done untold': unheard }
  } finally {
    await site.close()
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

async function openTab(chromium, origin, saved) {
  const page = await chromium.page(origin)
  await page.exposeFunction('tell', (title) => void saved.add(title))
  await page.evaluate(() => openHere())
  return page
}

/** Runs in the page. Tells only of what the client said is saved. */
async function writeForEver(name) {
  for (let i = 0; ; i++) {
    const title = `made ${name} ${i}`
    const args = { community: 'c', record: { 'oarepo:primaryCommunity': 'c', title } }
    await client.do({ action: 'create', args })
    await tell(title)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
