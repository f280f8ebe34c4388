// The store suite on SQLite: a file with a connection each handle, and one in memory.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { importStores } from './bundle.mjs'
import { columns } from './columns.mjs'
import { cases, runCase } from './suite.mjs'

const { openSqliteStore } = await importStores('sqlite')

let folder
before(async () => (folder = await mkdtemp(join(tmpdir(), 'lictor-sqlite-'))))
after(() => rm(folder, { recursive: true, force: true }))

const paths = new Map()
let made = 0

async function start(path, options) {
  const store = await openSqliteStore(path, { columns, poll: 10, ...options })
  paths.set(store, path)
  return store
}

const file = {
  open: (initial, options) => start(join(folder, `${++made}.db`), { initial, ...options }),
  another: (store) => start(paths.get(store)),
  reopen: async (store, options) => {
    await store.close()
    return start(paths.get(store), options)
  },
}

const memory = {
  open: (initial, options) => start(':memory:', { initial, ...options }),
  another: async (store) => store,
  reopen: null,
}

for (const [label, host] of Object.entries({ file, memory })) {
  test(`the suite, in ${label}`, async (t) => {
    for (const one of cases)
      await t.test(one.name, (t) => runCase(one, { ...host, records: 10_000, log: (text) => t.diagnostic(text) }))
  })
}
