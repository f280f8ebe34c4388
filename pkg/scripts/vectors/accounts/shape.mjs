// What the tables of accounts share: a store with accounts, and rows that are run in order.
import { createEngine } from '../../../dist/node.js'
import { openSqliteStore } from '../../../dist/store-sqlite.js'
import { openAccounts } from '../../../dist/tools-node.js'

/** The preset these tables speak of: accounts are the same under every policy, and this one knows upstream's actions. */
export const ACCOUNTS = 'invenio-rdm-36'

/** A store in a file, or in memory, with its accounts. */
export async function openRepository(file = ':memory:') {
  const engine = await createEngine({ policy: ACCOUNTS })
  const store = await openSqliteStore(file, { columns: engine })
  const accounts = await openAccounts(store, { policy: ACCOUNTS })
  const close = async () => {
    await store.close()
    engine.free()
  }
  return { store, accounts, close }
}

const results = new WeakMap()

/** What `run` gives for a table, run once: its rows share a database, so the first that is asked for runs them all. */
export function inOrder(table, run) {
  if (!results.has(table)) results.set(table, run())
  return results.get(table)
}
