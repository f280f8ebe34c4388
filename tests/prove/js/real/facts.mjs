/** A community in which everybody may create, so that devices of any number of users can push. */
export const FACTS = {
  communities: { c: { title: 'Library', type: 'other', grants: { any: ['create'], author: ['read', 'update'] } } },
  memberships: [],
  records: {},
}
