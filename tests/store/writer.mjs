// A process that makes the next write of `history.mjs` until it is killed, or so many: `node writer.mjs KIND ADDRESS
// [TIMES]`. TIMES may be `exclusive`: one write, in exclusive work that never ends. Says `ack n` for each write that the
// store acknowledged, and `lost` where the store could not say.

import { importStores } from './bundle.mjs'
import { columns } from './columns.mjs'
import { writeNext } from './history.mjs'

const openers = {
  sqlite: async (path) => (await importStores('sqlite')).openSqliteStore(path, { columns }),
  postgres: async (url) => (await importStores('postgres')).openPostgresStore(url, { columns }),
}

const [kind, address, times = Infinity] = process.argv.slice(2)
const store = await openers[kind](address)
if (times === 'exclusive')
  await store.exclusive(async () => {
    console.log(`ack ${await writeNext(store)}`)
    await new Promise((resolve) => setTimeout(resolve, 2 ** 30))
  })
for (let i = 0; i < times;) {
  try {
    console.log(`ack ${await writeNext(store)}`)
    i += 1
  } catch (error) {
    if (error.code !== 'unavailable') throw error
    console.log('lost')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
await store.close()
