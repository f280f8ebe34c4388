// The store suite on the IndexedDB store in Chromium, as it is and with a log so short that it is folded all the time;
// and two tabs on one database.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch, serve } from './browser.mjs'
import { cases } from './suite.mjs'

let server
let chromium
before(async () => {
  server = await serve()
  chromium = await launch()
})
after(async () => {
  await chromium?.close()
  await server?.close()
})

const configurations = [
  { label: 'plain', extra: {} },
  { label: 'folding', extra: { compactAfter: { commits: 2, bytes: 1000 } } },
]
for (const { label, extra } of configurations) {
  test(`the suite, ${label}`, async (t) => {
    const page = await chromium.page(server.origin(label))
    for (const [index, { name }] of cases.entries()) {
      await t.test(name, async (t) => {
        const { failure, notes } = await page.evaluate(([i, extra]) => lictor.runInPage(i, extra), [index, extra])
        for (const note of notes) t.diagnostic(note)
        assert.equal(failure, null)
      })
    }
    await page.close()
  })
}

for (const { label, extra } of configurations) {
  test(`two tabs race on one database, ${label}: one wins each revision`, async (t) => {
    const origin = server.origin(`tabs-${label}`)
    const pages = [await chromium.page(origin), await chromium.page(origin)]
    const results = await Promise.all(pages.map((page, tab) => page.evaluate(race, { tab, extra, times: 150 })))
    const won = results.flatMap(({ won }) => won).sort((a, b) => a.v - b.v)
    assert.deepEqual(
      won.map(({ v }) => v),
      Array.from({ length: 300 }, (_, i) => i + 1),
    )
    won.forEach(({ from }, i) => i && assert.equal(from, won[i - 1].made))
    // The tabs are told of each other's commits, so both reach the last one without asking.
    for (const page of pages) await page.waitForFunction((last) => heard.at(-1) === last, won.at(-1).made)
    const conflicts = results.map((result) => result.conflicts).join(' and ')
    t.diagnostic(`300 commits, ${conflicts} conflicts, ${results.map(({ won }) => won.at(-1).v).join(' and ')} last`)
    // A third tab, opened now, shows what was stored and not what the writers remember.
    pages.push(await chromium.page(origin))
    await pages[2].evaluate(async () => (globalThis.store = await lictor.openIndexedDBStore({ name: 'race' })))
    for (const page of pages) {
      assert.deepEqual(await page.evaluate(async () => (await store.all()).records.counter), { v: 300 })
      assert.equal(await page.evaluate(async () => Object.keys((await store.all()).records).length), 301)
    }
    for (const page of pages) await page.close()
  })
}

test('without BroadcastChannel a conflict alone brings a store up to date, also past a folded log', async () => {
  const page = await chromium.page(server.origin('deaf'))
  const found = await page.evaluate(async () => {
    globalThis.BroadcastChannel = undefined
    const put = (id) => ({ op: 'put', key: { relation: 'record', id }, value: {} })
    const open = () => lictor.openIndexedDBStore({ name: 'deaf', compactAfter: { commits: 3 } })
    const [busy, idle] = [await open(), await open()]
    const found = []
    for (const count of [1, 2, 9]) {
      const { revision } = await idle.facts([])
      for (let i = 0; i < count; i++) await busy.commit([put(`of ${count}, ${i}`)], await busy.revision())
      const unheard = (await idle.facts([])).revision === revision
      const told = await lictor.codeOf(() => idle.commit([put('never')], revision))
      const [mine, theirs] = [await idle.all(), await busy.all()]
      found.push([unheard, told, JSON.stringify(mine) === JSON.stringify(theirs), Object.keys(mine.records).length])
    }
    return found
  })
  assert.deepEqual(found, [
    [true, 'conflict', true, 1],
    [true, 'conflict', true, 3],
    [true, 'conflict', true, 12],
  ])
})

test('another tab that deletes the store gets its way, and the store is closed', async () => {
  const origin = server.origin('deleted')
  const [holder, deleter] = [await chromium.page(origin), await chromium.page(origin)]
  await holder.evaluate(
    async () => (globalThis.store = await lictor.openIndexedDBStore({ name: 'd', initial: { records: { r1: {} } } })),
  )
  assert.equal(await deleter.evaluate(() => lictor.codeOf(() => lictor.deleteIndexedDBStore({ name: 'd' }))), 'ok')
  for (const call of ['all', 'revision'])
    assert.equal(await holder.evaluate((call) => lictor.codeOf(() => store[call]()), call), 'closed')
  assert.deepEqual(await deleter.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)), [])
})

test('nothing went unhandled in any page', () => {
  assert.deepEqual(
    chromium.faults.filter((text) => !text.includes('throws on purpose')),
    [],
  )
})

/** Runs in the page. */
async function race({ tab, extra, times }) {
  globalThis.store = await lictor.openIndexedDBStore({
    name: 'race',
    initial: { records: { counter: { v: 0 } } },
    ...extra,
  })
  globalThis.heard = []
  store.subscribe((revision) => heard.push(revision))
  const won = []
  let conflicts = 0
  while (won.length < times) {
    const { records, revision: from } = await store.facts([{ relation: 'record', id: 'counter' }])
    const v = records.counter.v + 1
    const put = (id, value) => ({ op: 'put', key: { relation: 'record', id }, value })
    try {
      won.push({ v, from, made: await store.commit([put('counter', { v }), put(`v${v}`, { tab })], from) })
    } catch (error) {
      if (error.code !== 'conflict') throw error
      conflicts += 1
    }
  }
  return { won, conflicts }
}
