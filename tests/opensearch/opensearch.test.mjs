// The query of an access list for OpenSearch, on an evaluator of its query language: what it finds is what the engine means, or
// more where it says so.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { createTools } from '../../pkg/dist/tools-node.js'
import { Tally, accepted } from '../backend/compare.mjs'
import { backendWorld, odd, types } from '../backend/world.mjs'
import { Index, Refused } from './documents.mjs'
import { hits } from './evaluate.mjs'

const WORLDS = Number(process.env.LICTOR_BACKEND_WORLDS ?? 12)
const RECORDS = 120
const QUERIES = 80

describe('queries of access lists for OpenSearch', () => {
  let tools
  before(async () => (tools = await createTools()))

  test('random queries over random documents', (t) => {
    const tally = new Tally()
    let refused = 0
    for (let seed = 1; seed <= WORLDS; seed++) {
      const world = backendWorld(seed, { tidy: true })
      const records = world.records(RECORDS)
      for (let i = 0; i < QUERIES; i++) {
        const [query, condition] = accepted(tools, types, () => world.query())
        const said = condition.toOpenSearch()
        const index = new Index(said.mappings, said.settings)
        const found = []
        const meant = new Set()
        for (const { id, document } of records) {
          try {
            const entry = index.take(id, document)
            if (hits(said.query, entry)) found.push(id)
          } catch (error) {
            // What the index does not take is not in it; the host hears of it.
            if (!(error instanceof Refused)) throw error
            refused += 1
            continue
          }
          tally.pairs += 1
          if (condition.matches(document, id)) meant.add(id)
        }
        const about = () =>
          `seed ${seed}: ${JSON.stringify(query)}: ${JSON.stringify(records.filter(({ id }) => meant.has(id) !== found.includes(id)).slice(0, 2))}`
        tally.check(found, meant, said, about)
        condition.free()
      }
    }
    t.diagnostic(`${tally}; ${refused} documents not taken`)
    assert.ok(refused * 20 < tally.pairs, `${refused} of ${tally.pairs} documents were not taken`)
  })

  test('names of fields are data', () => {
    for (const key of odd) {
      const { query } = tools.query({ term: { [key]: 'x' } }).toOpenSearch()
      assert.deepEqual(query, { terms: { [key]: ['x'] } })
    }
  })
})
