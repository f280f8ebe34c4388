// The stores a server runs on, opened as `serverWith` wants: `open(facts, { columns })`.
import { openMemoryStore } from 'lictor/store'
import { openPostgresStore } from 'lictor/store/postgres'
import { openSqliteStore } from 'lictor/store/sqlite'
import { postgres } from '../store/postgres.mjs'

export const stores = {
  memory: async () => openMemoryStore,
  sqlite: async () => (initial, options) => openSqliteStore(':memory:', { initial, ...options }),
  postgres: async () => {
    const url = await (await postgres()).database()
    let made = 0
    return (initial, options) => openPostgresStore(url, { initial, schema: `s${++made}`, ...options })
  },
}
