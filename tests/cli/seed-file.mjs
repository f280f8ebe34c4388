// The command `seed` of the transcripts.
import { openSqliteStore } from 'lictor/store/sqlite'
import { seed } from './seed.mjs'

await seed((engine) => openSqliteStore('lictor.db', { columns: engine }))
