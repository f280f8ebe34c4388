// What goes wrong on devices: full, cleared while open, closed by force, without IndexedDB, with leftovers of other
// versions, and read by somebody who has the profile folder. Each ends in its own DiskError, and no intent is lost.

import assert from 'node:assert/strict'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { launch } from '../store/browser.mjs'
import { serve } from './disk/serve.mjs'

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

/** Runs in the page: `own` is an open disk that holds one intent and a view of one entry. */
async function prepare() {
  globalThis.open = () => disk.openIndexedDBDisk({ name: 'd', user: 1 })
  globalThis.own = await open()
  await own.outbox.load()
  await own.outbox.add((n) => disk.intent(n))
  await own.view.reset(disk.meta(), [disk.entry('a')], {}, 0)
}

const prepared = async (label) => {
  const page = await chromium.page(server.origin(label))
  await page.evaluate(prepare)
  return page
}

test('a full disk: `quota` and nothing half; the view makes room for the outbox, never the other way round', async (t) => {
  const origin = server.origin('quota')
  const page = await chromium.page(origin)
  const devtools = await chromium.devtools(page)
  // Before the first write: Chromium remembers for half a minute how much room it saw.
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 6_000_000 })
  await page.evaluate(prepare)
  const found = await page.evaluate(async () => {
    const big = (size) => disk.entry('big', disk.noise(size))
    const long = (n) => disk.intent(n, { args: { set: [{ path: 'title', value: disk.noise(300_000) }] } })
    const result = { adds: 0 }
    result.reset = await disk.codeOf(() => own.view.reset(disk.meta(), [big(20_000_000)], {}, 0))
    result.afterReset = await own.view.load({})
    result.kept = (await own.outbox.load()).kept.length
    await own.view.reset(disk.meta(), [big(3_000_000)], {}, 0)
    for (; result.adds < 40; result.adds++) {
      const before = await own.outbox.load()
      const code = await disk.codeOf(() => own.outbox.add(long))
      if (code === 'ok') continue
      result.add = code
      result.untouched = JSON.stringify(before) === JSON.stringify(await own.outbox.load())
      break
    }
    result.view = await own.view.load({})
    result.end = (await own.outbox.load()).kept.length
    return result
  })
  t.diagnostic(`${found.adds} intents of 0.3 MB in 6 MB that held a view of 3 MB`)
  assert.deepEqual([found.reset, found.afterReset, found.kept], ['quota', null, 1])
  assert.deepEqual([found.add, found.untouched, found.view], ['quota', true, null])
  assert.equal(found.end, found.adds + 1)
  assert.ok(found.adds * 300_000 > 3_300_000, 'more than fits beside the view')
  await devtools.send('Storage.overrideQuotaForOrigin', { origin })
  const last = await page.evaluate(async () => {
    await own.outbox.add((n) => disk.intent(n))
    await own.outbox.close()
    await own.view.close()
    return (await (await open()).outbox.load()).kept.length
  })
  assert.equal(last, found.end + 1)
})

test('site data cleared by the user while the disk is open: `cleared`, and told when it is opened again', async () => {
  const page = await prepared('cleared')
  const devtools = await chromium.devtools(page)
  const clear = () =>
    devtools.send('Storage.clearDataForOrigin', { origin: server.origin('cleared'), storageTypes: 'indexeddb' })
  await clear()
  const codes = () =>
    page.evaluate(async () => [
      await disk.codeOf(() => own.outbox.add((n) => disk.intent(n))),
      await disk.codeOf(() => own.outbox.load()),
      await disk.codeOf(() => own.view.load({})),
      (await indexedDB.databases()).length,
    ])
  assert.deepEqual(await codes(), ['cleared', 'cleared', 'cleared', 0])
  const told = await page.evaluate(async () => {
    const { cleared, kept } = await (globalThis.own = await open()).outbox.load()
    return [cleared, kept]
  })
  assert.deepEqual(told, [true, []])
})

for (const [i, [how, close]] of Object.entries({
  'with the event that tells': (db) => (db.close(), db.dispatchEvent(new Event('close'))),
  'without a word': (db) => db.close(),
  'because another tab asked': (db) => db.dispatchEvent(new IDBVersionChangeEvent('versionchange')),
}).entries()) {
  test(`closed by force ${how}: opened once more, and goes on; refused that, it is \`closed\``, async () => {
    const page = await chromium.page(server.origin(`forced-${i}`))
    await page.evaluate(() => {
      globalThis.connections = []
      const open = IDBFactory.prototype.open
      IDBFactory.prototype.open = function (...given) {
        const request = open.apply(this, given)
        request.addEventListener('success', () => connections.push(request.result))
        return request
      }
    })
    await page.evaluate(prepare)
    const found = await page.evaluate(async (close) => {
      const shut = () => connections.splice(0).forEach((0, eval)(close))
      for (let i = 0; i < 3; i++) {
        shut()
        await own.outbox.add((n) => disk.intent(n))
        await own.view.patch(disk.meta(), [disk.put(disk.entry(`p${i}`))], {}, 0)
      }
      const kept = (await own.outbox.load()).kept.length
      const entries = disk.entriesOf(await own.view.load({})).length
      // From now on every connection is lost as soon as it is there.
      const opened = IDBDatabase.prototype.transaction
      let refused = 0
      IDBDatabase.prototype.transaction = function () {
        refused += 1
        this.close()
        return opened.apply(this, arguments)
      }
      const codes = [
        await disk.codeOf(() => own.outbox.add((n) => disk.intent(n))),
        await disk.codeOf(() => own.view.load({})),
      ]
      IDBDatabase.prototype.transaction = opened
      return { kept, entries, codes, refused, after: (await own.outbox.load()).kept.length }
    }, String(close))
    assert.deepEqual(found, { kept: 4, entries: 4, codes: ['closed', 'closed'], refused: 4, after: 4 })
  })
}

test('no IndexedDB, or one that may not be used: `unavailable`, and a disk in memory does instead', async () => {
  const page = await chromium.page(server.origin('none'))
  const found = await page.evaluate(async () => {
    const open = IDBFactory.prototype.open
    IDBFactory.prototype.open = () => {
      throw new DOMException('not here', 'SecurityError')
    }
    const refused = await disk.codeOf(() => disk.openIndexedDBDisk({ name: 'd', user: 1 }))
    IDBFactory.prototype.open = open
    Object.defineProperty(globalThis, 'indexedDB', { value: undefined })
    const missing = await disk.codeOf(() => disk.openIndexedDBDisk({ name: 'd', user: 1 }))
    const { outbox, view } = await disk.openMemoryDisk({ user: 1 })
    await outbox.add((n) => disk.intent(n))
    await view.reset(disk.meta(), [disk.entry('a', 'x', { seal: 'dusk' })], disk.KEYS, 0)
    return [refused, missing, (await outbox.load()).next, disk.entriesOf(await view.load(disk.KEYS)).length]
  })
  assert.deepEqual(found, ['unavailable', 'unavailable', 2, 1])
})

test('views of other versions stay until this one stands; a foreign database in its place does no harm', async () => {
  const page = await chromium.page(server.origin('versions'))
  const found = await page.evaluate(async () => {
    const names = async () => (await indexedDB.databases()).map(({ name }) => name.split('/').at(-1)).sort()
    const make = async (name, version) =>
      (await disk.rawOpen(`lictor/d//${name}`, version, (db) => db.createObjectStore('x'))).close()
    for (const name of ['1/view:v0', '1/view:v1', '2/view:v0']) await make(name, 1)
    await make('1/view:v2', 7)
    const own = await disk.openIndexedDBDisk({ name: 'd', user: 1 })
    await own.outbox.add((n) => disk.intent(n))
    const none = await own.view.load({})
    const before = await names()
    await own.view.reset(disk.meta(), [disk.entry('a')], {}, 0)
    // Nobody waits for the deletion; it has no end to wait for if another tab holds on.
    for (let i = 0; i < 200 && (await names()).length > 3; i++) await new Promise((done) => setTimeout(done, 20))
    return { none, before, after: await names(), entries: disk.entriesOf(await own.view.load({})).length }
  })
  assert.deepEqual(found, {
    none: null,
    before: ['out', 'view:v0', 'view:v0', 'view:v1', 'view:v2'],
    after: ['out', 'view:v0', 'view:v2'],
    entries: 1,
  })
})

test('an outbox database of a newer version, with more tables, is used as it is', async () => {
  const page = await prepared('newer')
  const found = await page.evaluate(async () => {
    await own.outbox.close()
    ;(await disk.rawOpen('lictor/d//1/out', 5, (db) => db.createObjectStore('more'))).close()
    const { outbox } = await open()
    await outbox.add((n) => disk.intent(n))
    return (await outbox.load()).kept.length
  })
  assert.equal(found, 2)
})

test('plain http, where there is no WebCrypto: what is open is kept, what is sealed is not written', async () => {
  const page = await chromium.page(server.origin('plain'))
  const found = await page.evaluate(async () => {
    Object.defineProperty(crypto, 'subtle', { value: undefined })
    const { view } = await disk.openIndexedDBDisk({ name: 'd', user: 1 })
    const sealed = disk.entry('b', 'x', { seal: 'dusk' })
    const code = await disk.codeOf(() => view.reset(disk.meta(), [sealed], disk.KEYS, 0))
    await view.reset(disk.meta(), [disk.entry('a')], {}, 0)
    return [code, disk.entriesOf(await view.load(disk.KEYS)).length]
  })
  assert.deepEqual(found, ['unavailable', 1])
})

test('in the profile folder nothing sealed can be read, neither while it was kept nor after a purge', async () => {
  const own = await launch()
  try {
    const page = await own.page(server.origin('folder'))
    await page.evaluate(async () => {
      const { outbox, view } = await disk.openIndexedDBDisk({ name: 'd', user: 1 })
      await outbox.add((n) => disk.intent(n))
      const many = (letter, more) =>
        Array.from({ length: 800 }, (_, i) => disk.entry(`${letter}${i}`, `${letter}-MARKER ${i}`, more))
      await view.reset(disk.meta(), [...many('OPEN'), ...many('SEALED', { seal: 'dusk' })], disk.KEYS, 0)
      const changed = many('SEALED', { seal: 'dusk', derived: { read: 'deny' } })
      await view.patch(disk.meta(), changed.map(disk.put), disk.KEYS, 0)
      await view.patch(disk.meta(), [disk.del('SEALED1'), disk.del('OPEN1')], disk.KEYS, 0)
      await view.purge(['dusk'], 0)
      // A strict write after it, so that all of it is on the disk when the process ends.
      await outbox.add((n) => disk.intent(n))
    })
    await own.kill()
    const hits = await grep(own.profile, ['OPEN-MARKER', 'SEALED-MARKER', 'SEALED1', 'own words', await key()])
    assert.ok(
      hits['OPEN-MARKER'] > 0 && hits['own words'] > 0,
      `the search finds what is there: ${JSON.stringify(hits)}`,
    )
    assert.deepEqual([hits['SEALED-MARKER'], hits.SEALED1, hits[await key()]], [0, 0, 0])
  } finally {
    await own.close()
    await rm(own.profile, { recursive: true, force: true })
  }
})

test('nothing went unhandled in any page', () => {
  assert.deepEqual(chromium.faults, [])
})

const key = async () => (await import('./disk/world.mjs')).KEYS.dusk

/** In how many files of a folder each text occurs, as UTF-8 or as UTF-16. */
async function grep(folder, texts) {
  const hits = Object.fromEntries(texts.map((text) => [text, 0]))
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue
    const bytes = await readFile(join(file.parentPath ?? file.path, file.name))
    for (const text of texts) if (bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le'))) hits[text] += 1
  }
  return hits
}
