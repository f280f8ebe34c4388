// Real databases with a table of a host's own, whose names need quotes: SQLite through libsql, and PostgreSQL.

import Database from 'libsql'
import pg from 'pg'
import { postgres } from '../store/postgres.mjs'

export const names = { table: 'odd "table\' 1', id: 'the id', document: 'doc"ument' }
export const columns = { state: 'state', primary: 'home', secondary: 'second', owners: 'owners', terms: 'terms' }

const quoted = (name) => `"${name.replaceAll('"', '""')}"`
const table = quoted(names.table)
const [id, document] = [quoted(names.id), quoted(names.document)]

/** Both take `load(records)`, `ids(condition)`, `explain(condition)`, `run(statement)` and `close()`. */
export function sqlite() {
  const db = new Database(':memory:')
  db.exec(
    `CREATE TABLE ${table} (${id} TEXT PRIMARY KEY, ${document} TEXT, state TEXT, home TEXT, second TEXT, owners TEXT, terms TEXT)`,
  )
  return {
    dialect: 'sqlite',
    async load(records) {
      db.exec(`DELETE FROM ${table}`)
      const put = db.prepare(`INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?)`)
      for (const { id, document, columns } of records) {
        const { state = null, primary = null, secondary = [], owners = [], terms = [] } = columns ?? {}
        put.run(
          id,
          JSON.stringify(document),
          state,
          primary,
          ...[secondary, owners, terms].map((list) => JSON.stringify(list)),
        )
      }
    },
    async ids({ sql, parameters }) {
      return db
        .prepare(`SELECT ${id} AS id FROM ${table} WHERE ${sql}`)
        .all(...parameters)
        .map((row) => row.id)
    },
    async explain({ sql, parameters }) {
      const rows = db.prepare(`EXPLAIN QUERY PLAN SELECT ${id} FROM ${table} WHERE ${sql}`).all(...parameters)
      return rows.map(({ detail }) => detail).join('\n')
    },
    async run(statement) {
      db.exec(statement)
    },
    async close() {
      db.close()
    },
  }
}

export async function postgresql() {
  const cluster = await postgres()
  const client = new pg.Client(await cluster.database())
  await client.connect()
  // What is asked is long and soon answered: to compile it takes a thousand times as long.
  await client.query('SET jit = off')
  await client.query(`CREATE TABLE ${table} (${id} text PRIMARY KEY, ${document} jsonb, state text, home text, second text[],
    owners text[], terms text[])`)
  return {
    dialect: 'postgres',
    async load(records) {
      await client.query(`TRUNCATE ${table}`)
      const rows = records.map(({ id, document, columns }) => {
        const { state = null, primary = null, secondary = [], owners = [], terms = [] } = columns ?? {}
        return { id, document, state, home: primary, second: secondary, owners, terms }
      })
      const shape = 'id text, document jsonb, state text, home text, second text[], owners text[], terms text[]'
      await client.query(`INSERT INTO ${table} SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(${shape})`, [
        JSON.stringify(rows),
      ])
      await client.query(`ANALYZE ${table}`)
    },
    async ids({ sql, parameters }) {
      const { rows } = await client.query(`SELECT ${id} AS id FROM ${table} WHERE ${sql}`, parameters)
      return rows.map((row) => row.id)
    },
    async explain({ sql, parameters }) {
      const { rows } = await client.query(`EXPLAIN SELECT ${id} FROM ${table} WHERE ${sql}`, parameters)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    },
    async run(statement) {
      await client.query(statement)
    },
    async close() {
      await client.end()
      await cluster.remove()
    },
  }
}
