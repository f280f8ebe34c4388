// One rule in every back end: over random policies, access lists, records and subjects, `check`, the list filter in memory,
// SQLite, PostgreSQL and, for documents that an index takes, OpenSearch say the same.

import assert from 'node:assert/strict'
import { createEngine } from '../../pkg/dist/node.js'
import { createTools } from '../../pkg/dist/tools-node.js'
import { Index, Refused } from '../opensearch/documents.mjs'
import { hits } from '../opensearch/evaluate.mjs'
import { aclWorld, subjects } from './acl-world.mjs'
import { Tally } from './compare.mjs'
import { names } from './databases.mjs'

const RECORDS = 60

/** Runs worlds until so many (policy, lists, record, subject) cases were asked; gives what each back end found. */
export async function agreement(databases, cases) {
  const tallies = new Map([...databases.map(({ dialect }) => dialect), 'opensearch'].map((name) => [name, new Tally()]))
  const counted = { cases: 0, allowed: 0, policies: 0 }
  for (let seed = 1; counted.cases < cases; seed++) {
    const tidy = seed % 3 === 0
    const world = aclWorld(seed, { tidy })
    const options = world.policy()
    const [engine, tools] = [await createEngine(options), await createTools(options)]
    const records = world.records(RECORDS)
    for (const database of databases) await database.load(records)
    const input = {
      acls: lists(engine, world),
      records: Object.fromEntries(records.map(({ id, document }) => [id, document])),
      access: [{ action: 'superuser-access', user: 9 }],
      complete: true,
    }
    const facts = engine.facts(input)
    counted.policies += 1
    for (const subject of subjects)
      for (const action of ['read', 'update']) {
        const query = { subject, action }
        const about = () => `seed ${seed}: ${JSON.stringify([options, query, input.acls])}`
        const meant = allowed(engine, tools, query, input, facts, records, about)
        counted.cases += records.length
        counted.allowed += meant.size
        const condition = tools.filter(query, input)
        assert.deepEqual(condition.missing, [], about())
        const differs = (found) => records.filter(({ id }) => meant.has(id) !== found.includes(id)).slice(0, 2)
        for (const database of databases) {
          const said = condition.toSQL({ dialect: database.dialect, ...names })
          const found = await database.ids(said)
          const tally = tallies.get(database.dialect)
          tally.check(found, meant, said, () => `${about()}: ${JSON.stringify(differs(found))}`)
          tally.pairs += records.length
        }
        if (tidy) search(condition, records, meant, tallies.get('opensearch'), about)
        condition.free()
      }
    facts.free()
  }
  return { ...counted, tallies }
}

/** Lists that the engine takes. */
function lists(engine, world) {
  const found = {}
  for (let i = 0; i < 7; i++) {
    const acl = world.list()
    try {
      engine.facts({ acls: { [`l${i}`]: acl }, complete: true }).free()
      found[`l${i}`] = acl
    } catch (error) {
      assert.equal(error.name, 'LictorError')
    }
  }
  return found
}

/** The records that single decisions allow, and the filters of the engine and of the tools with them. */
function allowed(engine, tools, query, input, facts, records, about) {
  const [filter, condition] = [engine.filter(query, facts), tools.filter(query, input)]
  const meant = new Set()
  for (const { id, document } of records) {
    const { decision } = engine.check({ ...query, resource: { type: 'record', id } }, facts)
    const found = [filter.matches(document, id), condition.matches(document, id)]
    assert.deepEqual(found, [decision === 'allow', decision === 'allow'], `${about()}: ${JSON.stringify(document)}`)
    if (decision === 'allow') meant.add(id)
  }
  filter.free()
  condition.free()
  return meant
}

function search(condition, records, meant, tally, about) {
  const said = condition.toOpenSearch()
  const index = new Index(said.mappings, said.settings)
  const [found, there] = [[], new Set()]
  for (const { id, document } of records)
    try {
      const entry = index.take(id, document)
      if (hits(said.query, entry)) found.push(id)
      if (meant.has(id)) there.add(id)
      tally.pairs += 1
    } catch (error) {
      // What the index does not take is not in it; the host hears of it.
      if (!(error instanceof Refused)) throw error
    }
  const differs = () => records.filter(({ id }) => there.has(id) !== found.includes(id)).slice(0, 2)
  tally.check(found, there, said, () => `${about()}: ${JSON.stringify(differs())}`)
}
