// What databases bear: conditions as large and as deep as the engine takes, names that would end a statement, and indexes that
// are used.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { createTools } from '../../pkg/dist/tools-node.js'
import { columns, names, postgresql, sqlite } from './databases.mjs'
import { odd } from './world.mjs'

const RECORDS = 1500

describe('conditions and their databases', () => {
  let tools
  const databases = []
  const at = (path, value) => path.split('.').reduceRight((inner, key) => ({ [key]: inner }), value)
  before(async () => {
    tools = await createTools({ policy: 'oarepo' })
    databases.push(sqlite(), await postgresql())
    const records = Array.from({ length: RECORDS }, (_, i) => ({
      id: `r${i}`,
      document: {
        language: i % 100 === 7 ? ['cs', 'en'] : `l${i % 500}`,
        year: i,
        ...at('metadata.kind', i % 300 === 5 ? 'x' : `y${i % 500}`),
        [odd[i % odd.length]]: `v${i}`,
      },
      columns: {
        state: i % 500 === 0 ? 'approved' : 'editing',
        primary: `c${i % 400}`,
        secondary: [],
        owners: [`${i}`],
        terms: [`a=${i % 700}`],
      },
    }))
    for (const database of databases) await database.load(records)
  })
  after(async () => {
    for (const database of databases) await database.close()
  })

  const found = async (database, query, types = {}) => {
    const condition = tools.query(query, types)
    const said = condition.toSQL({ dialect: database.dialect, ...names })
    condition.free()
    return [await database.ids(said), said]
  }

  test('thousands of conditions, and as deep as they may be', async () => {
    const term = (i) => ({ term: { language: `l${i}` } })
    const many = { bool: { should: Array.from({ length: 2000 }, (_, i) => term(i)) } }
    const nots = { bool: { must_not: Array.from({ length: 500 }, (_, i) => term(i)) } }
    const date = (i) => ({ range: { year: { gte: i } } })
    let deep = date(0)
    for (let i = 0; i < 8; i++)
      deep = { bool: i % 2 ? { should: [date(9000), deep] } : { must: [date(0), deep], must_not: [date(5000)] } }
    let apart = date(0)
    for (let i = 0; i < 4; i++) apart = { bool: { must_not: [{ bool: { must: [date(0), apart] } }] } }
    for (const database of databases) {
      const lists = Array.from({ length: RECORDS / 100 }, (_, i) => `r${i * 100 + 7}`)
      assert.equal((await found(database, many))[0].length, RECORDS - lists.length)
      assert.deepEqual((await found(database, nots))[0].sort(), lists.sort())
      assert.equal((await found(database, deep, { year: 'date' }))[0].length, RECORDS)
      assert.equal((await found(database, apart, { year: 'date' }))[0].length, RECORDS)
    }
  })

  test('lists of lists of lists are looked into, or more is found', async () => {
    const inside = (path, depth) =>
      depth === 0
        ? { term: { [`${path}.x`]: 'y' } }
        : { nested: { path: `${path}.a`, query: inside(`${path}.a`, depth - 1) } }
    for (const depth of [1, 2, 3, 12]) {
      const query = { nested: { path: 'a', query: inside('a', depth - 1) } }
      for (const database of databases) {
        const [ids, { side, reasons }] = await found(database, query)
        assert.equal(side, depth <= 3 ? 'equal' : 'over')
        assert.deepEqual([ids.length, reasons.map(({ code }) => code)], depth <= 3 ? [0, []] : [0, ['depth']])
      }
    }
  })

  test('names of fields are data', async () => {
    for (const database of databases)
      for (const [i, key] of odd.entries()) {
        const [ids, said] = await found(database, { term: { [key]: `v${i}` } })
        assert.deepEqual([ids, said.side], [[`r${i}`], 'equal'], key)
        for (const statement of said.indexes) await database.run(statement)
        assert.deepEqual((await found(database, { term: { [key]: `v${i}` } }))[0], [`r${i}`], key)
      }
  })

  test('names of tables are names', () => {
    const condition = tools.query({ match_all: {} })
    for (const table of ['', 'a\u0000b', 'x'.repeat(256), 5, null])
      assert.throws(() => condition.toSQL({ dialect: 'sqlite', table }), { name: 'LictorError', path: 'options.table' })
    assert.throws(() => condition.toSQL({ dialect: 'mysql' }), { path: 'options.dialect' })
    assert.throws(() => condition.toSQL({ dialect: 'sqlite', before: -1 }), { path: 'options.before' })
    assert.throws(() => condition.toSQL({ dialect: 'sqlite', columns: { state: 'a' } }), {
      path: 'options.columns.primary',
    })
    assert.throws(() => condition.toOpenSearch({ fields: {} }), { path: 'options.fields' })
    const { sql } = tools.query({ ids: { values: ['r1'] } }).toSQL({ dialect: 'postgres', table: 'a"; --', before: 2 })
    assert.equal(sql, '("a""; --"."id"::text = ANY($3::text[]))')
    condition.free()
    assert.throws(() => condition.toOpenSearch(), { code: 'stale_handle' })
  })

  test('the indexes that are advised are used', async (t) => {
    const used = { sqlite: /USING INDEX/, postgres: /Bitmap Index Scan|Index Scan|Index Only Scan/ }
    const everything = { sqlite: /SCAN odd/, postgres: /Seq Scan/ }
    const list = tools.filter(
      { subject: { type: 'user', id: 17 }, action: 'update', scope: 'everywhere' },
      { users: { 17: { roles: [] } }, communities: {}, memberships: [], access: [], complete: true },
    )
    const conditions = {
      'a value': (options) => tools.query({ term: { language: 'l17' } }).toSQL(options),
      'a value below a key': (options) => tools.query({ terms: { 'metadata.kind': ['x', 'z'] } }).toSQL(options),
      columns: (options) => list.toSQL({ ...options, columns }),
    }
    for (const database of databases) {
      for (const [name, make] of Object.entries(conditions)) {
        const said = make({ dialect: database.dialect, ...names })
        if (name === 'columns' && database.dialect === 'sqlite') continue
        const before = await database.ids(said)
        assert.ok(before.length > 0, name)
        assert.ok(said.indexes.length > 0, name)
        for (const statement of said.indexes) await database.run(statement)
        await database.run('ANALYZE')
        const plan = await database.explain(said)
        t.diagnostic(`${database.dialect}, ${name}: ${plan.split('\n').join('; ').slice(0, 300)}`)
        assert.match(plan, used[database.dialect], name)
        assert.doesNotMatch(plan, everything[database.dialect], name)
        assert.deepEqual((await database.ids(said)).sort(), before.sort(), name)
      }
    }
  })
})

test('the example of the README runs', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const block = readme.match(/```js\n([^`]*?\.toSQL\([\s\S]*?)```/)?.[1]
  const entry = new URL('../../pkg/dist/tools-node.js', import.meta.url).href
  const source = block.replace("'lictor/tools'", JSON.stringify(entry))
  const module = `${source}\nexport { parameters, side, indexes, query, czech }`
  const { parameters, side, indexes, query, czech } = await import(`data:text/javascript,${encodeURIComponent(module)}`)
  const sides = [side, czech.toSQL({ dialect: 'sqlite' }).side, czech.toOpenSearch().side]
  assert.deepEqual(sides, ['equal', 'equal', 'over'])
  assert.ok(parameters.length > 0 && indexes.length > 0 && query.bool)
})
