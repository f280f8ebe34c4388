// Rows written by hand from the description of community settings: who reads restricted records, who sees a community and its
// members, who submits to it and who publishes there without a review.
import { cell, named, NotUnderstood, only } from './shape.mjs'
import { engineFor } from './world.mjs'

export const COMMUNITIES_PRESET = 'communities'

const ME = 1
const OTHER = 2
const me = { type: 'user', id: ME }
const NOBODY = { type: 'anonymous' }

/** Words of the description that are written otherwise in the preset. */
const MEMBERS_VISIBILITY = { public: 'public', members: 'restricted', hidden: 'hidden' }
const SUBMISSION = { open: 'open', closed: 'members' }

/** What somebody is to a community, and the role of the membership that makes them so; nobody signed in has none. */
const ROLES = {
  anonymous: undefined,
  authenticated: undefined,
  invited: 'invitee',
  member: 'member',
  curator: 'curator',
  manager: 'manager',
  admin: 'admin',
}

/** By what is asked. */
const READINGS = {
  appears_in_search: visibility,
  see_member: members,
  include_directly: review,
  submit_record: submission,
}

export async function described(row) {
  only(row, ['id', 'group', 'ctx', 'expect', 'basis', 'ambiguous'], 'row')
  if (typeof row.expect !== 'boolean') throw new NotUnderstood('expect: neither yes nor no')
  const { action } = row.ctx
  const onCommunity = action === 'read' && 'community' in row.ctx ? visibility : undefined
  const judge = onCommunity ?? ('record' in row.ctx ? reading : named(READINGS, action, 'ctx.action'))
  const engine = await engineFor({ policy: COMMUNITIES_PRESET })
  return judge(engine, row.ctx).map(([name, given]) => cell(name, row.expect, given))
}

function facts(communities, held, records = {}) {
  const memberships = Object.entries(held).flatMap(([community, role]) =>
    role === undefined ? [] : [{ community, user: ME, role }],
  )
  return { communities, memberships, access: [], users: { [ME]: { roles: [] } }, records, time: 0, complete: true }
}

const settings = (access) => ({ title: 'C', grants: {}, access })
const yesNo = (answer) => ({ allow: true, deny: false })[answer] ?? answer
const subjectOf = (role) => (role === 'anonymous' ? NOBODY : me)
const record = (rest) => ({ $type: 'record', state: 'published', owners: [OTHER], ...rest })

/** Who reads a record, or its files. */
function reading(engine, ctx) {
  only(ctx, ['record', 'communities', 'roles', 'authenticated', 'is_record_owner', 'action'], 'ctx')
  only(ctx.record, ['record', 'files'], 'ctx.record')
  const action = named({ read: 'read', read_files: 'read-files' }, ctx.action, 'ctx.action')
  const communities = ctx.communities.map(({ id, ...access }) => {
    only(access, ['record_restricted_policy'], 'ctx.communities')
    return [id, settings(access)]
  })
  const [primary, ...secondary] = communities.map(([id]) => id)
  const properties = record({
    access: ctx.record,
    communities: { primary, secondary },
    owners: [ctx.is_record_owner ? ME : OTHER],
  })
  const held = Object.fromEntries(Object.entries(ctx.roles).map(([id, role]) => [id, named(ROLES, role, 'ctx.roles')]))
  const subject = ctx.authenticated ? me : NOBODY
  const resource = { type: 'record', id: 'r', properties }
  const { decision } = engine.check({ subject, action, resource }, facts(Object.fromEntries(communities), held))
  return [[ctx.action, yesNo(decision)]]
}

/** Whether somebody is shown a community, asked for it by its id and in the list of all. */
function visibility(engine, ctx) {
  only(ctx, ['community', 'role', 'action'], 'ctx')
  only(ctx.community, ['visibility'], 'ctx.community')
  const world = facts({ c: settings(ctx.community) }, { c: named(ROLES, ctx.role, 'ctx.role') })
  const subject = subjectOf(ctx.role)
  if (ctx.action === 'read') {
    const { decision } = engine.check({ subject, action: 'read', resource: { type: 'community', id: 'c' } }, world)
    return [['read', yesNo(decision)]]
  }
  const { communities } = engine.step({ do: 'list_communities', subject }, world)
  return [['appears_in_search', communities.some(({ id }) => id === 'c')]]
}

/** Whether somebody sees that somebody else is a member. */
function members(engine, ctx) {
  only(ctx, ['community', 'viewer', 'target_member_visibility', 'action'], 'ctx')
  only(ctx.community, ['visibility', 'members_visibility'], 'ctx.community')
  const access = {
    visibility: ctx.community.visibility,
    members_visibility: named(MEMBERS_VISIBILITY, ctx.community.members_visibility, 'members_visibility'),
  }
  const visible = named({ visible: true, hidden: false }, ctx.target_member_visibility, 'target_member_visibility')
  const world = facts({ c: settings(access) }, { c: named(ROLES, ctx.viewer, 'ctx.viewer') })
  world.memberships.push({ community: 'c', user: OTHER, role: 'member', visible })
  const done = engine.step({ do: 'list_members', subject: subjectOf(ctx.viewer), community: 'c' }, world)
  return [['see_member', (done.members ?? []).some(({ user }) => String(user) === String(OTHER))]]
}

function submitted(engine, { community, role, owner }) {
  only(community, ['visibility', 'record_submission_policy', 'review_policy'], 'ctx.community')
  const { record_submission_policy: submission, ...access } = community
  access.record_submission_policy = named(SUBMISSION, submission, 'record_submission_policy')
  // In a restricted community there are no public records.
  const draft = record({ state: 'draft', access: { record: 'restricted', files: 'restricted' }, owners: [owner] })
  const world = facts({ c: settings(access) }, { c: named(ROLES, role, 'ctx.role') }, { r: draft })
  const subject = subjectOf(role)
  const may = (action) =>
    yesNo(engine.check({ subject, action, resource: { type: 'community', id: 'c' } }, world).decision)
  const run = () =>
    engine.step(
      {
        do: 'transition',
        subject,
        resource: { type: 'record', id: 'r' },
        transition: 'submit',
        params: { request: 'q', community: 'c' },
      },
      world,
    )
  return { may, run }
}

/** Who publishes without a review: what is said of the community, and what becomes of a record of one's own. */
function review(engine, ctx) {
  only(ctx, ['community', 'role', 'is_record_owner', 'action'], 'ctx')
  const owner = ctx.is_record_owner ? ME : OTHER
  const { may, run } = submitted(engine, { community: ctx.community, role: ctx.role, owner })
  const cells = [['include_directly', may('publish-directly')]]
  if (ctx.is_record_owner) cells.push(['published', run().changes.some(({ value }) => value.state === 'published')])
  return cells
}

/** Who may submit: what is said of the community, and whether a record of one's own is taken. */
function submission(engine, ctx) {
  only(ctx, ['community', 'role', 'action'], 'ctx')
  const { may, run } = submitted(engine, { community: ctx.community, role: ctx.role, owner: ME })
  return [
    ['submit_record', may('submit')],
    ['submitted', run().outcome === 'ok'],
  ]
}
