// What runs inside the page beside the disk: the suite's host on IndexedDB, and plain IndexedDB to harm it with.

import { cases, runCase } from './suite.mjs'

export * from './world.mjs'

const place = ({ name, user, tenant = '' }) => ['lictor', name, tenant, user].map(encodeURIComponent).join('/')
const databaseOf = (options, part) => `${place(options)}/${part === 'out' ? 'out' : 'view:v2'}`

/** Runs case `index`; the text of its failure, or null, and the numbers it logged. */
export async function runInPage(index) {
  const { openIndexedDBDisk, exportOutbox } = globalThis.disk
  const places = new Map()
  const notes = []
  const start = async (options) => {
    const disk = await openIndexedDBDisk(options)
    places.set(disk, options)
    return disk
  }
  const host = {
    exportOutbox,
    log: (text) => notes.push(text),
    open: (options) => start({ name: `suite ${globalThis.crypto.randomUUID()}`, user: 7, ...options }),
    another: (disk) => start(places.get(disk)),
    async reopen(disk) {
      await disk.outbox.close()
      await disk.view.close()
      return start(places.get(disk))
    },
    rows: (disk) => storedRows(places.get(disk)),
    damage: (disk, part, table, key, value) =>
      raw(databaseOf(places.get(disk), part), (tx) =>
        value === undefined ? tx.objectStore(table).delete(key) : tx.objectStore(table).put(value, key),
      ),
    async clear(disk) {
      for (const part of ['out', 'view']) await remove(databaseOf(places.get(disk), part))
    },
  }
  try {
    await runCase(cases[index], host)
    return { failure: null, notes }
  } catch (error) {
    return { failure: String(error.stack ?? error), notes }
  }
}

/** The code of the DiskError that `work` ends with, `ok`, or the error itself. */
export async function codeOf(work) {
  try {
    await work()
    return 'ok'
  } catch (error) {
    return error.name === 'DiskError' ? error.code : String(error.stack ?? error)
  }
}

/** Every row of both databases. */
export async function storedRows(options) {
  const rows = []
  for (const part of ['out', 'view']) {
    const db = await rawOpen(databaseOf(options, part))
    try {
      for (const table of db.objectStoreNames) {
        const store = db.transaction(table).objectStore(table)
        const [keys, values] = await Promise.all([asked(store.getAllKeys()), asked(store.getAll())])
        keys.forEach((key, i) => rows.push({ part, table, key, value: values[i] }))
      }
    } finally {
      db.close()
    }
  }
  return rows
}

/** A plain connection; unlike a disk's it ignores `versionchange`. */
export function rawOpen(name, version, upgrade) {
  const request = globalThis.indexedDB.open(name, version)
  request.onupgradeneeded = () => upgrade?.(request.result)
  return asked(request)
}

/** Runs `work(tx)` on all tables, after which the transaction is complete. */
export async function raw(name, work) {
  const db = await rawOpen(name)
  try {
    await new Promise((resolve, reject) => {
      const tx = db.transaction([...db.objectStoreNames], 'readwrite')
      work(tx)
      tx.oncomplete = resolve
      tx.onabort = () => reject(tx.error)
    })
  } finally {
    db.close()
  }
}

/** Deletes a database as a browser does that clears: open connections are told to let go by the disk's own handler. */
export function remove(name) {
  return asked(globalThis.indexedDB.deleteDatabase(name))
}

/** Text that does not shrink: browsers compress what they store, and a quota counts what is left. */
export function noise(size) {
  let text = ''
  while (text.length < size) text += Math.random().toString(36).slice(2, 12)
  return text.slice(0, size)
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
