// What upstream's permission policies answer: of communities and of their members. Its tables give the policy alone, so
// guards of the operations have no part in these.
import { cell, list, named, NotUnderstood, only } from '../shape.mjs'
import { engineWith, factsOf, identityOf, machineOf, yesNo } from './world.mjs'

/** One row of community_policy: every action of one identity on one community, or on none. */
export async function community(row, table, preset) {
  only(row, ['id', 'community', 'config', 'identity', 'allow', 'group', 'evaluated'], 'row')
  const engine = await engineWith(row.config, preset)
  const { subject } = identityOf(named(table.identities, row.identity, 'identities'), row.identity)
  const id = row.community?.id
  const facts = engine.facts(factsOf(table, id === undefined ? {} : { [id]: communityOf(row.community, preset) }))
  const ofCommunity = id === undefined ? [] : machineOf('community', preset).actions
  const ofSite = machineOf('site', preset).actions
  const allowed = new Set(list(row.allow, 'allow'))
  const actions = new Set([...list(row.evaluated ?? table.evaluated_actions, 'evaluated'), ...allowed])
  const cells = [...actions].map((action) => {
    if (![...ofCommunity, ...ofSite].includes(action)) throw new NotUnderstood(`action \`${action}\``)
    const resource = ofCommunity.includes(action) ? { type: 'community', id } : { type: 'site', properties: {} }
    const { decision } = engine.check({ subject, action, resource }, facts)
    return cell(action, allowed.has(action), yesNo(decision))
  })
  facts.free()
  return cells
}

function communityOf(community, preset) {
  only(community, ['id', 'access', 'deletion_status'], 'community')
  const settings = ['visibility', 'members_visibility', 'member_policy', 'record_submission_policy', 'review_policy']
  only(community.access, settings, 'community.access')
  if (!machineOf('community', preset).states.includes(community.deletion_status)) {
    throw new NotUnderstood(`deletion_status \`${community.deletion_status}\``)
  }
  return { access: community.access, deletion: { status: community.deletion_status } }
}

/** One row of members_policy: who may do this to these members. Lists of types are asked one by one. */
export async function members(row, table, preset) {
  only(row, ['id', 'action', 'ctx', 'allow'], 'row')
  const { ctx } = row
  only(ctx, ['role', 'member_types', 'groups_enabled', 'member'], 'ctx')
  const action = /^members_(.+)$/.exec(row.action)?.[1]
  if (!machineOf('member', preset).actions.includes(action)) throw new NotUnderstood(`action \`${row.action}\``)
  const enabled = ctx.groups_enabled
  const engine = await engineWith(enabled === undefined ? {} : { USERS_RESOURCES_GROUPS_ENABLED: enabled }, preset)
  const facts = engine.facts(factsOf(table, { [table.community.id]: {} }))
  const types = ctx.member_types?.length > 0 ? list(ctx.member_types, 'member_types') : [undefined]
  const may = (subject, type) => {
    const properties = memberOf(ctx, type, table.community.id)
    return yesNo(engine.check({ subject, action, resource: { type: 'member', properties } }, facts).decision)
  }
  const allowed = new Set(list(row.allow, 'allow'))
  const cells = everybody(table, allowed).map(([name, subject]) => {
    const answers = types.map((type) => may(subject, type))
    return cell(name, allowed.has(name), answers.find((answer) => answer !== true) ?? true)
  })
  facts.free()
  return cells
}

/** Absent is what the row does not say. */
function memberOf({ role, member }, type, community) {
  const record = { community }
  if (type !== undefined) record.type = type
  if (role != null) record.new_role = role
  if (member === undefined) return record
  only(member, ['user_id', 'group_id', 'role'], 'ctx.member')
  const kind =
    member.user_id != null ? { user: member.user_id, type: 'user' } : { group: member.group_id, type: 'group' }
  return { ...record, ...kind, ...(member.role != null && { role: member.role }) }
}

/** Who was asked upstream, by name; a name that stands nowhere is a fault of the row. */
export function everybody(table, allowed) {
  const names = list(table.evaluated_identities, 'evaluated_identities')
  const unknown = [...allowed].filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new NotUnderstood(`allow: \`${unknown.join('`, `')}\` was not asked`)
  return names.map((name) => [name, identityOf(named(table.identities, name, 'identities'), name).subject])
}
