// The query of an access list as SQL, on real databases: what they find is what the engine means, or more where it says so.

import { after, before, describe, test } from 'node:test'
import { createTools } from '../../pkg/dist/tools-node.js'
import { Tally, accepted } from './compare.mjs'
import { names, postgresql, sqlite } from './databases.mjs'
import { backendWorld, types } from './world.mjs'

const WORLDS = Number(process.env.LICTOR_BACKEND_WORLDS ?? 6)
const RECORDS = 120
const QUERIES = 80

describe('queries of access lists as SQL', () => {
  let tools
  const databases = {}
  before(async () => {
    tools = await createTools()
    databases.sqlite = sqlite()
    databases.postgres = await postgresql()
  })
  after(async () => {
    for (const database of Object.values(databases)) await database.close()
  })

  for (const name of ['sqlite', 'postgres']) {
    test(`random queries over random documents, on ${name}`, async (t) => {
      const database = databases[name]
      const tally = new Tally()
      for (let seed = 1; seed <= WORLDS; seed++) {
        // No `jsonb` holds a zero.
        const world = backendWorld(seed, { zeros: name === 'sqlite' })
        const records = world.records(RECORDS)
        await database.load(records)
        for (let i = 0; i < QUERIES; i++) {
          const [query, condition] = accepted(tools, types, () => world.query())
          const meant = new Set(
            records.filter(({ id, document }) => condition.matches(document, id)).map(({ id }) => id),
          )
          const said = condition.toSQL({ dialect: database.dialect, ...names })
          const about = () => `seed ${seed}: ${JSON.stringify(query)}`
          let found
          try {
            found = await database.ids(said)
          } catch (cause) {
            throw new Error(`${about()}\n${said.sql}\n${JSON.stringify(said.parameters)}`, { cause })
          }
          tally.check(
            found,
            meant,
            said,
            () =>
              `${about()}: ${JSON.stringify(records.filter(({ id }) => meant.has(id) !== found.includes(id)).slice(0, 2))}`,
          )
          tally.pairs += records.length
          condition.free()
        }
      }
      t.diagnostic(`${name}: ${tally}`)
    })
  }
})
