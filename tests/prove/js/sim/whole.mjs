// A history of the whole model, the policy `repository`: communities with settings, whose members are invited, join and leave;
// records with restricted metadata, reviews, inclusions, grants and access lists.

import { accessList, beginning } from './repository.mjs'

const ROLES = ['member', 'curator', 'manager', 'publisher', 'admin']
const STATES = ['editing', 'pending-approval', 'approved', 'published']
const LISTED = ['get', 'read', 'update', 'delete', 'read-files']
const SETTINGS = {
  visibility: ['public', 'restricted'],
  members_visibility: ['public', 'restricted', 'hidden'],
  record_restricted_policy: ['open', 'restricted'],
  record_submission_policy: ['open', 'members'],
  review_policy: ['closed', 'curators', 'members', 'open'],
  member_policy: ['closed', 'open'],
}

/** What a repository changes over the years. */
const policies = [
  {},
  { define: { switch_anybody_creates_communities: 'always', switch_invitee_reads_community: 'never' } },
  { define: { switch_strictest_policy: 'never', switch_self_review: 'never' }, grants: { member: ['create'] } },
]

const roles = (chance) => (chance.hits(0.15) ? ['curator', 'publisher'] : [chance.pick(ROLES)])

const lists = (chance, markers, users) =>
  accessList(chance, markers, users, { operations: LISTED, owners: '/owners/0/user' })

function community(chance, markers) {
  const drawn = Object.entries(SETTINGS).flatMap(([key, values]) =>
    chance.hits(0.4) ? [[key, chance.pick(values)]] : [],
  )
  return { title: markers.make(), type: 'other', grants: {}, access: Object.fromEntries(drawn) }
}

function record(chance, markers, { communities, users }) {
  const [primary, ...others] = chance.some(Object.keys(communities), 0.6)
  const state = chance.pick(STATES)
  return {
    ...(primary !== undefined && { communities: { primary, ...(others.length > 0 && { secondary: others }) } }),
    state,
    ...(state === 'published' && { published_once: true }),
    ...(chance.hits(0.5) && { access: withheld(chance, users) }),
    owners: [{ user: chance.pick(Object.keys(users)) }],
    title: markers.make(),
  }
}

function withheld(chance, users) {
  const grants = [{ subject: { type: 'user', id: chance.pick(Object.keys(users)) }, permission: level(chance) }]
  return {
    record: chance.pick(['public', 'restricted']),
    files: chance.pick(['public', 'restricted']),
    ...(chance.hits(0.4) && { grants }),
  }
}

const level = (chance) => chance.pick(['view', 'preview', 'edit', 'manage'])

/** An id for what a command makes; devices choose them. */
const newId = ({ chance }) => `q${chance.below(2 ** 31)}`

/** Transitions of a record, with the parameters they take. */
const TRANSITIONS = {
  'request-approval': (world) => ({ request: newId(world) }),
  approve: () => undefined,
  'request-changes': () => undefined,
  decline: () => ({ reason: 'no' }),
  cancel: () => undefined,
  'revert-approve': (world) => ({ request: newId(world) }),
  publish: () => undefined,
  unpublish: () => undefined,
  delete: () => undefined,
  remove: () => undefined,
  restore: () => undefined,
  include: (world) => ({ request: newId(world), community: world.chance.pick(world.communities) }),
  exclude: ({ chance, communities }) => ({ community: chance.pick(communities) }),
  grant: ({ chance, users }) => ({ subject: { type: 'user', id: chance.pick(users) }, permission: level(chance) }),
  revoke: ({ chance, users }) => ({ subject: { type: 'user', id: chance.pick(users) } }),
  'request-access': (world) => ({ request: newId(world) }),
}

function transition(chance, world) {
  const action = chance.pick(Object.keys(TRANSITIONS))
  const params = TRANSITIONS[action](world)
  return { action, args: params === undefined ? {} : { params } }
}

/** Operations on the members of a community. */
const MEMBERS = {
  invite: ({ chance, users }, world) => ({
    role: chance.pick(ROLES),
    members: [{ user: chance.pick(users), request: newId(world) }],
  }),
  change_role: ({ chance, users }) => ({ role: chance.pick(ROLES), members: [{ user: chance.pick(users) }] }),
  set_visibility: ({ chance, users }) => ({ visible: chance.hits(0.5), members: [{ user: chance.pick(users) }] }),
  remove_member: ({ chance, users }) => ({ members: [{ user: chance.pick(users) }] }),
  leave: () => ({}),
  request_membership: (world) => ({ request: newId(world) }),
}

const more = {
  members: {
    weight: 3,
    make: (world) => {
      const { chance, communities } = world
      const action = chance.pick(Object.keys(MEMBERS))
      const target = { relation: 'community', id: chance.pick(communities) }
      return { action, target, args: MEMBERS[action](world, world) }
    },
  },
  setting: {
    weight: 1,
    make: ({ chance, communities }) => {
      const key = chance.pick(Object.keys(SETTINGS))
      const args = { set: [{ path: ['access', key], value: chance.pick(SETTINGS[key]) }] }
      return { action: 'update_community', target: { relation: 'community', id: chance.pick(communities) }, args }
    },
  },
  /** Restricts a record or lets it go, or answers a request. */
  restrict: {
    weight: 1,
    make: ({ chance }, client) => {
      const { ids } = client.list()
      if (ids.length === 0) return undefined
      const path = chance.pick(['access.record', 'access.files'])
      const set = [{ path, value: chance.pick(['public', 'restricted']) }]
      return { action: 'update', target: { relation: 'record', id: chance.pick(ids) }, args: { set } }
    },
  },
  answer: {
    weight: 3,
    make: ({ chance }, client) => {
      const types = ['inclusion', 'access-request', 'invitation', 'membership-request']
      const ids = types.flatMap((type) => client.list({ type }).ids)
      if (ids.length === 0) return undefined
      const action = chance.pick(['accept', 'accept', 'decline', 'cancel'])
      return { action, target: { relation: 'record', id: chance.pick(ids) }, args: {} }
    },
  },
}

/** What others do to a record behind every device's back; requests are left to their own. */
function changed(value, kind, primary, chance) {
  if (value.$type !== undefined) return value
  if (kind !== 'state') return { ...value, communities: { primary } }
  const state = chance.pick(STATES)
  return { ...value, state, ...(state === 'published' && { published_once: true }) }
}

export const whole = {
  policy: 'repository',
  policies,
  ROLES,
  make: beginning({
    rows: 2,
    community,
    membership: (chance) => ({ role: roles(chance), visible: chance.hits(0.5) }),
    record,
    list: lists,
  }),
  roles,
  accessList: lists,
  created: (primary, title) => ({ communities: { primary }, title }),
  transition,
  changed,
  more,
}
