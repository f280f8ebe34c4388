// Random records with named fields, under the policy of `corpus/named.json`, and people of every kind to ask about them.
import { random } from './store/assert.mjs'

export const NOW = 1_800_000_000_000

export const subjects = [
  { type: 'system' },
  { type: 'anonymous' },
  { type: 'anonymous', properties: { links: ['l1', 'l2'] } },
  { type: 'user', id: 1 },
  { type: 'user', id: 2 },
  { type: 'user', id: 3 },
  { type: 'user', id: 4, properties: { links: ['l2'] } },
  { type: 'user', id: 5, properties: { roles: ['staff'], system_roles: ['campus_user'] } },
  { type: 'user', id: 9 },
]

export function namedWorld(seed, count) {
  const { below, pick } = random(seed)
  const maybe = (value) => (below(3) === 0 ? value : undefined)
  const some = (list) => list.filter(() => below(3) === 0)
  const grant = () => ({
    subject: pick([
      { type: 'user', id: 3 },
      { type: 'user', id: '4' },
      { type: 'role', id: 'staff' },
      { type: 'system_role', id: 'any_user' },
      { type: 'system_role', id: 'campus_user' },
    ]),
    permission: pick(['view', 'edit', 'manage', 'preview']),
  })
  const link = () => ({
    id: pick(['l1', 'l2', 'l/3 %']),
    permission: pick(['view', 'view', 'edit']),
    ...maybe({ expires_at: pick([NOW - 1, NOW, NOW + 1, '2020-01-01', '2100-01-01T00:00:00Z', null]) }),
  })
  const list = (one) => Array.from({ length: below(3) }, one)
  const record = () => ({
    community: pick(['a', 'b', 'h']),
    others: some(['a', 'b', 'h']),
    owner: pick([1, 2, [1, 3], null, undefined]),
    state: pick(['editing', 'published', 'published', 'published', 'deleted']),
    access: { record: pick(['public', 'restricted']), grants: maybe(list(grant)), links: list(link) },
    restricted: pick([undefined, true, true, false, 'true']),
    review: maybe({
      status: maybe(pick(['created', 'submitted', 'accepted'])),
      community: maybe(pick(['a', 'b', 'h'])),
    }),
    referees: maybe(some([3, { user: 5 }, '4'])),
    readers: maybe(some(['staff', 'others'])),
    campus: maybe(some(['campus_user', 'authenticated_user'])),
    ends: maybe(pick([NOW - 1, NOW + 1, '2020-01-01', '2100-01-01T00:00:00Z', null])),
  })
  const records = Object.fromEntries(Array.from({ length: count }, (_, i) => [`r${i}`, record()]))
  return {
    time: NOW,
    users: Object.fromEntries([1, 2, 4, 5, 9].map((id) => [id, { roles: [] }]).concat([[3, { roles: ['staff'] }]])),
    communities: {
      a: { title: 'A', grants: { member: ['read'], curator: ['update'] } },
      b: { title: 'B', grants: {} },
      h: { title: 'H', grants: {}, access: { visibility: 'restricted' } },
    },
    memberships: [
      { community: 'a', user: 2, role: 'curator' },
      { community: 'b', user: 4, role: 'curator' },
      { community: 'h', user: 5, role: 'member' },
    ],
    access: [{ action: 'superuser-access', user: 9 }],
    records: JSON.parse(JSON.stringify(records)),
    complete: true,
  }
}
