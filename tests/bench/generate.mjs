// One world for benchmark, demo-like data and tests: made from a seed, the same on every machine.
//
// Distributions (all uniform unless a weight is given):
// * communities: the default matrix of preset `oarepo`, and a role `admin` that is granted everything;
// * memberships: one role each, member 40 %, curator 30 %, publisher 20 %, admin 10 %;
// * records: primary community; state editing 25 %, pending-approval 15 %, approved 20 %, published 40 %; one owner
//   among the users; a share `secondary` (none unless asked for) has one secondary community.
// With a user in a quarter of the communities these weights make about half of all records readable.

export const ACTIONS = [
  'read',
  'create',
  'update',
  'request-approval',
  'approve',
  'revert-approve',
  'request-changes',
  'delete',
  'publish',
  'unpublish',
]

export const GRANTS = {
  member: ['create', 'read'],
  curator: ['read', 'update', 'request-approval', 'approve', 'request-changes', 'delete'],
  publisher: ['read', 'publish', 'revert-approve'],
  admin: ACTIONS,
}

/** The matrix has a fourth role, which preset `oarepo` leaves to the deployment. */
export const WITH_ADMIN = { roles: Object.keys(GRANTS), reserved_roles: [] }

const ROLES = { member: 40, curator: 30, publisher: 20, admin: 10 }
const STATES = { editing: 25, 'pending-approval': 15, approved: 20, published: 40 }

/** Numbers in [0, 1) from a seed (mulberry32). */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A number in [0, below). */
export const below = (next, limit) => Math.floor(next() * limit)

/** One of the words, by weight. */
export function weighted(next, weights) {
  let left = next() * Object.values(weights).reduce((sum, weight) => sum + weight, 0)
  for (const [word, weight] of Object.entries(weights)) if ((left -= weight) < 0) return word
  return Object.keys(weights)[0]
}

export const communityId = (number) => `community-${String(number).padStart(4, '0')}`

/** Different `count` of `limit` numbers, in random order. */
export function sample(next, limit, count) {
  const all = Array.from({ length: limit }, (_, number) => number)
  for (let at = 0; at < count; at++) {
    const other = at + below(next, limit - at)
    ;[all[at], all[other]] = [all[other], all[at]]
  }
  return all.slice(0, count)
}

/**
 * Facts about communities and users. `users` are members of communities as many as stated:
 * `{ users: [[7, 50]] }` puts user 7 in 50 of them.
 */
export function facts({ seed = 1, communities = 200, users = [] } = {}) {
  const next = random(seed)
  const ids = Array.from({ length: communities }, (_, number) => communityId(number))
  const memberships = users.flatMap(([user, count]) =>
    sample(next, communities, count).map((number) => ({
      community: communityId(number),
      user,
      role: weighted(next, ROLES),
    })),
  )
  return {
    communities: Object.fromEntries(ids.map((id) => [id, { title: `Community ${id}`, grants: GRANTS }])),
    memberships,
    complete: true,
  }
}

/** Records as documents of preset `oarepo`. */
export function records({ seed = 2, count = 10_000, communities = 200, owners = 500, secondary = 0 } = {}) {
  const next = random(seed)
  return Array.from({ length: count }, (_, number) => {
    const record = {
      id: `record-${below(next, 2 ** 32).toString(36)}-${number.toString(36)}`,
      'oarepo:primaryCommunity': communityId(below(next, communities)),
      'oarepo:recordStatus': weighted(next, STATES),
      access: { owned_by: [{ user: 1 + below(next, owners) }] },
      metadata: { title: `Record ${number}` },
    }
    if (next() < secondary) record['oarepo:secondaryCommunities'] = [communityId(below(next, communities))]
    return record
  })
}
