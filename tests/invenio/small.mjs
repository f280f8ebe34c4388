// A small Invenio, invented here, as its REST API would export it, with what its policies decide of it (worked out by hand).
//
// Of the people, 1 owns records and asks to join; 2 is a curator of A and owns B; 3 reads A, and B through the role `lab`; 4 is superuser;
// 5 a moderator; 6 is in `lab` and may not sign in; 7 is invited, and granted a record; 8 owns A.

import { decisions } from './small-decisions.mjs'
import { A, B, ENDED, LAB, LINK } from './small-ids.mjs'

const WHEN = '2026-11-20T12:00:00+00:00'

const hits = (list) => ({ hits: { hits: list, total: list.length } })
const links = { self: 'https://repository.example.org/api/x' }

const user = (id, more = {}) => ({
  id,
  email: `person-${id}@example.org`,
  username: `person${id}`,
  full_name: `Person ${id}`,
  active: true,
  confirmed: true,
  roles: [],
  role_ids: [],
  actions: { allow: [], deny: [] },
  ...more,
})
const inLab = { roles: ['lab'], role_ids: [LAB] }

const community = (id, slug, access) => ({
  id,
  slug,
  created: WHEN,
  links,
  revision_id: 2,
  metadata: { title: slug, description: `About ${slug}`, type: { id: 'project' } },
  access: {
    visibility: 'public',
    members_visibility: 'public',
    member_policy: 'closed',
    record_submission_policy: 'open',
    review_policy: 'closed',
    ...access,
  },
  deletion_status: { is_deleted: false, status: 'P' },
  children: { allow: false },
})

const member = (type, id, role, more = {}) => ({
  id: `member-${type}-${id}`,
  member: { type, id: String(id), name: 'somebody' },
  role,
  visible: false,
  is_current_user: false,
  permissions: { can_leave: false },
  ...more,
})
const waiting = (request) => ({ request: { id: request, status: 'submitted', is_open: true, type: 'x' } })

const record = (
  id,
  owner,
  { access = 'public', ids, status = 'published', deleted = false, review, ...given } = {},
) => ({
  id,
  created: WHEN,
  updated: WHEN,
  links,
  parent: {
    id: `parent-${id}`,
    access: { owned_by: owner === null ? null : { user: String(owner) }, grants: [], links: [], ...given },
    communities: ids ? { ids, default: ids[0], entries: ids.map((one) => ({ id: one, slug: 'a copy' })) } : {},
    ...(review && { review }),
  },
  versions: { is_latest: true, is_latest_draft: true, index: 1 },
  metadata: { title: `The record ${id}` },
  access: { record: access, files: access, embargo: { active: false, reason: null }, status: 'open' },
  pids: { doi: { identifier: `10.5072/${id}`, provider: id === 'pub00-00001' ? 'external' : 'datacite' } },
  status,
  ...(status === 'published' && { deletion_status: { is_deleted: deleted, status: deleted ? 'D' : 'P' } }),
  ...(status !== 'published' && { is_published: false }),
})

const request = (id, type, { from, to, topic }) => ({
  id,
  created: WHEN,
  updated: WHEN,
  links,
  type,
  status: 'submitted',
  is_open: true,
  is_closed: false,
  title: '',
  created_by: from,
  receiver: to,
  topic,
  expires_at: null,
})

const review = { id: 'q1', type: 'community-submission', status: 'submitted', receiver: { community: A }, links: {} }

/** The files, each time anew. */
export function smallExport() {
  return {
    'users.json': [
      ...[user(1), user(2), user(3, inLab), user(4, { roles: ['admins'], role_ids: ['admins'] })],
      user(5, { actions: { allow: ['administration-moderation'], deny: [] } }),
      ...[user(6, { active: false, ...inLab }), user(7), user(8)],
    ],
    'roles.json': [
      { id: LAB, name: 'lab', description: '', is_managed: true, users: [3, 6], actions: { allow: [], deny: [] } },
      { id: 'admins', name: 'admins', users: [4], actions: { allow: ['superuser-access'], deny: [] } },
    ],
    'actions.json': [
      { action: 'superuser-access', argument: null, exclude: false, type: 'role', subject: 'admins' },
      { action: 'administration-moderation', argument: null, exclude: false, type: 'user', subject: 5 },
    ],
    'communities.json': hits([
      community(A, 'alps', { review_policy: 'open', member_policy: 'open' }),
      community(B, 'baltic', { visibility: 'restricted' }),
    ]),
    'members/alps.json': hits([
      member('user', 8, 'owner', { visible: true }),
      member('user', 2, 'curator'),
      member('user', 3, 'reader'),
    ]),
    'members/alps.public.json': hits([member('user', 8, 'owner')]),
    'members/alps.invitations.json': hits([member('user', 7, 'curator', waiting('q2'))]),
    'members/alps.membership-requests.json': hits([member('user', 1, 'reader', waiting('q4'))]),
    'members/baltic.json': hits([member('user', 2, 'owner'), member('group', LAB, 'reader')]),
    'records.json': hits([
      record('pub00-00001', 1, { ids: [A] }),
      record('res00-00002', 1, {
        access: 'restricted',
        ids: [A],
        links: [{ id: LINK }, { id: ENDED }],
        grants: [{ permission: 'preview', subject: { type: 'user', id: '7' }, origin: null }],
      }),
      record('res00-00003', null, { access: 'restricted' }),
      record('del00-00004', 1, { deleted: true }),
      record('res00-00005', 2, { access: 'restricted', ids: [B] }),
    ]),
    'drafts.json': hits([
      record('dra00-00006', 1, { status: 'in_review', review }),
      // The draft of the first record, which has its id.
      { ...record('pub00-00001', 1, { ids: [A], status: 'published' }), is_published: true },
    ]),
    'links.json': {
      by_record: {
        'res00-00002': hits([
          { id: LINK, permission: 'view', created_at: WHEN, description: '', token: 'TOKEN' },
          { id: ENDED, permission: 'preview', created_at: WHEN, expires_at: '2026-11-01', token: 'TOKEN' },
        ]),
      },
      expired: [ENDED],
    },
    'requests.json': hits([
      request('q1', 'community-submission', {
        from: { user: '1' },
        to: { community: A },
        topic: { record: 'dra00-00006' },
      }),
      request('q2', 'community-invitation', { from: { community: A }, to: { user: '7' }, topic: { community: A } }),
      request('q3', 'community-inclusion', {
        from: { user: '2' },
        to: { community: A },
        topic: { record: 'res00-00005' },
      }),
      request('q4', 'community-membership-request', {
        from: { user: '1' },
        to: { community: A },
        topic: { community: A },
      }),
    ]),
    'decisions.json': decisions(),
  }
}
