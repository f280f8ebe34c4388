// The disk's suite on IndexedDB in Chromium, tabs that share a disk, and how fast it is.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch } from '../store/browser.mjs'
import { serve } from './disk/serve.mjs'
import { speed } from './disk/speed.mjs'
import { cases } from './disk/suite.mjs'

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

test('the suite', async (t) => {
  const page = await chromium.page(server.origin('suite'))
  for (const [index, { name }] of cases.entries()) {
    await t.test(name, async (t) => {
      const { failure, notes } = await page.evaluate((i) => disk.runInPage(i), index)
      for (const note of notes) t.diagnostic(note)
      assert.equal(failure, null)
    })
  }
  await page.close()
})

test('two tabs write at once: numbers are unique and gapless, and one leads', async () => {
  const pages = [await chromium.page(server.origin('tabs')), await chromium.page(server.origin('tabs'))]
  const found = await Promise.all(pages.map((page, tab) => page.evaluate(writeMany, tab)))
  const made = found.flatMap(({ made }) => made)
  assert.deepEqual(
    made.sort((a, b) => a - b),
    Array.from({ length: 300 }, (_, i) => i + 1),
  )
  const fences = found.flatMap(({ fences }) => fences).sort((a, b) => a - b)
  assert.deepEqual(
    fences,
    Array.from({ length: 20 }, (_, i) => i + 1),
    'no fence is given twice',
  )
  const kept = await pages[0].evaluate(async () => (await own.outbox.load()).kept)
  assert.deepEqual(
    kept.map(({ intent }) => intent.n),
    Array.from({ length: 300 }, (_, i) => i + 1),
  )
  assert.equal(new Set(kept.map(({ intent }) => intent.idem)).size, 300)
  // Wiped in one, it ends in the other.
  await pages[1].evaluate(async () => (await own.view.wipe(), await own.outbox.wipe()))
  const codes = await pages[0].evaluate(async () => [
    await disk.codeOf(() => own.outbox.add((n) => disk.intent(n))),
    await disk.codeOf(() => own.view.load({})),
  ])
  assert.deepEqual(codes, ['closed', 'closed'])
  const left = await pages[0].evaluate(async () => [await indexedDB.databases(), localStorage.length])
  assert.deepEqual(left, [[], 0])
  for (const page of pages) await page.close()
})

test('tenants, users and names share nothing, whatever characters they are made of', async () => {
  const page = await chromium.page(server.origin('names'))
  const found = await page.evaluate(async () => {
    const all = [
      { name: 'a', user: 7 },
      { name: 'a', user: '7', tenant: 'b' },
      { name: 'a/b', user: '7' },
      { name: 'a', user: '7/out' },
    ]
    for (const [i, options] of all.entries()) {
      const { outbox } = await disk.openIndexedDBDisk(options)
      for (let k = 0; k <= i; k++) await outbox.add((n) => disk.intent(n))
    }
    const counts = []
    for (const options of [...all, { name: 'a', user: '7' }]) {
      const { outbox } = await disk.openIndexedDBDisk(options)
      counts.push((await outbox.load()).kept.length)
    }
    return counts
  })
  assert.deepEqual(found, [1, 2, 3, 4, 1])
  await page.close()
})

test('in a worker, where there is no localStorage: it works, and a clearing is noticed as well', async () => {
  const page = await chromium.page(server.origin('worker'))
  const found = await page.evaluate(async () => {
    const work = async (clear) => {
      const { outbox, view } = await disk.openIndexedDBDisk({ name: 'w', user: 1 })
      const { cleared, kept } = await outbox.load()
      await outbox.add((n) => disk.intent(n))
      await view.reset(disk.meta(), [disk.entry('a')], {}, 0)
      await Promise.all([outbox.close(), view.close()])
      if (clear) await disk.remove('lictor/w//1/out')
      return [typeof localStorage, cleared, kept.length]
    }
    const script = `importScripts('${location.origin}/test.js')
      onmessage = async ({ data }) => { try { postMessage(await (${work})(data)) } catch (error) { postMessage(String(error.stack)) } }`
    const worker = new Worker(URL.createObjectURL(new Blob([script])))
    const ask = (clear) =>
      new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data)
        worker.postMessage(clear)
      })
    return [await ask(false), await ask(true), await ask(false), await ask(false)]
  })
  assert.deepEqual(found, [
    ['undefined', false, 0],
    ['undefined', false, 1],
    ['undefined', true, 0],
    ['undefined', false, 1],
  ])
  await page.close()
})

test('fifty thousand entries: times, which nobody asserts', async (t) => {
  const page = await chromium.page(server.origin('speed'))
  for (const note of await page.evaluate(speed)) t.diagnostic(note)
  await page.close()
})

test('nothing went unhandled in any page', () => {
  assert.deepEqual(chromium.faults, [])
})

/** Runs in the page. */
async function writeMany(tab) {
  globalThis.own = await disk.openIndexedDBDisk({ name: 'shared', user: 1 })
  const made = []
  const fences = []
  for (let i = 0; i < 150; i++) {
    made.push((await own.outbox.add((n) => disk.intent(n, { idem: `${tab} ${i}` }))).n)
    if (i % 15 === 0) fences.push(await own.outbox.claim())
  }
  return { made, fences }
}
