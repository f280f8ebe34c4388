// A device that also holds a restricted community, sealed; and what lies on its disk.

import { Device, documentIn, record } from './open.mjs'
import { until } from './world.mjs'

export const PASSPHRASE = 'correct horse battery staple'
/** Few rounds, so that tests are quick; what is stored says how many there were. */
export const FEW = 1000

export const offline = () => Promise.reject(new TypeError('fetch failed'))
export const keyNamed = (byte) => Buffer.alloc(32, byte).toString('base64')

/** Puts a restricted community with one record on a server. */
export function restricted(server, id, byte) {
  const seal = id
  const access = { visibility: 'restricted' }
  server.put(
    { relation: 'community', id },
    { title: id, access, grants: { curator: ['read', 'update', 'create'] } },
    { seal },
  )
  server.put({ relation: 'membership', community: id, user: '4' }, { role: ['curator'] }, { seal })
  server.put(record(`${id}-1`), documentIn(id, { title: `hidden words of ${id}` }), { seal })
  server.keys = { ...server.keys, [id]: keyNamed(byte) }
}

/** Takes it away again. */
export function withdrawn(server, id) {
  server.del({ relation: 'community', id })
  server.del({ relation: 'membership', community: id, user: '4' })
  server.del(record(`${id}-1`))
  const { [id]: _, ...left } = server.keys
  server.keys = left
}

export async function sealedDevice() {
  const device = new Device({ iterations: FEW })
  restricted(device.server, 'secret', 7)
  const { client } = await device.open()
  await until(() => client.status().sync === 'idle')
  return { device, client }
}

/** The same device after a restart without a network. */
export async function restarted(device, options = {}) {
  await device.stop()
  const { client } = await device.open({ fetch: offline, ...options })
  return client
}

export const vaultOn = (medium) => medium.platters.out.rows.get('meta').get('vault')

/** Everything that lies on the disk, as text in which bytes are characters. */
export function textOn(medium) {
  const bytes = (_key, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value)
  return [...medium.rows()].map((row) => JSON.stringify(row, bytes)).join('\n')
}
