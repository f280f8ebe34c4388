// The real handler under a policy, and devices of people that can be cut from it.
import assert from 'node:assert/strict'
import { createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'
import { Device } from './open.mjs'
import { until, World } from './world.mjs'

const calm = (client) => until(() => client.status().sync === 'idle' && client.status().undecided === 0)

/** `world` makes the facts a server begins with. */
export function serverFor(engine, world) {
  const open = []
  const closeAll = async () => {
    for (const close of open) await close()
  }

  async function repository(facts = world()) {
    const outside = new World()
    const now = () => outside.wall
    const store = await openMemoryStore(facts, { columns: engine, now })
    const authenticate = (request) => ({ type: 'user', id: request.headers.get('user') })
    const faults = []
    const handler = createHandler({ engine, store, authenticate, now, onError: (error) => faults.push(error) })
    open.push(() => handler.close())
    let isCut = false
    const deviceOf = async (id, options = {}) => {
      const fetch = async (url, init) => {
        if (isCut) throw new TypeError('fetch failed')
        return handler(new Request(url, { ...init, headers: { ...init.headers, user: id } }))
      }
      const user = { type: 'user', id }
      const device = new Device({ world: outside, server: { fetch }, engine, user, ...options })
      open.unshift(() => device.stop())
      const opened = await device.open()
      await calm(opened.client)
      return opened
    }
    const online = async ({ client, tab }) => {
      isCut = false
      tab.online()
      await calm(client)
    }
    const checked = () => {
      assert.deepEqual(faults, [])
      assert.equal(handler.mismatches(), 0)
    }
    return { deviceOf, store, handler, outside, cut: () => (isCut = true), online, checked }
  }

  return { repository, calm, closeAll, engine }
}
