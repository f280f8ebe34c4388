// Access lists in every back end; the long run is `npm run agree`.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createTools } from '../../pkg/dist/tools-node.js'
import { Index } from '../opensearch/documents.mjs'
import { hits } from '../opensearch/evaluate.mjs'
import { agreement } from './acl-agreement.mjs'
import { columns, names, postgresql, sqlite } from './databases.mjs'

describe('access lists in every back end', () => {
  const databases = []
  before(async () => databases.push(sqlite(), await postgresql()))
  after(async () => {
    for (const database of databases) await database.close()
  })

  test('random policies, lists, records and subjects', async (t) => {
    const { cases, allowed, policies, tallies } = await agreement(databases, 6_000)
    t.diagnostic(`${cases} cases in ${policies} worlds, ${allowed} of them allow`)
    for (const [name, tally] of tallies) t.diagnostic(`${name}: ${tally}`)
    assert.ok(allowed > cases / 20 && allowed < (cases * 19) / 20, `${allowed} of ${cases} were allowed`)
    for (const [name, { equal, over }] of tallies) assert.ok(equal > over, `${name}: ${equal} equal, ${over} over`)
  })

  // Lists of one kind are asked for together; of too many kinds, what stands above is left out, and then all.
  const term = (i) => ({ term: { language: `l${i}` } })
  const range = (i) => ({ range: { year: { gte: i, lt: i + 3 } } })
  for (const { about, count, query, mine, of, side } of [
    { about: 'a thousand lists', count: 1000, query: term, mine: 7, of: 1100, side: 'equal' },
    { about: 'more than can be said', count: 1500, query: range, mine: 7, of: 100, side: 'over' },
    { about: 'more of the subject than can be said', count: 1500, query: range, mine: 1, of: 100, side: 'over' },
  ])
    test(about, async () => {
      const tools = await createTools({ policy: 'explicit-acls', changes: { acls: { fields: { year: 'integer' } } } })
      const list = (i) => ({
        type: 'query',
        schemas: ['record'],
        operation: 'get',
        priority: i % 10,
        query: query(i),
        actors: [{ type: 'user', users: [i % mine === 0 ? 1 : 2] }],
      })
      const acls = Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, list(i)]))
      const document = (i) => ({ language: [`l${i}`, `l${(i * 3) % of}`], year: i })
      const records = Array.from({ length: of }, (_, i) => ({ id: `r${i}`, document: document(i) }))
      const question = { subject: { type: 'user', id: 1 }, action: 'read' }
      const condition = tools.filter(question, { acls, records: {}, complete: true })
      const meant = records.filter(({ id, document }) => condition.matches(document, id)).map(({ id }) => id)
      assert.ok(meant.length > of / 20)
      for (const database of databases) {
        await database.load(records)
        const said = condition.toSQL({ dialect: database.dialect, ...names })
        const found = await database.ids(said)
        assert.equal(said.side, side)
        if (side === 'equal') assert.deepEqual(found.sort(), meant.sort())
        else assert.ok(said.reasons.some(({ code }) => code === 'lists') && meant.every((id) => found.includes(id)))
      }
      assert.equal(
        condition.toOpenSearch().reasons.filter(({ code }) => code === 'lists').length,
        side === 'over' ? 1 : 0,
      )
      condition.free()
    })

  test('where pointers must lead, what says so is counted, too', async () => {
    const schema = 'records/record-v1.0.0.json'
    const changes = { acls: { fields: { year: 'integer' } } }
    const tools = await createTools({ policy: 'explicit-acls-4.5.0', changes })
    const list = (i, actors) => ({
      type: 'query',
      schemas: [schema],
      operation: 'get',
      priority: i,
      query: { range: { year: { gte: i, lt: i === 200 ? 300 : i + 3 } } },
      actors,
    })
    const lost = Array.from({ length: 200 }, (_, i) => [`l${i}`, list(i, [{ type: 'record_user', path: `/p${i}` }])])
    const acls = { ...Object.fromEntries(lost), mine: list(200, [{ type: 'user', users: [1] }]) }
    const records = Array.from({ length: 300 }, (_, i) => ({ id: `r${i}`, document: { $schema: schema, year: i } }))
    const condition = tools.filter({ subject: { type: 'user', id: 1 }, action: 'read' }, { acls, complete: true })
    const meant = records.filter(({ id, document }) => condition.matches(document, id)).map(({ id }) => id)
    assert.equal(meant.length, 100)
    const said = condition.toOpenSearch()
    assert.ok(said.reasons.some(({ code }) => code === 'lists'))
    const parts = JSON.stringify(said.query).match(/"(terms|range|wildcard|match_all|match_none)":/g)
    assert.ok(parts.length < 2_000, `${parts.length} conditions`)
    for (const database of databases) {
      await database.load(records)
      const found = await database.ids(condition.toSQL({ dialect: database.dialect, ...names }))
      assert.ok(meant.every((id) => found.includes(id)))
    }
    condition.free()
  })

  test('a pointer of many numbers is not looked for in every place it may lead to', async () => {
    const tools = await createTools({ policy: 'explicit-acls' })
    const ask = (numbers) => {
      const actors = [{ type: 'record_user', path: '/0'.repeat(numbers) }]
      const l1 = { type: 'default', schemas: ['record'], operation: 'get', actors }
      const question = { subject: { type: 'user', id: 1 }, action: 'read' }
      const condition = tools.filter(question, { acls: { l1 }, access: [], complete: true })
      const said = condition.toOpenSearch()
      assert.deepEqual([said.side, said.reasons.map(({ code }) => code)], ['over', ['pointers']])
      const document = Array.from({ length: numbers }).reduce((inner) => ({ 0: inner }), 1)
      assert.ok(condition.matches(document, 'r1'))
      assert.ok(hits(said.query, new Index(said.mappings, said.settings).take('r1', document)))
      condition.free()
      return JSON.stringify(said.query).match(/"terms":\{"0|"match_all"/g).length
    }
    assert.deepEqual([1, 2, 4, 16].map(ask), [2, 6, 30, 1])
  })

  test('columns beside no documents leave lists to the engine', async () => {
    const tools = await createTools({ policy: 'explicit-acls' })
    const everyone = [{ type: 'system_role', system_role: 'everyone' }]
    const acls = { l1: { type: 'default', schemas: ['record'], operation: 'get', actors: everyone } }
    const question = { subject: { type: 'user', id: 1 }, action: 'read' }
    const condition = tools.filter(question, { acls, complete: true })
    const codes = ({ reasons }) => reasons.map(({ code }) => code)
    const table = { dialect: 'sqlite', table: 't', columns }
    assert.deepEqual(codes(condition.toSQL(table)), ['engine'])
    assert.deepEqual(codes(condition.toSQL({ ...table, document: 'd' })), [])
    assert.deepEqual(codes(condition.toOpenSearch({ columns })), ['engine'])
    assert.deepEqual(codes(condition.toOpenSearch({ columns, documents: true })), [])
    condition.free()
  })
})
