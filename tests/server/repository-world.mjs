// A repository of the preset `repository`: communities with settings, members of each role, records, requests.
import { serverWith } from './world.mjs'

const grants = {
  member: ['create', 'read'],
  curator: ['create', 'read', 'update', 'request-approval', 'approve', 'request-changes', 'delete'],
  manager: ['create', 'read', 'update', 'request-approval', 'approve', 'request-changes', 'delete'],
  admin: [
    'read',
    'create',
    'update',
    'request-approval',
    'approve',
    'revert-approve',
    'delete',
    'publish',
    'unpublish',
  ],
  publisher: ['create', 'read', 'publish', 'revert-approve'],
}

const community = (title, access = {}) => ({ title, type: 'other', metadata: {}, grants, access })
const record = (state, owner, primary, more = {}) => ({
  title: `${primary} ${state}`,
  state,
  owners: [{ user: owner }],
  communities: primary ? { primary } : {},
  ...more,
})

/** `open` lets people ask to join, `hidden` is restricted, `closed` takes records of members only. */
export const world = () => ({
  users: { 7: { roles: ['librarians'] } },
  communities: {
    open: community('Open', { member_policy: 'open' }),
    hidden: community('Hidden', { visibility: 'restricted' }),
    closed: community('Closed', { record_submission_policy: 'members' }),
    quiet: community('Quiet', { members_visibility: 'hidden' }),
  },
  memberships: [
    { community: 'open', user: 1, role: 'admin' },
    { community: 'open', user: 2, role: 'manager' },
    { community: 'open', user: 3, role: 'curator' },
    { community: 'open', user: 4, role: 'member', visible: true },
    { community: 'hidden', user: 5, role: 'admin' },
    { community: 'hidden', user: 4, role: 'member' },
    { community: 'quiet', user: 1, role: 'admin' },
    { community: 'quiet', user: 4, role: 'member', visible: true },
    { community: 'closed', user: 1, role: 'admin' },
  ],
  access: [
    { action: 'superuser-access', user: 9 },
    { action: 'community-admin', user: 8 },
    { action: 'administration-access', user: 10 },
  ],
  records: {
    draft: record('editing', 4, 'open'),
    pub: record('published', 4, 'open', { published_once: true }),
    shut: record('published', 4, 'open', {
      published_once: true,
      access: { record: 'restricted', files: 'restricted' },
    }),
    inside: record('published', 4, 'hidden', { published_once: true, access: { record: 'restricted' } }),
  },
  complete: true,
})

export const USERS = {
  admin: 1,
  manager: 2,
  curator: 3,
  member: 4,
  insider: 5,
  stranger: 6,
  librarian: 7,
  founder: 8,
  root: 9,
  office: 10,
}

export const repository = ({ facts = world(), ...options } = {}) =>
  serverWith({ world: facts, policy: 'repository', people: USERS, now: () => Date.UTC(2026, 10, 22), ...options })
