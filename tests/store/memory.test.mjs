// The store suite on the memory store.

import { test } from 'node:test'
import { importStores } from './bundle.mjs'
import { columns } from './columns.mjs'
import { cases, runCase } from './suite.mjs'

const { openMemoryStore } = await importStores()

for (const one of cases) {
  test(one.name, async (t) => {
    await runCase(one, {
      open: (initial, options) => openMemoryStore(initial, { columns, ...options }),
      // There is one handle on a memory store: the store itself.
      another: async (store) => store,
      // Nothing outlives a memory store; `all` and `open(all)` are covered by a case of their own.
      reopen: null,
      log: (text) => t.diagnostic(text),
    })
  })
}
