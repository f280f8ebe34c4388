// The stores accounts are kept in: each through the same tests.
import { createEngine } from 'lictor'
import { openMemoryStore } from 'lictor/store'
import { openPostgresStore } from 'lictor/store/postgres'
import { openSqliteStore } from 'lictor/store/sqlite'
import { openAccounts } from 'lictor/tools'
import { postgres } from '../store/postgres.mjs'

const engine = await createEngine()

export const places = [
  { name: 'memory', make: async () => () => openMemoryStore() },
  { name: 'SQLite', make: async () => () => openSqliteStore(':memory:', { columns: engine }) },
  {
    name: 'PostgreSQL',
    make: async () => {
      const url = await (await postgres()).database()
      return () => openPostgresStore(url, { columns: engine })
    },
  },
]

/** A store of the kind with its accounts. */
export async function repository({ make }) {
  const store = await (await make())()
  return { store, accounts: await openAccounts(store) }
}
