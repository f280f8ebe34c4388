// A repository as upstream Invenio has it, for the presets `invenio-rdm-36` and `invenio-communities-29`: communities with settings,
// members of each role, records and drafts, requests. Under the second preset records are the host's, and requests are all there is.
import { serverWith } from './world.mjs'

export const RDM = 'invenio-rdm-36'
export const COMMUNITIES = 'invenio-communities-29'

const community = (title, access = {}) => ({ title, type: 'other', metadata: {}, grants: {}, access })

const record = (status, owner, { access = 'public', ids = [], ...more } = {}) => ({
  title: `${status} of ${owner}`,
  status,
  access: { record: access, files: access },
  parent: {
    access: { owned_by: { user: owner } },
    ...(ids.length > 0 && { communities: { default: ids[0], ids } }),
    ...more,
  },
})

/** `open` publishes for its curators without a review, `closed` takes records of members, `hidden` is restricted. */
const communities = {
  open: community('Open', { review_policy: 'open', member_policy: 'open' }),
  plain: community('Plain'),
  closed: community('Closed', { record_submission_policy: 'closed' }),
  hidden: community('Hidden', { visibility: 'restricted' }),
}

const memberships = [
  { community: 'open', user: 1, role: 'owner' },
  { community: 'open', user: 2, role: 'manager' },
  { community: 'open', user: 3, role: 'curator' },
  { community: 'open', user: 4, role: 'reader', visible: true },
  { community: 'plain', user: 1, role: 'owner' },
  { community: 'plain', user: 3, role: 'curator' },
  { community: 'closed', user: 1, role: 'owner' },
  { community: 'hidden', user: 5, role: 'owner' },
]

const access = [
  { action: 'superuser-access', user: 9 },
  { action: 'administration-access', user: 10 },
  { action: 'administration-moderation', user: 11 },
]

export const world = () => ({
  users: {},
  communities: structuredClone(communities),
  memberships: structuredClone(memberships),
  access,
  records: {
    draft: record('draft', 6),
    pub: record('published', 6),
    inside: record('published', 6, { ids: ['open'] }),
    shut: record('published', 6, { access: 'restricted', ids: ['open'] }),
    gone: record('D', 6, { ids: ['open'] }),
  },
  complete: true,
})

const request = (type, status, more) => ({ $type: type, status, ...more })

/** What a host that keeps its records elsewhere has here: requests, and for the guards which records are public. */
export const requestsOnly = () => ({
  ...world(),
  records: {
    sub: request('community-submission', 'submitted', {
      created_by: { user: 6 },
      receiver: { community: 'open' },
      topic: { record: 'elsewhere' },
    }),
    kept: request('community-submission', 'created', { created_by: { user: 6 }, receiver: { community: 'hidden' } }),
    mod: request('user-moderation', 'submitted', { receiver: { group: 'administration' }, topic: { user: 6 } }),
  },
})

export const USERS = {
  owner: 1,
  manager: 2,
  curator: 3,
  reader: 4,
  insider: 5,
  submitter: 6,
  stranger: 7,
  root: 9,
  office: 10,
  moderator: 11,
}

export const NOW = Date.UTC(2026, 10, 22)

/** A server under one of the presets; `switches` of upstream's configuration that are on. */
export const invenio = ({ policy = RDM, facts, switches = [], ...options } = {}) =>
  serverWith({
    world: facts ?? (policy === RDM ? world() : requestsOnly()),
    policy,
    people: USERS,
    now: () => NOW,
    ...(switches.length > 0 && { changes: { define: Object.fromEntries(switches.map((name) => [name, 'always'])) } }),
    ...options,
  })
