// What a list costs in a SQLite file: how many queries, and how each goes about it. libsql counts no rows; workerd does
// (`scale-durable.mjs`), and runs the same queries.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { importStores } from './bundle.mjs'
import { columns } from './columns.mjs'
import { grow } from './scale-world.mjs'

export async function openSqliteProbe() {
  const { openSqliteStore } = await importStores('sqlite')
  const folder = await mkdtemp(join(tmpdir(), 'lictor-scale-'))
  const path = join(folder, 'scale.db')
  const store = await openSqliteStore(path, { columns })
  return {
    name: 'SQLite',
    unit: 'steps',
    list: (query) => store.list(query),
    grow: (from, to) => grow(store, from, to),
    /** Runs a list; its queries and, of their plans, the steps: `SEARCH ... USING INDEX ...` and so on. */
    async cost(query) {
      const asked = []
      const prepare = Database.prototype.prepare
      Database.prototype.prepare = function (sql) {
        return counted(prepare.call(this, sql), sql, asked)
      }
      // On a new connection, which has no statements ready, so that all of them pass here.
      const other = await openSqliteStore(path, { columns })
      try {
        asked.length = 0
        await other.list(query)
      } finally {
        Database.prototype.prepare = prepare
        await other.close()
      }
      const database = new Database(path)
      const plans = asked.flatMap((sql) =>
        database
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => detail),
      )
      database.close()
      return { queries: asked.length, touched: plans.length, wholeTables: wholeTables(plans) }
    },
    async close() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** A statement that notes each time it is run. */
function counted(statement, sql, asked) {
  for (const name of ['all', 'run', 'get']) {
    const original = statement[name]
    statement[name] = function (...values) {
      if (/^\s*(SELECT|WITH)/.test(sql)) asked.push(sql)
      return original.apply(this, values)
    }
  }
  return statement
}

/** Steps that read a whole table that grows. The head is one row, and shelves are as many as types and states. */
function wholeTables(plans) {
  const small = /^SCAN (lictor_head|lictor_shelf|json_each|j|some|CONSTANT|\(subquery)\b/
  return plans.filter((step) => step.startsWith('SCAN') && !small.test(step) && !/VIRTUAL TABLE INDEX \d+:M/.test(step))
}
