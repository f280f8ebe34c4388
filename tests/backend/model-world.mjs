// Random records of shipped policies, and the people and communities around them.

import { random } from '../store/assert.mjs'

export function modelWorld(preset, count) {
  const { below, pick } = random(7)
  const maybe = (value) => (below(2) === 0 ? value : undefined)
  const some = (list) => list.filter(() => below(3) === 0)
  const old = preset === 'oarepo-3.0.5'
  const oarepo = () => ({
    'oarepo:primaryCommunity': pick(['a', 'b', 'h']),
    'oarepo:secondaryCommunities': some(['a', 'b', "it's"]),
    'oarepo:recordStatus': pick(['editing', 'filling', 'approved', 'published', 'pending-approval', undefined]),
    ...(old
      ? { 'oarepo:ownedBy': pick([1, 2, '1', [1], undefined]) }
      : { access: { owned_by: pick([1, '2', [1, 3], [{ user: 2 }], undefined]) } }),
  })
  const grant = () => ({
    subject: pick([
      { type: 'user', id: 3 },
      { type: 'user', id: '4' },
      { type: 'role', id: 'staff' },
      { type: 'system_role', id: 'any_user' },
      { type: 'system_role', id: 'authenticated_user' },
    ]),
    permission: pick(['view', 'edit', 'manage', 'preview']),
  })
  const link = () => ({
    id: pick(['l1', 'l2']),
    permission: pick(['view', 'edit']),
    expires_at: pick([undefined, '2020-01-01', '2100-01-01']),
  })
  const list = (one) => Array.from({ length: below(3) }, one)
  const named = () => ({
    users: maybe([3, '4']),
    roles: maybe(['STAFF']),
    systemroles: maybe(['authenticated_user']),
  })
  const repository = () => ({
    communities: { primary: pick(['a', 'b', 'h', undefined]), secondary: some(['b', "it's"]) },
    owners: pick([1, '2', [1, 3], [{ user: 2 }], undefined]),
    state: pick(['editing', 'pending-approval', 'approved', 'published', 'published', 'deleted', undefined]),
    access: {
      record: maybe(pick(['public', 'restricted'])),
      files: maybe(pick(['public', 'restricted'])),
      grants: maybe(list(grant)),
      links: maybe(list(link)),
    },
    restricted: pick([undefined, true, false, 'true']),
    _access: { read: pick([named(), named(), [3, 'Staff', 'community:a:curator']]) },
    review: maybe({ community: pick(['a', 'b']), status: pick(['submitted', 'accepted']) }),
    deletion: maybe({ marked: pick([true, false]) }),
  })
  const one = preset === 'repository' ? repository : oarepo
  const records = JSON.parse(
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`r${i}`, one()]))),
  )
  return {
    time: 1_800_000_000_000,
    users: Object.fromEntries([1, 2, 3, 4, 5, 9].map((id) => [id, { roles: id === 3 ? ['staff'] : [] }])),
    communities: {
      a: { title: 'A', grants: { member: ['read'], curator: ['read', 'update', 'approve'] } },
      b: { title: 'B', grants: { curator: ['read'] } },
      h: { title: 'H', grants: {}, access: { visibility: 'restricted' } },
      "it's": { title: "It's", grants: {} },
    },
    memberships: [
      { community: 'a', user: 2, role: 'curator' },
      { community: 'b', user: 4, role: 'curator' },
      { community: 'h', user: 5, role: 'member' },
    ],
    access: [{ action: 'superuser-access', user: 9 }],
    records,
    complete: true,
  }
}
