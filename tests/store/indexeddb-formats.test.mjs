// Databases that older versions of lictor wrote: opened, brought up to date, and nothing of them lost. The rows of the old
// format are spelt out here, so that a slip in the code that reads them cannot hide in the code that writes them.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch, serve } from './browser.mjs'

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

const epoch = '0123456789abcdef0123456789abcdef'
const snapshot =
  'community/c1\t{"title":"C"}\nmembership/c1/4\t{"role":"curator"}\nrecord/old\t{"state":"draft","owners":["4"]}\n' +
  'record/žluť\t{}\n'.replace('žluť', encodeURIComponent('žluť'))
const commits = [
  'record/new\t{"state":"published","title":"Kůň"}\n',
  'record/old\t{"state":"draft","v":2}\nrecord/gone\t{}\n',
  'record/gone\n',
]

/** A page with a database `db` as the first version left it. */
async function firstVersion(label) {
  const page = await chromium.page(server.origin(label))
  await page.evaluate(writeFirstVersion, { epoch, snapshot, commits })
  return page
}

const versions = (page) => page.evaluate(async () => (await indexedDB.databases()).map(({ version }) => version))

test('a database of the first format: everything is there, and it goes on from its revision', async () => {
  const page = await firstVersion('first')
  const found = await page.evaluate(async (seen) => {
    const open = (options) => lictor.openIndexedDBStore({ name: 'db', columns: lictor.columns, ...options })
    const store = await open({ seen })
    const { revision, complete, ...before } = await store.all()
    const list = await store.list({ where: { op: 'always' }, order: 'updated', limit: 9 })
    const put = { op: 'put', key: { relation: 'record', id: 'added' }, value: { state: 'draft' } }
    const expected = revision
    const next = await store.write({ changes: [put], expected, cells: [{ key: 'k', text: '1' }] })
    await store.close()
    const again = await open({ seen: next })
    return {
      revision,
      before,
      times: list.hits.map(({ updated }) => updated),
      next,
      records: Object.keys((await again.all()).records),
      newest: (await again.list({ where: { op: 'always' }, order: '-updated', limit: 1 })).hits[0].id,
      cells: await again.cells(''),
      format: (await lictor.stored('db')).meta[0].format,
    }
  }, `${epoch}.3`)
  assert.deepEqual(found, {
    revision: `${epoch}.3`,
    before: {
      users: {},
      communities: { c1: { title: 'C' } },
      memberships: [{ community: 'c1', user: '4', role: 'curator' }],
      access: [],
      acls: {},
      records: { new: { state: 'published', title: 'Kůň' }, old: { state: 'draft', v: 2 }, žluť: {} },
    },
    times: [0, 0, 0],
    next: `${epoch}.4`,
    records: ['žluť', 'added', 'new', 'old'],
    newest: 'added',
    cells: [{ key: 'k', text: '1' }],
    format: 2,
  })
  assert.deepEqual(await versions(page), [2])
})

test('opening alone rewrites nothing but what the new version needs', async () => {
  const page = await firstVersion('opened')
  const before = await page.evaluate(() => lictor.stored('db'))
  await page.evaluate(async () => (await lictor.openIndexedDBStore({ name: 'db' })).close())
  assert.deepEqual(await page.evaluate(() => lictor.stored('db')), before)
  assert.deepEqual(await versions(page), [2])
})

test('old code that holds it lets go, and what it wrote last is there', async () => {
  const page = await firstVersion('held')
  const old = await chromium.page(server.origin('held'))
  await old.evaluate(async () => {
    const db = await lictor.rawOpen('db', 1)
    db.onversionchange = () => db.close()
  })
  const records = await page.evaluate(async () => {
    const store = await lictor.openIndexedDBStore({ name: 'db' })
    return Object.keys((await store.all()).records).length
  })
  assert.equal(records, 3)
})

test('old code that does not let go: `blocked`, nothing is changed, and later it opens', async () => {
  const page = await firstVersion('stuck')
  const stuck = await chromium.page(server.origin('stuck'))
  await stuck.evaluate(async () => (globalThis.db = await lictor.rawOpen('db', 1)))
  const open = () => page.evaluate(() => lictor.codeOf(() => lictor.openIndexedDBStore({ name: 'db', patience: 100 })))
  assert.equal(await open(), 'blocked')
  assert.deepEqual(await versions(page), [1])
  await stuck.evaluate(() => db.close())
  assert.equal(await open(), 'ok')
})

test('a database of somebody else is left as it is, whatever its version', async () => {
  const page = await chromium.page(server.origin('foreign'))
  await page.evaluate(async () => (await lictor.rawOpen('db', 1, (db) => db.createObjectStore('meta'))).close())
  assert.equal(await page.evaluate(() => lictor.codeOf(() => lictor.openIndexedDBStore({ name: 'db' }))), 'invalid')
  assert.deepEqual(await versions(page), [1])
  assert.deepEqual(
    await page.evaluate(async () => {
      const db = await lictor.rawOpen('db')
      return [...db.objectStoreNames]
    }),
    ['meta'],
  )
})

test('nothing went unhandled in any page', () => {
  assert.deepEqual(chromium.faults, [])
})

/** Runs in the page. */
async function writeFirstVersion({ epoch, snapshot, commits }) {
  const block = (text) => {
    const bytes = new TextEncoder().encode(text)
    let sum = 0x811c9dc5
    for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193)
    return { bytes, count: text.split('\n').length - 1, sum: sum >>> 0 }
  }
  const db = await lictor.rawOpen('db', 1, (db) => ['meta', 'chunks', 'log'].map((name) => db.createObjectStore(name)))
  const tx = db.transaction(['meta', 'chunks', 'log'], 'readwrite')
  const sizes = { snapshotBytes: snapshot.length, logBytes: commits.join('').length }
  const head = { sentinel: 'lictor store', format: 1, epoch, n: commits.length, snapshot: 0, chunks: 1, ...sizes }
  tx.objectStore('meta').put(head, 'head')
  tx.objectStore('chunks').put(block(snapshot), 0)
  commits.forEach((text, i) => tx.objectStore('log').put({ ...block(text), parts: 1 }, [i + 1, 0]))
  await new Promise((resolve, reject) => {
    tx.oncomplete = resolve
    tx.onabort = () => reject(tx.error)
  })
  db.close()
}
