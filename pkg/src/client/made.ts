/** Ids of what a command makes on the way: the requests by which somebody joins, or a record is submitted. */

import { madeBy, transitionsOf, typeIn } from '../policy-words.js'
import type { IntentArgs, MemberArg } from '../sync/protocol.js'
import type { Resource } from '../types.js'
import type { Core } from './core.js'

/** The arguments with an id for each of them that was given none. */
export function withIds(
  core: Core,
  action: string,
  resource: Resource | undefined,
  args: IntentArgs,
  newId: () => string,
): IntentArgs {
  if (resource?.type === 'community') return ofMembers(action, args, newId)
  if (resource === undefined || action === 'create' || action === 'update') return args
  const type = typeIn(core.session.engine, resource.type)
  const transition = type && transitionsOf(type).find(({ name }) => name === action)
  const made = transition && madeBy(transition)
  if (made === undefined) return args
  const params: unknown = 'params' in args ? args.params : {}
  // What are no parameters is for the engine to say.
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return args
  return { ...args, params: { [made]: newId(), ...params } }
}

function ofMembers(action: string, args: IntentArgs, newId: () => string): IntentArgs {
  if (action === 'request_membership') return { request: newId(), ...args }
  if (action !== 'invite' || !('role' in args) || !('members' in args) || !Array.isArray(args.members)) return args
  // What is no member at all is for the engine to say.
  const isUser = (member: MemberArg): boolean => typeof member === 'object' && member !== null && 'user' in member
  const named = (member: MemberArg): MemberArg => (isUser(member) ? { request: newId(), ...member } : member)
  return { ...args, members: args.members.map(named) }
}

/** Ids of requests and records that an intent makes beside what it is done to. */
export function requestsIn(args: IntentArgs): unknown[] {
  const members = 'members' in args && Array.isArray(args.members) ? args.members : []
  const params = 'params' in args ? [args.params?.request, args.params?.record] : []
  return [...members.map((member: MemberArg | null) => member?.request), ...params, 'request' in args && args.request]
}
