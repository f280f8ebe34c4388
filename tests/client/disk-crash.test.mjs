// Chromium is killed amid `add`s and patches, with its profile on disk: every intent that was acknowledged is there
// afterwards, numbered without gaps, and the view is one of those that were written. `node FILE --full`: 12 kills.
// Killing a process shows nothing about power cuts; for those the outbox writes strictly.

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch } from '../store/browser.mjs'
import { serve } from './disk/serve.mjs'

const runs = process.argv.includes('--full') ? 12 : 2

test(`killed ${runs} times while writing`, async (t) => {
  const server = await serve()
  const origin = server.origin('crash')
  const first = await launch()
  const { profile } = first
  await first.kill()
  const acknowledged = new Map()
  let unasked = 0
  const look = async (page) => {
    const { intents, next, cleared, view } = await page.evaluate(open)
    assert.equal(cleared, false)
    assert.deepEqual(
      intents.map(([n]) => n),
      intents.map((_, i) => i + 1),
    )
    assert.equal(next, intents.length + 1)
    const there = new Map(intents)
    for (const [n, idem] of acknowledged) assert.equal(there.get(n), idem, `intent ${n} was acknowledged`)
    unasked += there.size - acknowledged.size
    for (const [n, idem] of there) acknowledged.set(n, idem)
    if (view) assert.deepEqual(view.titles, [`at ${view.lastN}`])
    return view
  }
  let views = 0
  try {
    for (let run = 0; run < runs; run++) {
      const chromium = await launch(profile)
      const page = await chromium.page(origin)
      if (await look(page)) views += 1
      page.on('console', (message) => {
        const found = /^ack (\d+) (.+)$/.exec(message.text())
        if (found) acknowledged.set(Number(found[1]), found[2])
      })
      const writing = page.waitForEvent('console')
      // Not awaited: the page writes until it dies.
      page.evaluate(writeForEver, run).catch(() => {})
      await writing
      await sleep(50 + Math.random() * 600)
      await chromium.kill()
      await chromium.close()
    }
    const chromium = await launch(profile)
    if (await look(await chromium.page(origin))) views += 1
    await chromium.close()
    t.diagnostic(
      `${runs} kills, ${acknowledged.size} intents, 0 acknowledged ones lost, ${unasked} not acknowledged survived, ${views} views whole`,
    )
    assert.ok(acknowledged.size > runs, 'there was something to lose')
    assert.ok(views > 0, 'a view survived')
  } finally {
    await server.close()
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
})

/** Runs in the page. */
async function open() {
  globalThis.own = await disk.openIndexedDBDisk({ name: 'crash', user: 1, foldAfter: 100_000 })
  const { kept, next, cleared } = await own.outbox.load()
  const view = await own.view.load(disk.KEYS)
  return {
    intents: kept.map(({ intent }) => [intent.n, intent.idem]),
    next,
    cleared,
    view: view && {
      lastN: view.meta.lastN,
      titles: [...new Set(disk.entriesOf(view).map(({ v }) => v.metadata.title.trim()))],
    },
  }
}

/** Runs in the page. Acknowledges only what the disk acknowledged. */
async function writeForEver(run) {
  const entries = (n) =>
    Array.from({ length: 20 }, (_, i) =>
      disk.entry(`r${i}`, `at ${n}${' '.repeat((n * 997) % 3000)}`, i % 4 === 0 ? { seal: 'dusk' } : {}),
    )
  const patching = async () => {
    let n = run * 1_000_000
    await own.view.reset(disk.meta({ lastN: n }), entries(n), disk.KEYS, 0)
    for (;;) {
      n += 1
      await own.view.patch(disk.meta({ lastN: n }), entries(n).map(disk.put), disk.KEYS, 0)
    }
  }
  const adding = async () => {
    for (let i = 0; ; i++) {
      const { n, idem } = await own.outbox.add((n) => disk.intent(n, { idem: `${run} ${i}` }))
      console.log(`ack ${n} ${idem}`)
    }
  }
  await Promise.all([patching(), adding()])
}
