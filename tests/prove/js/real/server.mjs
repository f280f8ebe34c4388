// A server in a process of its own, to be killed: `node server.mjs KIND ADDRESS PORT`. Says `ready` once it listens.

import { createEngine } from 'lictor'
import { createHandler } from 'lictor/server'
import { serve } from 'lictor/server/node'
import { FACTS } from './facts.mjs'

const openers = {
  sqlite: async (path, options) => (await import('lictor/store/sqlite')).openSqliteStore(path, options),
  postgres: async (url, options) => (await import('lictor/store/postgres')).openPostgresStore(url, options),
}

const [kind, address, port] = process.argv.slice(2)
const engine = await createEngine({ policy: 'oarepo' })
const store = await openers[kind](address, { columns: engine, initial: FACTS })
const handler = createHandler({
  engine,
  store,
  authenticate: (request) => ({ type: 'user', id: request.headers.get('user') }),
  // A connection that is cut is what this is about; the devices send again.
  onError: (error) => error.code !== 'unavailable' && console.error(error),
})
await serve(handler, { port: Number(port) })
process.send('ready')
