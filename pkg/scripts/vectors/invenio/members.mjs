// What became of operations on members: invited, added, changed, removed; and of invitations and requests to join.
import { cell, named, NotUnderstood, only } from '../shape.mjs'
import { access, actor, COMMUNITY, memberships, raised, refused } from './actors.mjs'
import { engineWith } from './world.mjs'

/** Whom rows call `subject`: who is invited, or asks to join. */
const SUBJECT = 20
/** Somebody who is nothing to the community yet. */
const NEWCOMER = 30
/** An owner beside the one rows name, so that one of them is not the last. */
const SECOND_OWNER = { community: COMMUNITY, user: 16, role: 'owner' }
const REQUEST = 'request-1'

const FIELDS = {
  members: [
    ...['id', 'op', 'actor', 'role', 'member_type', 'target', 'self', 'visible', 'community', 'members_total'],
    ...['members_visible', 'result'],
  ],
  membership: [
    ...['id', 'kind', 'action', 'actor', 'role', 'result', 'identity_community_roles_after', 'member_policy'],
    'COMMUNITIES_ALLOW_MEMBERSHIP_REQUESTS',
  ],
}

const settings = { visibility: 'public', members_visibility: 'public', member_policy: 'open' }

const world = (more = {}) => ({
  time: 1_000,
  communities: { [COMMUNITY]: { title: 'C', grants: {}, access: { ...settings, ...more.access } } },
  memberships: [...memberships, ...(more.memberships ?? [])],
  access,
  records: more.records ?? {},
  complete: true,
})

const subjectOf = (name) =>
  name === 'subject' ? { type: 'user', id: SUBJECT, properties: { roles: [] } } : actor(name)

/** Runs a call; one that is not understood is invalid. */
function run(engine, name, call, facts) {
  try {
    return engine.step({ ...call, subject: subjectOf(name), community: COMMUNITY }, facts)
  } catch (error) {
    if (error.name !== 'LictorError') throw error
    return { outcome: 'refused', error: { code: 'malformed' } }
  }
}

const HOLDERS = { user: { user: NEWCOMER }, group: { group: 'empty-role' }, email: { email: 'a@example.org' } }

/** The member of the community that a row names by its role. */
function target(row) {
  const found = memberships.find(({ role }) => role === row.target)
  if (found === undefined) throw new NotUnderstood(`target \`${row.target}\``)
  return [{ user: found.user }]
}

const READINGS = {
  invite: (row) => ({ do: 'invite', role: row.role, members: invited(row) }),
  add: (row) => ({ do: 'add_member', role: row.role, members: [named(HOLDERS, row.member_type, 'member_type')] }),
  'update role': (row) => ({ do: 'change_role', role: row.role, members: target(row) }),
  'update visible': (row) => ({ do: 'set_visibility', visible: row.visible, members: target(row) }),
  delete: (row) => ({ do: 'remove_member', members: target(row) }),
  'update with no fields': () => ({ do: 'change_role', members: [{ user: 3 }] }),
}

function invited(row) {
  const who = named(HOLDERS, row.member_type, 'member_type')
  return [row.member_type === 'user' ? { ...who, request: REQUEST } : who]
}

/** One row of flow_members. */
export async function memberFlow(row, table, preset) {
  only(row, FIELDS.members, 'row')
  const engine = await engineWith({}, preset)
  if (row.op === 'member searches') return searches(engine, row)
  const expected = raised(row.result)
  if (row.op === 'invite twice') {
    const pending = { community: COMMUNITY, user: NEWCOMER, role: 'invitee', as: row.role, request: 'request-0' }
    const done = run(engine, row.actor, READINGS.invite(row), world({ memberships: [pending] }))
    return [cell('result', expected, refused(done))]
  }
  if (/^last owner: (demoted|removed|deleted) by \w+$/.test(row.op)) {
    const [, what, by] = /^last owner: (\w+) by (\w+)$/.exec(row.op)
    const members = [{ user: 6 }]
    const call = what === 'demoted' ? { do: 'change_role', role: 'reader', members } : { do: 'remove_member', members }
    return [cell('result', expected, refused(run(engine, by, call, world())))]
  }
  const read = named(READINGS, row.op, 'op')
  const done = run(engine, row.actor, read(row), world({ memberships: [SECOND_OWNER] }))
  return [cell('result', expected, refused(done))]
}

/** What of the members a viewer is shown, and whether invitations and requests may be searched. */
function searches(engine, row) {
  const { result } = row
  only(result, ['search', 'search_public', 'search_invitations', 'search_membership_requests'], 'result')
  const facts = world({ access: row.community })
  facts.memberships = facts.memberships.map((one) => ({ ...one, visible: one.role === 'owner' }))
  if (row.members_total !== facts.memberships.length || row.members_visible !== 1) {
    throw new NotUnderstood(`${row.members_total} members, ${row.members_visible} of them visible`)
  }
  const rows = run(engine, row.actor, { do: 'list_members' }, facts).members ?? []
  const whole = rows.filter(({ roles }) => roles !== undefined).length
  const resource = { type: 'community', id: COMMUNITY }
  const may = (action) => engine.check({ subject: actor(row.actor), action, resource }, facts).decision === 'allow'
  return [
    cell('search', result.search.ok ? result.search.total : 0, whole),
    // Whoever sees all members sees the public ones among them.
    cell('search_public', result.search_public.ok, rows.length > 0),
    ...(result.search_public.ok && !result.search.ok
      ? [cell('public members', result.search_public.total, rows.length)]
      : []),
    cell('search_invitations', result.search_invitations.ok, may('search_invites')),
  ]
}

const REQUESTS = {
  invitation: { type: 'community-invitation', marked: 'invitee', role: 'curator' },
  'membership-request': { type: 'community-membership-request', marked: 'applicant', role: 'reader' },
}

/** A request that is open, and the membership that waits for it. */
function waiting({ type, marked, role }) {
  const sides =
    type === 'community-invitation'
      ? { created_by: { community: COMMUNITY }, receiver: { user: SUBJECT } }
      : { created_by: { user: SUBJECT }, receiver: { community: COMMUNITY } }
  return world({
    memberships: [{ community: COMMUNITY, user: SUBJECT, role: marked, as: role, request: REQUEST }],
    records: { [REQUEST]: { $type: type, status: 'submitted', ...sides, role } },
  })
}

/** One row of flow_membership. */
export async function membershipFlow(row, table, preset) {
  only(row, FIELDS.membership, 'row')
  const allowed = row.COMMUNITIES_ALLOW_MEMBERSHIP_REQUESTS ?? true
  const engine = await engineWith({ COMMUNITIES_ALLOW_MEMBERSHIP_REQUESTS: allowed }, preset)
  const expected = raised(row.result)
  if (row.kind === 'request_membership') {
    const facts = world({ access: { member_policy: row.member_policy } })
    return [cell('result', expected, refused(run(engine, row.actor, { do: row.kind, request: REQUEST }, facts)))]
  }
  const updated = /^update role of pending (invitation|membership request) \(initial \w+\)$/.exec(row.kind)
  const request = named(REQUESTS, updated ? updated[1].replace(' ', '-') : row.kind, 'kind')
  const initial = /initial (\w+)/.exec(row.kind)?.[1] ?? request.role
  const facts = waiting({ ...request, role: initial })
  if (updated) {
    const call = { do: 'change_role', role: row.role, members: [{ user: SUBJECT }] }
    return [cell('result', expected, refused(run(engine, row.actor, call, facts)))]
  }
  const resource = { type: request.type, id: REQUEST }
  const call = { do: 'transition', subject: subjectOf(row.actor), resource, transition: row.action }
  const done = engine.step(call, facts)
  const cells = [cell('result', expected, refused(done))]
  if (done.outcome === 'ok' && expected === 'ok') cells.push(...after(row, done.changes, request))
  return cells
}

/** The request and the membership once it is answered. */
function after(row, changes, { role }) {
  const of = (relation) => changes.find(({ key }) => key.relation === relation)
  const membership = of('membership')
  const joined = membership?.op === 'put' ? { role: membership.value.role, active: true, visible: false } : null
  const roles = joined === null ? [] : [membership.value.role]
  return [
    cell('status', row.result.status, of('record').value.status),
    cell('member_after', row.result.member_after, joined),
    ...(row.identity_community_roles_after ? [cell('roles', row.identity_community_roles_after, roles)] : []),
    ...(joined === null ? [] : [cell('offered', role, joined.role)]),
  ]
}
