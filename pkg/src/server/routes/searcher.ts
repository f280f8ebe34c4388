/** Who a search is for: whoever asks, or the user on whose behalf they search, where the policy lets them. */

import { typeIn } from '../../policy-words.js'
import type { Subject } from '../../types.js'
import type { ServerContext } from '../context.js'
import type { Input } from '../openapi/route.js'
import type { Schema } from '../openapi/schema.js'
import { malformed, refused } from '../problem.js'

/** The action of those who may give what they may not do themselves: they may see what others see. */
const BEYOND = 'grant-beyond'

export const SEARCHER: { [name: string]: Schema } = {
  as: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description: 'Search on behalf of this user; for those who manage any access list.',
  },
  system_roles: {
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: 255 },
    maxItems: 32,
    description: 'With `as`: system roles of that user beside those that every user has.',
  },
}

/** What is not given is that user's own: nothing of whoever asks goes along, secret links neither. */
export async function searcher(context: ServerContext, { c, query }: Input): Promise<Subject> {
  const subject = await context.subject(c)
  const id = query.text('as')
  const system_roles = query.list('system_roles')
  if (id === undefined && system_roles !== undefined)
    throw malformed('query.system_roles', 'is for a search on behalf of a user; give `as` too')
  if (id === undefined) return subject
  if (!(await maySearchAs(context, subject))) {
    const status = subject.type === 'anonymous' ? 401 : 403
    const message = 'to search on behalf of another user is for those who manage any access list'
    throw refused({ code: 'denied', status, message, path: 'query.as' })
  }
  return { type: 'user', id, ...(system_roles && { properties: { system_roles } }) }
}

async function maySearchAs({ engine, settle }: ServerContext, subject: Subject): Promise<boolean> {
  // Where the policy lets nobody, the host itself may.
  if (!typeIn(engine, 'acl')?.machine.actions.includes(BEYOND)) return subject.type === 'system'
  const { value } = await settle((facts) => {
    const { decision, missing } = engine.check({ subject, action: BEYOND, resource: { type: 'acl' } }, facts)
    return { value: decision, missing }
  })
  return value === 'allow'
}
