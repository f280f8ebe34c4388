// Chromium is killed amid writes, with its profile on disk: every commit that was acknowledged is there afterwards, whole
// and in order. LONG=n: n runs. Killing a process shows nothing about power cuts; for those commits are strict.

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch, serve } from './browser.mjs'

const runs = Number(process.env.LONG) || 3

test(`killed ${runs} times while writing and folding the log`, async (t) => {
  const server = await serve()
  const origin = server.origin('crash')
  const first = await launch()
  const { profile } = first
  await first.kill()
  let acknowledged = { commits: 0, revision: null }
  let unasked = 0
  try {
    for (let run = 0; run < runs; run++) {
      const chromium = await launch(profile)
      const page = await chromium.page(origin)
      page.on('console', (message) => {
        const found = /^ack (\d+) (\S+)$/.exec(message.text())
        if (found) acknowledged = { commits: Number(found[1]), revision: found[2] }
      })
      const found = await page.evaluate(openAndCheck, acknowledged.revision)
      unasked += found.commits - acknowledged.commits
      check(found, acknowledged)
      // Not awaited: the page writes until it dies.
      page.evaluate(writeForEver).catch(() => {})
      await sleep(100 + Math.random() * 900)
      await chromium.kill()
      await chromium.close()
    }
    const chromium = await launch(profile)
    const found = await (await chromium.page(origin)).evaluate(openAndCheck, acknowledged.revision)
    unasked += found.commits - acknowledged.commits
    check(found, acknowledged)
    await chromium.close()
    t.diagnostic(
      `${runs} kills, ${acknowledged.commits} acknowledged commits, 0 lost, 0 torn; ${unasked} not acknowledged survived`,
    )
    assert.ok(acknowledged.commits > runs, 'there was something to lose')
  } finally {
    await server.close()
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
})

function check(found, acknowledged) {
  assert.equal(found.failure, null)
  assert.ok(found.commits >= acknowledged.commits, `${found.commits} of ${acknowledged.commits} acknowledged commits`)
}

/** Runs in the page. Commit n wrote `a<n>` and `b<n>`, set `last` to n, and deleted `b<n - 10>`. */
async function openAndCheck(seen) {
  try {
    const options = { name: 'crash', compactAfter: { commits: 7, bytes: 100_000 } }
    globalThis.store = await lictor.openIndexedDBStore({ ...options, ...(seen && { seen }) })
    const { records } = await store.all()
    const commits = records.last?.n ?? 0
    const expected = commits === 0 ? [] : ['last']
    for (let n = 1; n <= commits; n++) expected.push(`a${n}`, ...(n > commits - 10 ? [`b${n}`] : []))
    const whole = expected.every((id) => id in records && (id === 'last' || records[id].n === Number(id.slice(1))))
    const failure =
      whole && Object.keys(records).length === expected.length
        ? null
        : `torn at ${commits}: ${Object.keys(records).length} records`
    return { commits, failure }
  } catch (error) {
    return { commits: -1, failure: String(error.stack) }
  }
}

/** Runs in the page. Acknowledges only what the store acknowledged. */
async function writeForEver() {
  const put = (id, value) => ({ op: 'put', key: { relation: 'record', id }, value })
  let n = (await store.all()).records.last?.n ?? 0
  for (let at = await store.revision(); ;) {
    n += 1
    const changes = [
      put(`a${n}`, { n }),
      put('last', { n }),
      put(`b${n}`, { n, text: 'x'.repeat((n * 7919) % 90_000) }),
    ]
    if (n > 10) changes.push({ op: 'del', key: { relation: 'record', id: `b${n - 10}` } })
    at = await store.commit(changes, at)
    console.log(`ack ${n} ${at}`)
  }
}
