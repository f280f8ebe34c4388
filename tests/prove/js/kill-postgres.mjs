// Two server processes on one PostgreSQL database while their connections are cut and the whole cluster is stopped as if
// the plug were pulled, in the middle of pushes. Devices go to either server.

import { setTimeout as sleep } from 'node:timers/promises'
import { openPostgresStore } from 'lictor/store/postgres'
import { postgres } from '../../store/postgres.mjs'
import { ServerProcess } from './real/process.mjs'
import { answered, compare, Pusher } from './real/pusher.mjs'

/** How many verdicts there are between two cuts, at most. */
const EVERY = 60

export async function cutPostgres({ full = false } = {}) {
  const cluster = await postgres()
  const url = await cluster.database()
  const servers = [await ServerProcess.on('postgres', url), await ServerProcess.on('postgres', url)]
  const counts = { 'connections cut': 0, 'cluster stopped at once': 0 }
  try {
    const urls = () => servers[Math.floor(Math.random() * servers.length)].url
    const pushers = Array.from({ length: 6 }, (_, i) => new Pusher({ name: `u${i}`, urls }))
    for (const pusher of pushers) pusher.make(full ? 600 : 60)
    let over = false
    const pushing = Promise.all(pushers.map((pusher) => pusher.run())).finally(() => (over = true))
    const cutting = (async () => {
      for (let i = 1; await answered(pushers, Math.floor(Math.random() * EVERY), () => over); i++) {
        await sleep(Math.random() * 20)
        if (i % 3 === 0) {
          await cluster.stop('immediate')
          await cluster.start()
          counts['cluster stopped at once'] += 1
        } else counts['connections cut'] += await cut(cluster, url)
      }
    })()
    await Promise.all([pushing, cutting])
    await Promise.all(pushers.map((pusher) => pusher.again()))
    const store = await openPostgresStore(url)
    const { records } = await store.all()
    await store.close()
    return { ...counts, ...compare(pushers, records) }
  } finally {
    for (const server of servers) await server.kill()
    await cluster.remove()
  }
}

/** Ends every connection to the database, in the middle of whatever it does. */
async function cut(cluster, url) {
  const database = new URL(url).pathname.slice(1)
  const sql = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()`
  return (await cluster.query(sql, [database])).length
}
