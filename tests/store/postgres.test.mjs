// The store suite on PostgreSQL: stores by address, each in a schema of its own, with connections of its own a handle.

import { before, test } from 'node:test'
import { importStores } from './bundle.mjs'
import { columns } from './columns.mjs'
import { postgres } from './postgres.mjs'
import { cases, runCase } from './suite.mjs'

const { openPostgresStore } = await importStores('postgres')

let url
before(async () => (url = await (await postgres()).database()))

const schemas = new Map()
let made = 0

async function start(schema, options) {
  const store = await openPostgresStore(url, { columns, schema, connections: 3, ...options })
  schemas.set(store, schema)
  return store
}

const host = {
  open: (initial, options) => start(`s${++made}`, { initial, ...options }),
  another: (store) => start(schemas.get(store)),
  reopen: async (store, options) => {
    await store.close()
    return start(schemas.get(store), options)
  },
}

test('the suite', async (t) => {
  for (const one of cases)
    await t.test(one.name, (t) => runCase(one, { ...host, records: 10_000, log: (text) => t.diagnostic(text) }))
})
