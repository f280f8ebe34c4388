// The list of what somebody may do something to, in every back end: from documents and from the engine's columns, over random
// records, held against what the engine says of each.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { createEngine } from '../../pkg/dist/node.js'
import { createTools } from '../../pkg/dist/tools-node.js'
import { namedWorld, subjects } from '../named-world.mjs'
import { Index, Refused } from '../opensearch/documents.mjs'
import { hits } from '../opensearch/evaluate.mjs'
import { Tally } from './compare.mjs'
import { columns, names, postgresql, sqlite } from './databases.mjs'
import { modelWorld } from './model-world.mjs'

const { changes } = JSON.parse(readFileSync(new URL('../corpus/named.json', import.meta.url), 'utf8'))
const RECORDS = Number(process.env.LICTOR_BACKEND_RECORDS ?? 150)

const policies = [
  {
    about: 'named fields',
    options: { policy: 'oarepo', changes },
    actions: ['read', 'update'],
    world: () => namedWorld(3, RECORDS),
  },
  {
    about: 'repository',
    options: { policy: 'repository' },
    actions: ['read', 'update', 'publish'],
    world: () => modelWorld('repository', RECORDS),
  },
  {
    about: 'oarepo',
    options: { policy: 'oarepo' },
    actions: ['read', 'approve'],
    world: () => modelWorld('oarepo', RECORDS),
  },
  {
    about: 'oarepo-3.0.5',
    options: { policy: 'oarepo-3.0.5' },
    actions: ['read', 'update'],
    world: () => modelWorld('oarepo-3.0.5', RECORDS),
  },
]
const scopes = ['everywhere', 'mine', { community: 'a' }]

describe('lists in every back end', () => {
  const databases = []
  before(async () => databases.push(sqlite(), await postgresql()))
  after(async () => {
    for (const database of databases) await database.close()
  })

  for (const { about, options, actions, world } of policies) {
    test(about, async (t) => {
      const [engine, tools] = [await createEngine(options), await createTools(options)]
      const facts = world()
      const records = Object.entries(facts.records).map(([id, document]) => ({
        id,
        document,
        columns: engine.columns(document),
      }))
      for (const database of databases) await database.load(records)
      const tallies = new Map()
      const tally = (name) => tallies.get(name) ?? tallies.set(name, new Tally()).get(name)
      let allowed = 0
      for (const subject of subjects)
        for (const action of actions)
          for (const scope of scopes) {
            const query = { subject, action, scope }
            const filter = engine.filter(query, facts)
            const condition = tools.filter(query, facts)
            assert.deepEqual(condition.missing, [])
            const meant = new Set(records.filter(({ document }) => filter.matches(document)).map(({ id }) => id))
            assert.deepEqual(
              meant,
              new Set(records.filter(({ document, id }) => condition.matches(document, id)).map(({ id }) => id)),
            )
            allowed += meant.size
            const place = () => JSON.stringify([query, filter.where])
            const differs = (found) => records.filter(({ id }) => meant.has(id) !== found.includes(id)).slice(0, 2)
            for (const database of databases)
              for (const where of [{}, { columns }]) {
                const said = condition.toSQL({ dialect: database.dialect, ...names, ...where })
                const found = await database.ids(said)
                const one = tally(`${database.dialect}${where.columns ? ', columns' : ''}`)
                one.check(found, meant, said, () => `${place()}: ${JSON.stringify(differs(found))}`)
                one.pairs += records.length
              }
            for (const where of [{}, { columns }]) {
              const said = condition.toOpenSearch(where)
              const index = new Index(said.mappings, said.settings)
              const kept = where.columns
                ? records.map(({ id, columns: own }) => ({ id, document: fields(own) }))
                : records
              const found = []
              const taken = new Set()
              for (const { id, document } of kept) {
                try {
                  const entry = index.take(id, document)
                  taken.add(id)
                  if (hits(said.query, entry)) found.push(id)
                } catch (error) {
                  if (!(error instanceof Refused)) throw error
                }
              }
              const one = tally(`opensearch${where.columns ? ', columns' : ''}`)
              const there = new Set([...meant].filter((id) => taken.has(id)))
              one.check(found, there, said, () => `${place()}: ${JSON.stringify(differs(found))}`)
              one.pairs += taken.size
            }
            filter.free()
            condition.free()
          }
      for (const [name, one] of tallies) t.diagnostic(`${name}: ${one}`)
      assert.ok(allowed > 100, `only ${allowed} were allowed at all`)
    })
  }

  test('what is not known is asked for, and nothing is said until it is there', async () => {
    const tools = await createTools({ policy: 'oarepo' })
    const condition = tools.filter(
      { subject: { type: 'user', id: 4 }, action: 'read' },
      { communities: { a: { grants: { member: ['read'] } } } },
    )
    assert.ok(condition.missing.length > 0)
    const refused = { name: 'LictorError', code: 'missing_field', path: 'facts' }
    assert.throws(() => condition.toSQL({ dialect: 'sqlite' }), refused)
    assert.throws(() => condition.toOpenSearch(), refused)
  })
})

/** What the engine's columns hold, as fields of an index. */
function fields({ state, primary, secondary, owners, terms }) {
  const { state: s, primary: p, secondary: m, owners: o, terms: t } = columns
  return { [s]: state, [p]: primary, [m]: secondary, [o]: owners, [t]: terms }
}
