// The stores the command is run on: a file, and a database of its own in a PostgreSQL of the tests.
import { openPostgresStore } from 'lictor/store/postgres'
import { openSqliteStore } from 'lictor/store/sqlite'
import { postgres } from '../store/postgres.mjs'

export const places = [
  { name: 'SQLite', make: async (folder) => at(`${folder}/lictor.db`, openSqliteStore) },
  { name: 'PostgreSQL', make: async () => at(await (await postgres()).database(), openPostgresStore) },
]

function at(place, open) {
  return { place, open: (engine) => open(place, { columns: engine }) }
}
