// Thousands of devices push to one server process, each of its own user, many at a time; some give up on an answer and
// ask again. Nothing is lost and nothing is done twice.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from 'lictor/store/sqlite'
import { ServerProcess } from './real/process.mjs'
import { compare, Pusher } from './real/pusher.mjs'

const AT_ONCE = 64

export async function manyDevices({ full = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'lictor-devices-'))
  const path = join(folder, 'store.db')
  const server = await ServerProcess.on('sqlite', path)
  try {
    const count = full ? 10_000 : 300
    const urls = () => server.url
    const pushers = Array.from({ length: count }, (_, i) => new Pusher({ name: `u${i}`, urls, impatience: 0.1 }))
    const waiting = [...pushers]
    const work = async () => {
      for (let pusher = waiting.pop(); pusher !== undefined; pusher = waiting.pop()) {
        pusher.make(3)
        await pusher.run()
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    await server.kill()
    const store = await openSqliteStore(path)
    const { records } = await store.all()
    await store.close()
    return compare(pushers, records)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
