// The people of Invenio's flow tables, which name them only by what they are to one community.
import { named } from '../shape.mjs'

/** The community everything is about, unless a row says otherwise. */
export const COMMUNITY = 'c'

const user = (id, roles = []) => ({ type: 'user', id, properties: { roles } })

const ACTORS = {
  anonymous: { type: 'anonymous' },
  stranger: user(2),
  nonmember: user(2),
  submitter: user(1),
  authenticated: user(2),
  reader: user(3),
  curator: user(4),
  manager: user(5),
  owner: user(6),
  admin: user(11, ['administration']),
  moderator: user(12),
  superuser: user(13),
  super_role: user(14, ['superadmins']),
  super_denied: user(15, ['superadmins']),
  system: { type: 'system' },
}

/** The subject behind an actor's name. */
export const actor = (name) => named(ACTORS, name, 'actor')

export const memberships = ['reader', 'curator', 'manager', 'owner'].map((role) => ({
  community: COMMUNITY,
  user: ACTORS[role].id,
  role,
}))

export const access = [
  { action: 'administration-access', role: 'administration' },
  { action: 'administration-moderation', user: 12 },
  { action: 'superuser-access', user: 13 },
  { action: 'superuser-access', role: 'superadmins' },
  { action: 'superuser-access', exclude: true, user: 15 },
]

/** Classes of outcomes: what upstream raises, and what lictor answers. */
const RAISED = {
  PermissionDeniedError: 'denied',
  ValidationError: 'invalid',
  ValueError: 'invalid',
  InvalidMemberError: 'invalid',
  AlreadyMemberError: 'duplicate',
  InvalidCommunityVisibility: 'invalid',
  InvalidAccessRestrictions: 'invalid',
  RecordSubmissionClosedCommunityError: 'denied',
  CannotExecuteActionError: 'wrong state',
  DeletionStatusError: 'wrong state',
  DeletionStatusException: 'wrong state',
  OpenRequestsForCommunityDeletionError: 'open requests',
  EmbargoNotLiftedError: 'invalid',
  CommunityRequiredError: 'denied',
  GrantExistsError: 'duplicate',
}
const REFUSED = {
  denied: 'denied',
  not_found: 'denied',
  unknown_value: 'invalid',
  unknown_field: 'invalid',
  guarded: 'invalid',
  missing_parameter: 'invalid',
  malformed: 'invalid',
  unknown_role: 'invalid',
  last_admin: 'invalid',
  own_role: 'invalid',
  own_visibility: 'invalid',
  duplicate: 'duplicate',
  wrong_state: 'wrong state',
  open_requests: 'open requests',
}

/** The class of an upstream result. */
export function raised(result) {
  return result.ok === true ? 'ok' : named(RAISED, result.error, 'result')
}

/** The class of what was done. */
export function outcomeOf(done) {
  if (done.t === 'need') return 'unknown'
  return done.outcome === 'ok' ? 'ok' : (REFUSED[done.error.code] ?? done.error.code)
}

/** The same where upstream looks at the state first: a denial that rests on it is one of the state. */
export function refused(done) {
  const found = outcomeOf(done)
  return found === 'denied' && restsOnState(done.decision) ? 'wrong state' : found
}

const restsOnState = (decision) => decision?.reasons.some(({ code, holds }) => code === 'state' && !holds) ?? false
