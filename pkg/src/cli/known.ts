/** A community that is not there: says which are, to whoever may see them. */

import type { HostStore } from '../store/host.js'
import type { SyncEngine } from '../sync/engine.js'
import type { Subject } from '../types.js'
import { Failure } from './failure.js'
import { resolve } from './operate.js'

/** How many known communities an error names. */
const NAMED = 20

export async function namingKnown(
  error: unknown,
  community: string,
  { engine, store, subject }: { engine: SyncEngine; store: HostStore; subject: Subject },
): Promise<never> {
  if (!(error instanceof Failure) || !['not_found', 'unknown_community'].includes(error.code)) throw error
  const { value } = await resolve(engine, store, { do: 'list_communities', subject })
  const ids = (value.communities ?? []).map(({ id }) => id)
  // It is there, then, and something else is missing.
  if (ids.includes(community)) throw error
  const more = ids.length > NAMED ? `, and ${ids.length - NAMED} more` : ''
  const known = ids.length === 0 ? 'there are none yet' : `known: ${ids.slice(0, NAMED).join(', ')}${more}`
  throw new Failure(error.exit, 'unknown_community', `there is no community \`${community}\`; ${known}`, {
    path: 'call.community',
  })
}
