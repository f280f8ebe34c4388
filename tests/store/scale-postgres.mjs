// What a list costs in PostgreSQL: how many queries, and how many blocks they look at (EXPLAIN (ANALYZE, BUFFERS)).

import pg from 'pg'
import { importStores } from './bundle.mjs'
import { columns } from './columns.mjs'
import { postgres } from './postgres.mjs'
import { grow } from './scale-world.mjs'

export async function openPostgresProbe() {
  const { openPostgresStore } = await importStores('postgres')
  const cluster = await postgres()
  const url = await cluster.database()
  const store = await openPostgresStore(url, { columns })
  return {
    name: 'PostgreSQL',
    unit: 'blocks',
    list: (query) => store.list(query),
    async grow(from, to) {
      await grow(store, from, to)
      await cluster.query('VACUUM ANALYZE', [], url)
    },
    /** Runs a list, and its queries once more in a transaction like its own, explained. */
    async cost(query) {
      const asked = []
      const original = pg.Client.prototype.query
      pg.Client.prototype.query = function (...given) {
        if (typeof given[0] === 'string') asked.push(given)
        return original.apply(this, given)
      }
      try {
        await store.list(query)
      } finally {
        pg.Client.prototype.query = original
      }
      const client = new pg.Client(url)
      await client.connect()
      let touched = 0
      let queries = 0
      const wholeTables = []
      for (const [sql, values = []] of asked) {
        if (!/^\s*(SELECT|WITH)/.test(sql)) {
          await client.query(sql, values)
          continue
        }
        queries += 1
        const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`, values)
        const [{ Plan }] = rows[0]['QUERY PLAN']
        touched += Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks']
        wholeTables.push(...scansIn(Plan))
      }
      await client.end()
      return { queries, touched, wholeTables }
    },
    async close() {
      await store.close()
      await cluster.drop(url)
    },
  }
}

/** Tables that are read from end to end. The head is one row, and shelves are as many as types and states. */
function scansIn(plan) {
  const name = plan['Relation Name']
  const found = plan['Node Type'] === 'Seq Scan' && name !== 'head' && name !== 'shelf' ? [`Seq Scan on ${name}`] : []
  return [...found, ...(plan.Plans ?? []).flatMap(scansIn)]
}
