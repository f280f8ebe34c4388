// A real Node server on SQLite is killed in the middle of pushes by several devices, and started again: nothing that was
// answered is lost, nothing is done twice, and a verdict that is asked for again is the same bytes.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSqliteStore } from 'lictor/store/sqlite'
import { ServerProcess } from './real/process.mjs'
import { answered, compare, Pusher } from './real/pusher.mjs'

/** How many verdicts a server lives for, at most. */
const EVERY = 150

export async function killServer({ full = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'lictor-kill-'))
  const path = join(folder, 'store.db')
  const server = await ServerProcess.on('sqlite', path)
  try {
    const pushers = Array.from({ length: 6 }, (_, i) => new Pusher({ name: `u${i}`, urls: () => server.url }))
    for (const pusher of pushers) pusher.make(full ? 1500 : 150)
    let over = false
    const pushing = Promise.all(pushers.map((pusher) => pusher.run())).finally(() => (over = true))
    const killing = (async () => {
      // Now and then before it answered anything; never so often that a slow machine gets nowhere.
      while (await answered(pushers, Math.floor(Math.random() * EVERY), () => over)) {
        await sleep(Math.random() * 20)
        await server.kill()
        await server.start()
      }
    })()
    await Promise.all([pushing, killing])
    await Promise.all(pushers.map((pusher) => pusher.again()))
    const { kills } = server
    await server.kill()
    return { 'servers killed': kills, ...compare(pushers, await recordsAt(path)) }
  } finally {
    await server.kill().catch(() => {})
    await rm(folder, { recursive: true, force: true })
  }
}

async function recordsAt(path) {
  const store = await openSqliteStore(path)
  try {
    return (await store.all()).records
  } finally {
    await store.close()
  }
}
