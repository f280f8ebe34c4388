// A user with a device, a server that follows a script, and the outside in between.

import { createEngine } from 'lictor'
import { MemoryMedium, openClient, openMemoryDisk } from 'lictor/client'
import { ScriptedServer } from './scripted-server.mjs'
import { settle, World } from './world.mjs'

export const engine = await createEngine({ policy: 'oarepo' })
export const user = { type: 'user', id: '4' }
export const record = (id) => ({ relation: 'record', id })

/** A curator of one community with one record. */
export function library(world) {
  const server = new ScriptedServer({ policy: engine.policy.hash, now: () => world.wall })
  server.put(
    { relation: 'community', id: 'c' },
    { title: 'Library', grants: { curator: ['read', 'update', 'approve'] } },
  )
  server.put({ relation: 'membership', community: 'c', user: '4' }, { role: ['curator'] })
  server.put({ relation: 'user', id: '4' }, { roles: [] })
  server.put(record('r1'), documentIn('c', { title: 'first' }))
  server.closed = [
    { relation: 'community' },
    { relation: 'user', where: { id: '4' } },
    { relation: 'membership', where: { user: '4' } },
    { relation: 'access', where: { user: '4' } },
  ]
  return server
}

export function documentIn(community, more = {}) {
  return {
    'oarepo:primaryCommunity': community,
    'oarepo:recordStatus': 'editing',
    access: { owned_by: [{ user: '7' }] },
    ...more,
  }
}

/** A device: its disk survives `start` after `stop`. */
export class Device {
  medium = new MemoryMedium()
  clients = []

  constructor({ world = new World(), server = library(world), ...options } = {}) {
    this.world = world
    this.server = server
    this.options = options
  }

  /** Opens the client in a tab of its own; resolves when it answers, before anything is pulled. */
  async open(more = {}) {
    const tab = this.world.tab(this.server.fetch)
    const options = { ...this.options, ...more }
    const disk = () => openMemoryDisk({ medium: this.medium, user: '4' })
    const client = await openClient({
      engine,
      user,
      url: 'http://server/sync',
      feed: false,
      disk,
      ...tab.env,
      ...options,
    })
    this.clients.push(client)
    return { client, tab }
  }

  /** As `open`, and waits for the first look at the server. */
  async start(more) {
    const opened = await this.open(more)
    await settle()
    return opened
  }

  async stop() {
    for (const client of this.clients.splice(0)) await client.close()
  }
}

/** Changes the title of a record. */
export function retitle(id, value) {
  return { action: 'update', target: record(id), args: { set: [{ path: 'title', value }] } }
}

export const titleOf = (client, id) => client.record(id)?.value.title
export const states = (client) => client.outbox().map(({ state }) => state)
