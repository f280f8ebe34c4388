// Processes on one SQLite file: they race, and they are killed amid writes. Every acknowledged write is there afterwards,
// whole, and nobody waits for the dead. LONG=n: n kills. Killing shows nothing about power cuts; for those commits are synced.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { importStores } from './bundle.mjs'
import { columns } from './columns.mjs'
import { wholeWrites } from './history.mjs'
import { checkAcknowledged, startWriter } from './writing.mjs'

const kills = Number(process.env.LONG) || 6
const { openSqliteStore } = await importStores('sqlite')

let folder
before(async () => (folder = await mkdtemp(join(tmpdir(), 'lictor-sqlite-'))))
after(() => rm(folder, { recursive: true, force: true }))

test('three processes write into one file: nothing is lost, nothing done twice', async (t) => {
  const path = join(folder, 'race.db')
  const store = await openSqliteStore(path, { columns })
  const writers = [1, 2, 3].map(() => startWriter('sqlite', path, 40))
  await Promise.all(writers.map((writer) => writer.finished()))
  const found = await wholeWrites(store)
  assert.equal(found, 120)
  assert.equal(checkAcknowledged(writers, found), 120)
  t.diagnostic(`120 writes by 3 processes`)
  await store.close()
})

test(`two processes, one of them killed, ${kills} times`, async (t) => {
  const path = join(folder, 'killed.db')
  const all = []
  let unasked = 0
  for (let i = 0; i < kills; i++) {
    const pair = [startWriter('sqlite', path), startWriter('sqlite', path)]
    all.push(...pair)
    await Promise.all(pair.map((writer) => writer.reached(3)))
    await sleep(Math.random() * 100)
    await pair[0].kill()
    // The other one goes on, whatever the dead one held.
    await pair[1].reached(pair[1].acknowledged.length + 5)
    await pair[1].kill()
    const store = await openSqliteStore(path, { columns })
    const found = await wholeWrites(store)
    unasked = found - checkAcknowledged(all, found)
    await store.close()
  }
  const acknowledged = all.flatMap((writer) => writer.acknowledged).length
  t.diagnostic(
    `${2 * kills} kills, ${acknowledged} acknowledged writes, 0 lost, 0 torn; ${unasked} not acknowledged survived`,
  )
  assert.ok(unasked <= 2 * kills, 'a killed writer leaves at most one write nobody was told of')
})

test('exclusive work of a process that was killed is over', async () => {
  const path = join(folder, 'exclusive.db')
  const holder = startWriter('sqlite', path, 'exclusive')
  await holder.reached(1)
  const store = await openSqliteStore(path, { columns })
  const order = []
  const waiting = store.exclusive(async () => order.push('got it'))
  await sleep(50)
  order.push('killed')
  await holder.kill()
  await waiting
  assert.deepEqual(order, ['killed', 'got it'])
  await store.close()
})
