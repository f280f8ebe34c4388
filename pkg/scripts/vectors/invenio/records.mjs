// What upstream's record policy answers: every action of one identity on one record or draft, the permission alone.
import { cell, list, named, NotUnderstood, only } from '../shape.mjs'
import { engineWith, factsOf, identityOf, machineOf, yesNo } from './world.mjs'

/** Actions upstream asks with a community that the question names; rows say which: `[A]`. */
const OF_COMMUNITY = ['remove_record', 'remove_community_from_record', 'remove_community_from_record_']
/** Upstream's permissions that have a name of their own here: the doors ask `read` and `update` of every kind of record. */
const OWN = { read: 'read_record', update: 'update_record' }
/** What upstream raises instead of an answer. */
export const RAISES = 'raises'
/** Where a scenario's record stands. */
const STATES = { P: 'published', D: 'D', X: 'X' }
const DRAFTS = { draft: 'draft', draft_of_published: 'draft_of_published' }

/** One row of record_policy. */
export async function records(row, table, preset) {
  only(row, ['id', 'scenario', 'config', 'identity', 'allow', 'error', 'link_need_provided'], 'row')
  const engine = await engineWith(named(table.configs, row.config, 'configs'), preset)
  const { communities } = argumentsOf(table)
  const facts = engine.facts({ ...factsOf(table, {}), time: Date.parse(table.meta.generated) })
  const subject = subjectOf(row, table)
  const properties = recordOf(named(table.scenarios, row.scenario, 'scenarios'))
  const of = (community) => ({ type: 'record', properties: { ...properties, community_id: communities[community] } })
  const allowed = new Set(list(row.allow, 'allow'))
  const raises = new Set(list(row.error ?? [], 'error'))
  const known = machineOf('record', preset).actions
  const cells = [...new Set([...evaluated(table), ...allowed, ...raises])].map((asked) => {
    const [, community] = /\[([AB])\]$/.exec(asked) ?? []
    const upstream = community === undefined ? asked : asked.slice(0, -3)
    const action = Object.hasOwn(OWN, upstream) ? OWN[upstream] : upstream
    if (!known.includes(action)) throw new NotUnderstood(`action \`${asked}\``)
    const { decision } = engine.check({ subject, action, resource: of(community) }, facts)
    return cell(asked, raises.has(asked) ? RAISES : allowed.has(asked), yesNo(decision))
  })
  facts.free()
  return cells
}

/** Every action there is a question of, as rows write it. */
function evaluated(table) {
  const { files, communities, transfers } = argumentsOf(table)
  return list(table.evaluated_actions, 'evaluated_actions').flatMap((action) => {
    if (files.includes(action)) return transfers.map((transfer) => `${action}[${transfer}]`)
    return OF_COMMUNITY.includes(action) ? Object.keys(communities).map((name) => `${action}[${name}]`) : [action]
  })
}

function argumentsOf(table) {
  const home = (identity) =>
    named(table.identities, identity, 'identities').provides.find(([kind]) => kind === 'community')
  return {
    files: list(table.file_actions_by_transfer_type, 'file_actions_by_transfer_type'),
    transfers: Object.keys(table.transfer_types),
    communities: { A: home('a_owner')[1], B: home('b_owner')[1] },
  }
}

/** `x+LINK0` is x with the scenario's link, if the link is still good for something. */
function subjectOf({ identity, link_need_provided: provided }, table) {
  const [name, link] = identity.split('+')
  const { subject } = identityOf(named(table.identities, name, 'identities'), name)
  if (link === undefined) return subject
  return provided ? { ...subject, properties: { ...subject.properties, links: [link] } } : subject
}

/** A scenario as the record it speaks of. */
function recordOf(scenario) {
  const keys = ['kind', 'access', 'parent', 'deletion_status', 'external_doi', 'review']
  const { kind, access, parent, deletion_status: deleted, external_doi, review } = only(scenario, keys, 'scenario')
  only(access, ['record', 'files', 'embargo', 'status'], 'scenario.access')
  only(parent, ['access', 'communities'], 'scenario.parent')
  only(parent.access, ['owned_by', 'grants', 'links'], 'scenario.parent.access')
  const links = parent.access.links.map(({ expired, ...link }) => ({ ...link, ...(expired && { expires_at: 1 }) }))
  const status = kind === 'record' ? named(STATES, deleted, 'deletion_status') : named(DRAFTS, kind, 'kind')
  const { record, files, embargo } = access
  const { active, until } = embargo
  return {
    status,
    access: { record, files, embargo: { active, ...(until && { until }) } },
    parent: {
      ...parent,
      access: { ...parent.access, links },
      ...(review && { review: { ...review, reviewers: reviewersOf(review) } }),
    },
    external_doi,
  }
}

function reviewersOf({ reviewers }) {
  const all = list(reviewers, 'review.reviewers').map((one) => only(one, ['user', 'group'], 'review.reviewers'))
  return { users: all.flatMap(({ user }) => user ?? []), groups: all.flatMap(({ group }) => group ?? []) }
}
