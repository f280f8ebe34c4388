// What runs inside the page beside the suite: the host of the IndexedDB store, and plain IndexedDB to harm it with.

import { columns } from './columns.mjs'
import { cases, runCase } from './suite.mjs'

export { columns }

/** Runs case `index`; the text of its failure, or null, and the numbers it logged. */
export async function runInPage(index, extra) {
  const { openIndexedDBStore, deleteIndexedDBStore } = globalThis.lictor
  const names = new Map()
  const notes = []
  const start = async (options) => {
    const store = await openIndexedDBStore({ columns, ...extra, ...options })
    names.set(store, options.name)
    return store
  }
  const host = {
    open: (initial, options) => start({ name: crypto.randomUUID(), initial, ...options }),
    another: (store) => start({ name: names.get(store) }),
    reopen: async (store, options) => {
      const seen = await store.revision()
      await store.close()
      return start({ name: names.get(store), seen, ...options })
    },
    log: (text) => notes.push(text),
  }
  try {
    await runCase(cases[index], host)
    for (const name of new Set(names.values())) await deleteIndexedDBStore({ name })
    return { failure: null, notes }
  } catch (error) {
    return { failure: String(error.stack ?? error), notes }
  }
}

/** The code of the StoreError that `work` ends with, `ok`, or the error itself. */
export async function codeOf(work) {
  try {
    await work()
    return 'ok'
  } catch (error) {
    return error.name === 'StoreError' ? error.code : String(error.stack ?? error)
  }
}

/** A plain connection; unlike a store's it ignores `versionchange`. */
export function rawOpen(name, version, upgrade) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version)
    request.onupgradeneeded = () => upgrade?.(request.result)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('blocked'))
  })
}

/** Runs `work(tx)` and resolves with the result of the request it returns, after the transaction. */
export async function raw(name, work) {
  const db = await rawOpen(name)
  try {
    return await new Promise((resolve, reject) => {
      const tx = db.transaction([...db.objectStoreNames], 'readwrite')
      const request = work(tx)
      tx.oncomplete = () => resolve(request?.result)
      tx.onabort = () => reject(tx.error)
    })
  } finally {
    db.close()
  }
}

/** Some 350 kB that do not shrink: Chromium compresses what it stores, and a quota counts what is left. */
export function noise() {
  return Array.from({ length: 35_000 }, () => Math.random().toString(36).slice(2, 12)).join('')
}

/** What is stored, with bytes as their digest: for tests that nothing was changed. */
export async function stored(name) {
  const read = (store) => raw(name, (tx) => tx.objectStore(store).getAll())
  const digest = async (row) => (row.bytes ? { ...row, bytes: await sha256(row.bytes) } : row)
  const found = {}
  for (const store of ['meta', 'chunks', 'log']) found[store] = await Promise.all((await read(store)).map(digest))
  return found
}

async function sha256(bytes) {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].join(' ')
}
