// What runs inside a Durable Object: the suite, where each store has a prefix of its own; a writer of `history.mjs`; and
// lists whose rows are counted.

import { openDurableStore } from '../../pkg/src/store/durable.ts'
import { columns } from './columns.mjs'
import { wholeWrites, writeNext } from './history.mjs'
import { grow } from './scale-world.mjs'
import { cases, runCase } from './suite.mjs'

export class Suite {
  constructor({ storage }) {
    this.storage = storage
  }

  async fetch(request) {
    const [, what, argument] = new URL(request.url).pathname.split('/')
    try {
      return Response.json(await this[what](argument && JSON.parse(decodeURIComponent(argument))))
    } catch (error) {
      return Response.json({ failure: String(error.stack ?? error) })
    }
  }

  async case(index) {
    const prefixes = new Map()
    const notes = []
    const start = async (prefix, options) => {
      const store = await openDurableStore(this.storage, { columns, prefix, ...options })
      prefixes.set(store, prefix)
      return store
    }
    await runCase(cases[index], {
      open: (initial, options) => start(`s${prefixes.size}_`, { initial, ...options }),
      another: (store) => start(prefixes.get(store)),
      reopen: async (store, options) => {
        await store.close()
        return start(prefixes.get(store), options)
      },
      log: (text) => notes.push(text),
      records: 10_000,
    })
    return { failure: null, notes }
  }

  async write() {
    return { failure: null, n: await writeNext(await this.history()) }
  }

  async count() {
    return { failure: null, n: await wholeWrites(await this.history()) }
  }

  async grow([from, to]) {
    await grow(await this.counting(), from, to)
    return { failure: null }
  }

  async list(query) {
    const store = await this.counting()
    Object.assign(this.counts, { queries: 0, rows: 0 })
    const page = await store.list(query)
    return { failure: null, page, ...this.counts }
  }

  history() {
    return (this.store ??= openDurableStore(this.storage, { columns }))
  }

  /** A store whose queries and rows are counted. */
  counting() {
    const count = (this.counts ??= { queries: 0, rows: 0 })
    const exec = (...given) => {
      const cursor = this.storage.sql.exec(...given)
      const rows = cursor.toArray()
      count.queries += 1
      count.rows += cursor.rowsRead
      return { toArray: () => rows }
    }
    const storage = { sql: { exec }, transactionSync: (work) => this.storage.transactionSync(work) }
    return (this.counted ??= openDurableStore(storage, { columns }))
  }
}

export default {
  fetch(request, { SUITE }) {
    return SUITE.get(SUITE.idFromName(request.headers.get('object'))).fetch(request)
  },
}
