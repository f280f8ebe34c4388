import type { HostStore } from '../../store/host.js'
import { readAccount } from './cells.js'

/**
 * Whether a user may go on being signed in: only active and confirmed accounts do. `stamp` is what the session began with, and ends
 * with the password; left out, for a user somebody else vouches for. Who has no account here is the host's own business.
 */
export async function admits(store: HostStore, id: string, stamp?: string): Promise<boolean> {
  const kept = await readAccount(store, id)
  if (kept === null) return stamp === undefined
  return kept.active && kept.confirmed && (stamp === undefined || stamp === kept.stamp)
}
