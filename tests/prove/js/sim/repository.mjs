// What there is at the beginning of a history: users, communities (some restricted, some with hidden members), rows that
// grant and rows that deny, records in one community or more. Every text is a marker that occurs nowhere else.

import { createEngine } from 'lictor'

const ACTIONS = ['read', 'create', 'update', 'request-approval', 'approve', 'request-changes', 'delete', 'publish']
const ROLES = ['member', 'curator', 'publisher']
const STATES = ['editing', 'pending-approval', 'approved', 'published']

/**
 * The shipped policy lets an administrator who is banned change what communities grant, those that are concealed from
 * them too. A device cannot foresee that, so here the ban holds.
 */
const banned = { all: [{ use: 'not_banned' }, { use: 'community_admin' }] }
const doors = { create: { use: null, ...banned }, manage: { use: null, ...banned } }

/** Access lists count beside communities: whoever one allows may, and whoever one denies may not. */
const LISTED = ['read', 'update', 'approve']
const plain = await createEngine({ policy: 'oarepo' })
const beside = (action) => {
  const rule = plain.document.rules[action]
  const none = Object.fromEntries(Object.keys(rule).map((key) => [key, null]))
  return { ...none, all: [{ any: [rule, { acl: [action] }] }, { not: { acl_denied: [action] } }] }
}
const rules = Object.fromEntries(LISTED.map((action) => [action, beside(action)]))
plain.free()

const base = { community: doors, acls: {}, rules }

/** Policies that follow one another: the shipped one, and what a repository changes over the years. */
const policies = [
  base,
  { ...base, grants: { member: ['create', 'read', 'request-approval'] } },
  { ...base, rules: { ...rules, 'request-changes': { use: null, any: ['owner', { use: 'may' }] } } },
]

/** Texts that can be told apart from everything else, wherever they turn up. */
export class Markers {
  #count = 0

  make() {
    return `«${this.#count++}»`
  }
}

/** How a repository begins: at most so many `rows`, and the rest drawn as a kind of history draws it. */
export const beginning =
  ({ rows, community, membership, record, list }) =>
  (chance, markers) => {
    const users = ['ada', 'ben', 'cleo', 'dan'].slice(0, chance.between(2, 4))
    const communities = ['north', 'south', 'east', 'west'].slice(0, chance.between(2, 4))
    const facts = { users: {}, communities: {}, memberships: [], access: [], acls: {}, records: {} }
    for (const id of users) facts.users[id] = { roles: chance.hits(0.2) ? ['staff'] : [] }
    for (const id of communities) facts.communities[id] = community(chance, markers)
    for (const community of communities)
      for (const user of users) if (chance.hits(0.5)) facts.memberships.push({ community, user, ...membership(chance) })
    for (let i = 0; i < chance.between(0, rows); i++) facts.access.push(accessRow(chance, users, communities))
    for (let i = 0; i < chance.between(3, 9); i++) facts.records[`r${i}`] = record(chance, markers, facts)
    for (let i = 0; i < chance.between(0, 3); i++) facts.acls[`list${i}`] = list(chance, markers, users)
    return { facts, users, communities }
  }

function community(chance, markers) {
  const access = {}
  if (chance.hits(0.4)) access.visibility = 'restricted'
  if (chance.hits(0.4)) access.members_visibility = chance.pick(['restricted', 'hidden'])
  const grants = { any: chance.hits(0.2) ? ['create'] : [], author: [] }
  for (const role of ROLES) grants[role] = chance.some(ACTIONS, 0.6)
  return { title: markers.make(), type: 'other', grants, access }
}

function roles(chance) {
  return chance.hits(0.2) ? chance.some(ROLES, 0.6).concat('curator') : [chance.pick(ROLES)]
}

export function accessRow(chance, users, communities) {
  const kind = chance.weighted({ superuser: 1, admin: 1, grant: 3, deny: 3, ban: 1 })
  const user = chance.pick(users)
  const argument = chance.pick(communities)
  switch (kind) {
    case 'superuser':
      return { action: 'superuser-access', user }
    case 'admin':
      return { action: 'community-admin', user }
    case 'grant':
      return {
        action: `community-${chance.pick(ACTIONS)}`,
        argument,
        ...(chance.hits(0.3) ? { role: 'staff' } : { user }),
      }
    case 'deny':
      return { action: `community-${chance.pick(ACTIONS)}`, argument, exclude: true, user }
    default:
      return { action: 'superuser-access', exclude: true, user }
  }
}

/** Of everything, of some by their ids, or of those that somebody wrote something into. Its name tells it apart. */
export function accessList(chance, markers, users, { operations = LISTED, owners = '/access/owned_by' } = {}) {
  const { type, ...means } = chance.pick([
    { type: 'default' },
    { type: 'id', records: chance.some(['r0', 'r1', 'r2', 'r3'], 0.5) },
    { type: 'query', query: { exists: { field: chance.pick(['abstract', 'note']) } } },
  ])
  return {
    type,
    ...means,
    ...(type !== 'id' && { schemas: ['record'] }),
    name: markers.make(),
    operation: chance.pick(operations),
    priority: chance.below(2),
    ...(chance.hits(0.3) && { effect: 'deny' }),
    ...(chance.hits(0.3) && { states: chance.some(STATES, 0.5) }),
    actors: [
      chance.hits(0.7)
        ? { type: 'user', users: chance.some(users, 0.4) }
        : chance.pick([
            { type: 'role', roles: ['staff'] },
            { type: 'record_user', path: owners },
          ]),
    ],
  }
}

function record(chance, markers, { communities, users }) {
  const names = Object.keys(communities)
  const home = chance.pick(names)
  const others = chance.some(
    names.filter((name) => name !== home),
    0.3,
  )
  return {
    'oarepo:primaryCommunity': home,
    ...(others.length > 0 && { 'oarepo:secondaryCommunities': others }),
    'oarepo:recordStatus': chance.pick(STATES),
    access: { owned_by: chance.pick(Object.keys(users)) },
    title: markers.make(),
  }
}

const TRANSITIONS = [
  'request-approval',
  'approve',
  'request-changes',
  'publish',
  'unpublish',
  'revert-approve',
  'delete',
]

/** A history of communities whose records go through a workflow, and of access lists. */
export const oarepo = {
  policy: 'oarepo',
  policies,
  ROLES,
  make: beginning({
    rows: 3,
    community,
    membership: (chance) => ({ role: roles(chance) }),
    record,
    list: accessList,
  }),
  roles,
  accessList,
  /** The document of a new record. */
  created: (community, title) => ({ 'oarepo:primaryCommunity': community, title }),
  transition: (chance) => ({ action: chance.pick(TRANSITIONS), args: {} }),
  /** What others do to a record behind every device's back. */
  changed: (value, kind, community, chance) => ({
    ...value,
    ...(kind === 'state' ? { 'oarepo:recordStatus': chance.pick(STATES) } : { 'oarepo:primaryCommunity': community }),
  }),
  /** What users do beside, and how often. */
  more: {},
}
