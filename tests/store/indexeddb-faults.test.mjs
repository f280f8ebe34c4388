// What goes wrong on devices: storage cleared, full, damaged, newer, held by another tab, closed by force. Each has its
// own StoreError, and none loses what was committed.

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

/** A page with storage of its own, where `store` is open (database `db`) and holds r1. */
async function prepared(label) {
  const page = await chromium.page(server.origin(label))
  await page.evaluate(openOne)
  return page
}

/** Runs in the page. */
async function openOne() {
  globalThis.put = (id, value) => ({ op: 'put', key: { relation: 'record', id }, value })
  globalThis.open = (options) => lictor.openIndexedDBStore({ name: 'db', ...options })
  globalThis.store = await open()
  globalThis.at = await store.commit([put('r1', { v: 1 })], await store.revision())
}

/** The code each call ends with. */
const codes = (page) =>
  page.evaluate(async () => {
    const calls = {
      revision: () => store.revision(),
      commit: () => store.commit([put('r2', {})], at),
      facts: () => store.facts([]),
      all: () => store.all(),
      scan: () => store.scan('record'),
      write: () => store.write({ cells: [{ key: 'k', text: '1' }] }),
      cell: () => store.cell('k'),
      cells: () => store.cells(''),
      list: () => store.list({ where: { op: 'always' }, limit: 1 }),
    }
    const found = {}
    for (const [name, call] of Object.entries(calls)) found[name] = await lictor.codeOf(call)
    return found
  })
const calls = ['revision', 'commit', 'facts', 'all', 'scan', 'write', 'cell', 'cells', 'list']
const each = (code) => Object.fromEntries(calls.map((call) => [call, code]))

test('site data cleared by the user while the store is open: `cleared`, and a new store has other revisions', async () => {
  const page = await prepared('cleared')
  const devtools = await chromium.devtools(page)
  await devtools.send('Storage.clearDataForOrigin', { origin: server.origin('cleared'), storageTypes: 'indexeddb' })
  assert.deepEqual(await codes(page), each('cleared'))
  assert.deepEqual(
    await page.evaluate(async () => (await indexedDB.databases()).length),
    0,
    'finding out makes no database',
  )
  const [seen, plain, fresh] = await page.evaluate(async () => [
    await lictor.codeOf(() => open({ seen: at })),
    await lictor.codeOf(async () => (globalThis.next = await open())),
    await next.revision(),
  ])
  assert.deepEqual([seen, plain], ['cleared', 'ok'])
  assert.notEqual(fresh, await page.evaluate(() => at))
})

test('a store emptied by a script: `cleared`, open and reopened, until it is deleted', async () => {
  const page = await prepared('emptied')
  await page.evaluate(async () => {
    for (const name of ['meta', 'chunks', 'log']) await lictor.raw('db', (tx) => tx.objectStore(name).clear())
  })
  assert.equal((await codes(page)).commit, 'cleared')
  assert.deepEqual(await codes(page), each('cleared'))
  assert.equal(await page.evaluate(() => lictor.codeOf(open)), 'cleared')
  assert.equal(await page.evaluate(() => lictor.codeOf(() => lictor.deleteIndexedDBStore({ name: 'db' }))), 'ok')
  assert.equal(await page.evaluate(() => lictor.codeOf(open)), 'ok')
})

test('a database deleted and made anew by somebody else: the old store says `cleared` and touches nothing', async () => {
  const page = await prepared('remade')
  await page.evaluate(async () => {
    const head = await lictor.raw('db', (tx) => tx.objectStore('meta').get('head'))
    await lictor.raw('db', (tx) => tx.objectStore('meta').put({ ...head, epoch: '0'.repeat(32) }, 'head'))
  })
  const before = await page.evaluate(() => lictor.stored('db'))
  assert.equal(await page.evaluate(() => lictor.codeOf(() => store.commit([put('r2', {})], at))), 'cleared')
  assert.deepEqual(await page.evaluate(() => lictor.stored('db')), before)
})

test('an older copy of the store put back: `seen` notices', async () => {
  const page = await prepared('older')
  await page.evaluate(() => store.close())
  const opened = (revision) =>
    page.evaluate((seen) => lictor.codeOf(async () => (await open({ seen })).close()), revision)
  const at = await page.evaluate(() => at)
  assert.deepEqual(
    [await opened(at), await opened(at.replace('.1', '.0')), await opened(at.replace('.1', '.2'))],
    ['ok', 'ok', 'cleared'],
  )
  assert.equal(await opened('a revision of the server'), 'cleared')
})

test('a newer database or format: `version`, and it is left alone', async () => {
  const page = await prepared('version')
  const message = await page.evaluate(async () => {
    const head = await lictor.raw('db', (tx) => tx.objectStore('meta').get('head'))
    await lictor.raw('db', (tx) => tx.objectStore('meta').put({ ...head, format: 3, surprise: true }, 'head'))
    return store.commit([put('r2', {})], at).catch((error) => `${error.code}: ${error.message}`)
  })
  assert.match(message, /^version: .*format 3.*reload/)
  const before = await page.evaluate(() => lictor.stored('db'))
  assert.equal(await page.evaluate(() => lictor.codeOf(open)), 'version')
  assert.deepEqual(await page.evaluate(() => lictor.stored('db')), before)
  await page.evaluate(async () => (await lictor.rawOpen('db', 9)).close())
  assert.equal(await page.evaluate(() => lictor.codeOf(open)), 'version')
})

test('a page with newer code upgrades: ours lets go at once and says `closed`', async () => {
  const page = await prepared('upgrade')
  const newer = await chromium.page(server.origin('upgrade'))
  assert.equal(await newer.evaluate(() => lictor.codeOf(async () => (await lictor.rawOpen('db', 3)).close())), 'ok')
  assert.deepEqual(await codes(page), each('closed'))
})

const damages = {
  'a flipped byte in a chunk': async () => {
    const chunk = await lictor.raw('db', (tx) => tx.objectStore('chunks').get(0))
    chunk.bytes[100] ^= 1
    await lictor.raw('db', (tx) => tx.objectStore('chunks').put(chunk, 0))
  },
  'a chunk that is gone': () => lictor.raw('db', (tx) => tx.objectStore('chunks').delete(1)),
  'a chunk that is none': () => lictor.raw('db', (tx) => tx.objectStore('chunks').put('text', 0)),
  'a commit that is gone from the log': () => lictor.raw('db', (tx) => tx.objectStore('log').delete([2, 0])),
  'a commit whose last part is gone': () => lictor.raw('db', (tx) => tx.objectStore('log').delete([3, 2])),
  'a commit whose middle part is gone': () => lictor.raw('db', (tx) => tx.objectStore('log').delete([3, 1])),
  'a commit whose first part is gone': () => lictor.raw('db', (tx) => tx.objectStore('log').delete([3, 0])),
  'the newest commit gone': () => lictor.raw('db', (tx) => tx.objectStore('log').delete(IDBKeyRange.lowerBound([3]))),
  'a head without its counts': async () => {
    const { n, ...head } = await lictor.raw('db', (tx) => tx.objectStore('meta').get('head'))
    await lictor.raw('db', (tx) => tx.objectStore('meta').put(head, 'head'))
  },
  'a head of something else': () => lictor.raw('db', (tx) => tx.objectStore('meta').put({ hello: 'world' }, 'head')),
}
test('damage: `corrupt`, and the data is kept as it is', async (t) => {
  for (const [what, harm] of Object.entries(damages)) {
    await t.test(what, async (t) => {
      const page = await chromium.page(server.origin(`damage-${Object.keys(damages).indexOf(what)}`))
      await page.evaluate(async () => {
        const big = (prefix) => Array.from({ length: 6 }, (_, i) => [`${prefix}${i}`, { text: 'x'.repeat(100_000) }])
        const put = ([id, value]) => ({ op: 'put', key: { relation: 'record', id }, value })
        const store = await lictor.openIndexedDBStore({
          name: 'db',
          initial: { records: Object.fromEntries(big('r')) },
        })
        let at = await store.revision()
        for (const entities of [[['a', {}]], [['b', {}]], big('s')]) at = await store.commit(entities.map(put), at)
        await store.close()
      })
      assert.ok((await page.evaluate(() => lictor.stored('db'))).chunks.length > 2)
      await page.evaluate(harm)
      const before = await page.evaluate(() => lictor.stored('db'))
      const told = await page.evaluate(() =>
        lictor.openIndexedDBStore({ name: 'db' }).catch(({ code, message }) => ({ code, message })),
      )
      assert.equal(told.code, 'corrupt')
      t.diagnostic(told.message)
      assert.deepEqual(await page.evaluate(() => lictor.stored('db')), before)
    })
  }
})

test('a full disk: `quota`, nothing is written and nothing is changed in memory; with room again it goes on', async (t) => {
  const origin = server.origin('quota')
  const page = await chromium.page(origin)
  const devtools = await chromium.devtools(page)
  // Before the first write: Chromium remembers for half a minute how much room it saw.
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 4_000_000 })
  await page.evaluate(openOne)
  const full = await page.evaluate(async () => {
    const big = (i) => [put(`big${i}a`, { text: lictor.noise() }), put(`big${i}b`, { text: lictor.noise() })]
    let written = 0
    for (; written < 50; written++) {
      const before = { revision: at, stored: await lictor.stored('db') }
      try {
        at = await store.commit(big(written), at)
      } catch ({ code, message }) {
        const now = { revision: await store.revision(), stored: await lictor.stored('db') }
        const records = Object.keys((await store.all()).records).length
        return { code, message, written, records, untouched: JSON.stringify(before) === JSON.stringify(now) }
      }
    }
    return { written }
  })
  t.diagnostic(`${full.written} commits of 0.7 MB in 4 MB, then: ${full.message}`)
  assert.equal(full.code, 'quota')
  assert.ok(full.written > 0 && full.untouched && full.records === 1 + 2 * full.written)
  const initial = await page.evaluate(() => {
    const records = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [i, { text: lictor.noise() + lictor.noise() }]),
    )
    return lictor.codeOf(() => lictor.openIndexedDBStore({ name: 'another', initial: { records } }))
  })
  assert.equal(initial, 'quota', 'a store that does not fit is not made')
  assert.deepEqual(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)), ['db'])
  await devtools.send('Storage.overrideQuotaForOrigin', { origin })
  const records = await page.evaluate(async () => {
    at = await store.commit([put('small', {})], at)
    await store.close()
    return Object.keys((await (await open({ seen: at })).all()).records).length
  })
  assert.equal(records, full.records + 1)
})

for (const [how, close] of Object.entries({
  'with the event that tells': (db) => (db.close(), db.dispatchEvent(new Event('close'))),
  'without a word': (db) => db.close(),
})) {
  test(`closed by force ${how}: the store opens it once more and goes on`, async () => {
    const page = await chromium.page(server.origin(`forced-${how.length}`))
    await page.evaluate(() => {
      globalThis.connections = []
      // No hints from the other store: what happened meanwhile must be read on opening again.
      globalThis.BroadcastChannel = undefined
      const open = IDBFactory.prototype.open
      IDBFactory.prototype.open = function (...given) {
        const request = open.apply(this, given)
        request.addEventListener('success', () => connections.push(request.result))
        return request
      }
    })
    const result = await page.evaluate(
      async ([close, told]) => {
        const put = (id) => ({ op: 'put', key: { relation: 'record', id }, value: {} })
        const store = await lictor.openIndexedDBStore({ name: 'db' })
        let at = await store.revision()
        for (let i = 0; i < 3; i++) {
          at = await store.commit([put(`r${i}`)], at)
          ;(0, eval)(close)(connections.at(-1))
        }
        const other = await lictor.openIndexedDBStore({ name: 'db' })
        ;(0, eval)(close)(connections.at(-2))
        at = await other.commit([put('by another')], at)
        return {
          same: (told ? (await store.facts([])).revision : await store.revision()) === at,
          records: Object.keys((await store.all()).records),
          opened: connections.length,
        }
      },
      [String(close), how === 'with the event that tells'],
    )
    assert.deepEqual(result, {
      same: true,
      records: ['by%20another', 'r0', 'r1', 'r2'].map(decodeURIComponent),
      opened: 5,
    })
  })
}

test('held by a page that does not let go: `blocked`', async () => {
  const page = await prepared('blocked')
  const deaf = await chromium.page(server.origin('blocked'))
  await deaf.evaluate(async () => (globalThis.held = await lictor.rawOpen('db')))
  assert.equal(
    await page.evaluate(() => lictor.codeOf(() => lictor.deleteIndexedDBStore({ name: 'db', patience: 100 }))),
    'blocked',
  )
  await deaf.evaluate(() => held.close())
  assert.equal(await page.evaluate(() => lictor.codeOf(() => lictor.deleteIndexedDBStore({ name: 'db' }))), 'ok')
})

test('no IndexedDB at all, and a database of somebody else', async () => {
  const page = await chromium.page(server.origin('none'))
  await page.evaluate(async () => (await lictor.rawOpen('theirs', 1, (db) => db.createObjectStore('things'))).close())
  assert.equal(await page.evaluate(() => lictor.codeOf(() => lictor.openIndexedDBStore({ name: 'theirs' }))), 'invalid')
  assert.equal(await page.evaluate(() => lictor.codeOf(() => lictor.openIndexedDBStore({ name: '' }))), 'invalid')
  const without = await page.evaluate(() => {
    Object.defineProperty(globalThis, 'indexedDB', { value: undefined })
    return lictor.codeOf(() => lictor.openIndexedDBStore({ name: 'db' }))
  })
  assert.equal(without, 'blocked')
})

test('nothing went unhandled in any page', () => {
  assert.deepEqual(chromium.faults, [])
})
