/** `POST /sync/pull`: what changed in a device's view since its cookie. */

import type { Lease, PullRequest, PullResponse, Scope } from '../../sync/protocol.js'
import { readVerdicts } from './cells.js'
import { linesOf } from './parts.js'
import { keysOf } from './seals.js'
import type { Owner, Sync } from './sync.js'
import { NotYours, openFor, tokenFor } from './sync.js'
import type { Opened } from './tokens.js'
import type { View } from './view.js'
import { look } from './view.js'

/**
 * The answer's text; or its lines, of a whole view where the device takes it in parts. Verdicts are put in as they were
 * stored, so each is the same bytes wherever it is sent.
 */
export async function pull(
  sync: Sync,
  owner: Owner,
  request: PullRequest,
  inParts: boolean,
): Promise<string | Iterable<Uint8Array>> {
  const { engine, store } = sync.context
  if (request.have.bundle !== engine.policy.hash) return plain({ t: 'bundle_required', hash: engine.policy.hash })
  const cookie = await openFor(sync, owner, request.cookie)
  let view: View
  try {
    view = await look(sync, { ...owner, subs: request.subs, since: sinceOf(cookie), acked: request.ackVerdicts })
  } catch (error) {
    if (error instanceof NotYours) return plain({ t: 'auth' })
    throw error
  }
  const { device } = view
  const verdicts = await readVerdicts(store, owner.device, request.ackVerdicts, device.lastN)
  const rest = await restOf(sync, owner, request, view, verdicts)
  const { ops, entries } = view
  // A patch is made only for a cookie that was read, and names it as it was sent.
  if (ops !== null) return `{"t":"patch","base":${JSON.stringify(request.cookie)},"ops":[${ops.join(',')}],${rest}}`
  if (entries === null) throw new Error('a view was looked at for a pull, and is not there')
  if (inParts) return linesOf(`{"t":"reset",${rest}}`, entries)
  return `{"t":"reset","entries":[${entries.map(({ text }) => text).join(',')}],${rest}}`
}

/** Keys that seal what a device holds are made of the secret: under a new one the device needs all of it again. */
function sinceOf(cookie: Opened | null): number | 'start' {
  return cookie === null || cookie.former ? 'start' : cookie.view
}

/** What every view is told with, in the braces of its answer. */
async function restOf(
  sync: Sync,
  owner: Owner,
  { subs }: PullRequest,
  { device, proofs }: View,
  verdicts: string[],
): Promise<string> {
  const { context, options } = sync
  const now = Math.floor(context.now())
  const body = {
    next: await tokenFor(sync, owner, device.rev),
    serverNow: now,
    closed: proofs.closed,
    leases: subs.map((scope: Scope): Lease => ({ scope, until: now + options.lease })),
    lastN: device.lastN,
    keys: await keysOf(await context.secret(), owner, proofs),
  }
  return `${JSON.stringify(body).slice(1, -1)},"verdicts":[${verdicts.join(',')}]`
}

function plain(answer: PullResponse): string {
  return JSON.stringify(answer)
}
