// What a database was made with, against what opens it: formats of older versions are brought up to date and nothing is
// lost, newer ones are refused and left alone, and several who open a new one at once make one store.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import Database from 'libsql'
import { importStores } from './bundle.mjs'
import { columns } from './columns.mjs'
import { formats } from './formats.mjs'
import { postgres } from './postgres.mjs'

const { openSqliteStore } = await importStores('sqlite')
const { openPostgresStore } = await importStores('postgres')

let folder
let cluster
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lictor-formats-'))
  cluster = await postgres()
})
after(() => rm(folder, { recursive: true, force: true }))

let made = 0
const databases = {
  SQLite: {
    address: async () => join(folder, `${++made}.db`),
    open: (path, options) => openSqliteStore(path, { columns, ...options }),
    async query(path, sql) {
      const database = new Database(path)
      try {
        return /^\s*SELECT/.test(sql) ? database.prepare(sql).all() : database.exec(sql)
      } finally {
        database.close()
      }
    },
    head: 'lictor_head',
    schema: `SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name`,
    scripts: formats.sqlite,
  },
  PostgreSQL: {
    address: () => cluster.database(),
    open: (url, options) => openPostgresStore(url, { columns, connections: 2, ...options }),
    query: (url, sql) => cluster.query(sql, undefined, url),
    head: 'lictor.head',
    schema: `SELECT table_name AS name, column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(collation_name, '') AS sql
        FROM information_schema.columns WHERE table_schema = 'lictor'
      UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'lictor' ORDER BY 1, 2`,
    scripts: formats.postgres,
  },
}

for (const [name, { address, open, query, head, schema, scripts }] of Object.entries(databases)) {
  const structure = async (at) =>
    (await query(at, schema)).map(({ name, sql }) => `${name}: ${String(sql).replace(/\s+/g, ' ')}`)

  for (const [i, script] of scripts.entries()) {
    test(`${name}: a store of format ${i + 1} is opened, and nothing of it is lost`, async () => {
      const at = await address()
      await query(at, script)
      const store = await open(at)
      const { revision, ...facts } = await store.all()
      assert.deepEqual(facts, formats.facts)
      assert.equal(revision, formats.revision)
      assert.deepEqual(await store.cells(''), formats.cells)
      const hits = async (query) => (await store.list({ limit: 9, ...query })).hits.map(({ id }) => id)
      assert.deepEqual(await hits({ where: { op: 'state', in: ['draft'] } }), ['a/b'])
      assert.deepEqual(await hits({ where: { op: 'owner', user: '4' }, q: 'kůň' }), ['a/b'])
      assert.deepEqual(await hits({ where: { op: 'always' }, order: '-updated' }), ['r2', 'a/b'])
      const put = { op: 'put', key: { relation: 'record', id: 'r3' }, value: { state: 'draft' } }
      await store.commit([put], revision)
      assert.deepEqual(await hits({ where: { op: 'state', in: ['draft'] } }), ['a/b', 'r3'])
      await store.close()
      // Where this fails, tables were changed without a new format: stores that are in use would not follow.
      const fresh = await address()
      await (await open(fresh)).close()
      assert.deepEqual(await structure(at), await structure(fresh))
    })
  }

  test(`${name}: a newer format is refused, open or closed, and left alone`, async () => {
    const at = await address()
    const store = await open(at, { initial: { records: { r1: {} } } })
    await store.close()
    await query(at, `UPDATE ${head} SET format = 99`)
    const before = await query(at, `SELECT * FROM ${head}`)
    await assert.rejects(open(at), { name: 'StoreError', code: 'version', message: /99/ })
    assert.deepEqual(await query(at, `SELECT * FROM ${head}`), before)
    await query(at, `UPDATE ${head} SET format = ${scripts.length}`)
    const again = await open(at)
    assert.deepEqual(Object.keys((await again.all()).records), ['r1'])
    await again.close()
  })

  test(`${name}: eight open a new database at once: one store, filled once`, async () => {
    const at = await address()
    const initial = { records: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`r${i}`, { state: 'draft' }])) }
    const stores = await Promise.all(Array.from({ length: 8 }, () => open(at, { initial })))
    const revisions = await Promise.all(stores.map((store) => store.revision()))
    assert.equal(new Set(revisions).size, 1)
    for (const store of stores) {
      assert.equal((await store.list({ where: { op: 'always' }, limit: 1, total: true })).total.value, 20)
      await store.close()
    }
  })

  test(`${name}: a store that is there keeps what it holds, whatever \`initial\` says`, async () => {
    const at = await address()
    await (await open(at, { initial: { records: { mine: {} } } })).close()
    const store = await open(at, { initial: { records: { other: {} }, users: { 4: {} } } })
    const { records, users } = await store.all()
    assert.deepEqual([records, users], [{ mine: {} }, {}])
    await store.close()
  })
}

test('SQLite: a file that is no database, or a folder that is not there: said in words, and nothing is made', async () => {
  const path = join(folder, 'text.db')
  const { writeFile, readFile } = await import('node:fs/promises')
  await writeFile(path, 'This is not a database, but long enough to be taken for one. '.repeat(100))
  const before = await readFile(path)
  await assert.rejects(openSqliteStore(path, { columns }), { name: 'StoreError' })
  assert.deepEqual(await readFile(path), before)
  await assert.rejects(openSqliteStore(join(folder, 'none', 'x.db'), { columns }), { name: 'StoreError' })
  await assert.rejects(openSqliteStore('', { columns }), { name: 'StoreError', code: 'invalid' })
})
