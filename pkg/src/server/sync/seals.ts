/**
 * The keys under which a device keeps what is restricted. A key is made from the server's secret and from when its
 * community came into the device's view: it is the same at every pull, and gone for good once the community has left.
 */

import type { Bytes } from './bytes.js'
import { hmac, hmacKey, toBase64 } from './bytes.js'
import type { Proofs } from './cells.js'
import type { Owner } from './sync.js'

export async function keysOf(
  secret: Bytes,
  { user, device }: Owner,
  { seals }: Proofs,
): Promise<{ [community: string]: string }> {
  const communities = Object.entries(seals)
  if (communities.length === 0) return {}
  const key = await hmacKey(secret, 'seal')
  const made = communities.map(async ([community, generation]) => {
    const bytes = await hmac(key, JSON.stringify([user, device, community, generation]))
    return [community, toBase64(bytes)] as const
  })
  return Object.fromEntries(await Promise.all(made))
}
