// PostgreSQL under writers: processes race, writers are killed, their connections are cut and killed, and the whole
// cluster is stopped as if the plug were pulled. Every acknowledged write is there afterwards, whole. LONG=n: n rounds.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { importStores } from './bundle.mjs'
import { columns } from './columns.mjs'
import { wholeWrites } from './history.mjs'
import { postgres } from './postgres.mjs'
import { checkAcknowledged, startWriter } from './writing.mjs'

const rounds = Number(process.env.LONG) || 2
const { openPostgresStore } = await importStores('postgres')

let cluster
before(async () => (cluster = await postgres()))

async function database(t) {
  const url = await cluster.database()
  t.after(() => cluster.drop(url))
  return url
}

async function found(url) {
  const store = await openPostgresStore(url, { columns })
  try {
    return await wholeWrites(store)
  } finally {
    await store.close()
  }
}

/** Connections of clients to the database at `url`. */
async function backends(url) {
  const database = new URL(url).pathname.slice(1)
  const sql = `SELECT pid FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`
  return (await cluster.query(sql, [database])).map(({ pid }) => pid)
}

const anyOf = (list) => list[Math.floor(Math.random() * list.length)]

test('three processes write into one database: nothing is lost, nothing done twice', async (t) => {
  const url = await database(t)
  const writers = [1, 2, 3].map(() => startWriter('postgres', url, 40))
  await Promise.all(writers.map((writer) => writer.finished()))
  const writes = await found(url)
  assert.equal(writes, 120)
  assert.equal(checkAcknowledged(writers, writes), 120)
  t.diagnostic('120 writes by 3 processes')
})

/** Each harm is done again and again while two processes write; they go on by themselves. */
const harms = {
  'connections cut (pg_terminate_backend)': async (url) => {
    for (const pid of await backends(url)) await cluster.query('SELECT pg_terminate_backend($1)', [pid])
  },
  // The server ends every other connection too, and recovers from its log.
  'a backend killed (SIGKILL)': async (url) => {
    const pid = anyOf(await backends(url))
    if (pid !== undefined) await cluster.killBackend(pid)
  },
  'the cluster stopped at once (immediate) and started again': async () => {
    await cluster.stop('immediate')
    await cluster.start()
  },
}
for (const [name, harm] of Object.entries(harms)) {
  test(`${name}, ${rounds} times amid writes`, async (t) => {
    const url = await database(t)
    const writers = [startWriter('postgres', url), startWriter('postgres', url)]
    for (let i = 0; i < rounds; i++) {
      await Promise.all(writers.map((writer) => writer.reached(writer.acknowledged.length + 3)))
      await sleep(Math.random() * 50)
      await harm(url)
    }
    await Promise.all(writers.map((writer) => writer.reached(writer.acknowledged.length + 3)))
    for (const writer of writers) await writer.kill()
    const writes = await found(url)
    const acknowledged = checkAcknowledged(writers, writes)
    const lost = writers.reduce((sum, writer) => sum + writer.lost, 0)
    assert.ok(lost > 0, 'the writers noticed')
    assert.ok(writes - acknowledged <= lost + writers.length, 'only calls that were cut off may have been done untold')
    t.diagnostic(
      `${acknowledged} acknowledged writes, 0 lost, 0 torn; ${lost} calls cut off, ${writes - acknowledged} of them done`,
    )
  })
}

test(`two processes, one of them killed, ${rounds} times`, async (t) => {
  const url = await database(t)
  const writers = []
  for (let i = 0; i < rounds; i++) {
    const pair = [startWriter('postgres', url), startWriter('postgres', url)]
    writers.push(...pair)
    await Promise.all(pair.map((writer) => writer.reached(3)))
    await pair[0].kill()
    await pair[1].reached(pair[1].acknowledged.length + 5)
    await pair[1].kill()
    const writes = await found(url)
    checkAcknowledged(writers, writes)
  }
  t.diagnostic(`${2 * rounds} kills, ${await found(url)} writes`)
})

test('exclusive work of a process that was killed, or cut off, is over', async (t) => {
  const url = await database(t)
  const store = await openPostgresStore(url, { columns })
  const killed = startWriter('postgres', url, 'exclusive')
  await killed.reached(1)
  const order = []
  const first = store.exclusive(async () => order.push('after the kill'))
  await sleep(50)
  order.push('killed')
  await killed.kill()
  await first
  assert.deepEqual(order, ['killed', 'after the kill'])
  await store.close()
})

test('a store goes on after its connections were cut, and its listeners hear again', async (t) => {
  const url = await database(t)
  const [store, other] = [await openPostgresStore(url, { columns }), await openPostgresStore(url, { columns })]
  const heard = []
  store.subscribe((revision) => heard.push(revision))
  const put = (id) => ({ op: 'put', key: { relation: 'record', id }, value: {} })
  const hears = async (id) => {
    const made = await retried(async () => other.commit([put(id)], await other.revision()))
    for (let i = 0; i < 1000 && heard.at(-1) !== made; i++) await sleep(10)
    assert.equal(heard.at(-1), made)
  }
  await hears('before')
  await harms['connections cut (pg_terminate_backend)'](url)
  await hears('after a cut')
  await harms['the cluster stopped at once (immediate) and started again']()
  await hears('after a restart')
  const records = await retried(() => store.all())
  assert.equal(Object.keys(records.records).length, 3)
  await store.close()
  await other.close()
})

/** A connection that was cut while it was idle may only show at the next call. */
async function retried(work) {
  for (let i = 0; ; i++) {
    try {
      return await work()
    } catch (error) {
      if (error.code !== 'unavailable' || i === 20) throw error
      await sleep(20)
    }
  }
}

test('a server that is not there, or a database that is not: `unavailable`, said in words', async (t) => {
  const gone = cluster.url('no_such_database')
  await assert.rejects(openPostgresStore(gone, { patience: 200 }), { name: 'StoreError', code: 'unavailable' })
  const url = await database(t)
  const store = await openPostgresStore(url, { columns })
  await cluster.stop('fast')
  try {
    await assert.rejects(store.revision(), { name: 'StoreError', code: 'unavailable' })
    await assert.rejects(openPostgresStore(url), { name: 'StoreError', code: 'unavailable' })
  } finally {
    await cluster.start()
  }
  await retried(() => store.revision())
  await store.close()
})
