// Identities, rows and configuration of Invenio's tables, as lictor takes them.
import { document, engineFor } from '../world.mjs'
import { NotUnderstood, named, only } from '../shape.mjs'

export const INVENIO = 'invenio-communities-29'
/** The same communities, members and requests, and the records they are about. */
export const RDM = 'invenio-rdm-36'

/** Upstream's configuration, and the definition of the preset that stands for it. */
const SWITCHES = {
  COMMUNITIES_ALLOW_MEMBERSHIP_REQUESTS: 'switch_membership_requests',
  COMMUNITIES_COLLECTIONS_ENABLED: 'switch_collections',
  COMMUNITIES_ALLOW_RESTRICTED: 'switch_restricted_communities',
  USERS_RESOURCES_GROUPS_ENABLED: 'switch_groups',
  REQUESTS_LOCKING_ENABLED: 'switch_request_locking',
  REQUESTS_REVIEWERS_ENABLED: 'switch_request_reviewers',
}
const SWITCHES_OF_RECORDS = {
  RDM_COMMUNITY_REQUIRED_TO_PUBLISH: 'switch_community_required',
  RDM_ALLOW_OWNERS_REMOVE_COMMUNITY_FROM_RECORD: 'switch_owners_remove_community',
  RDM_ALLOW_EXTERNAL_DOI_VERSIONING: 'switch_external_doi_versioning',
  RDM_ALLOW_METADATA_ONLY_RECORDS: 'switch_metadata_only_records',
  RDM_ALLOW_RESTRICTED_RECORDS: 'switch_restricted_records',
}

/** The engine of a deployment with this configuration. */
export function engineWith(config = {}, preset = INVENIO) {
  const define = {}
  const switches = preset === RDM ? { ...SWITCHES, ...SWITCHES_OF_RECORDS } : SWITCHES
  for (const [key, value] of Object.entries(config)) {
    if (typeof value !== 'boolean') throw new NotUnderstood(`config: ${key} is neither on nor off`)
    define[named(switches, key, 'config')] = value ? 'always' : 'never'
  }
  return engineFor({ policy: preset, changes: { define } })
}

/** The part of the preset that a resource type is under; the document itself for the site. */
export function machineOf(type, preset = INVENIO) {
  const whole = document(preset)
  const parts = [whole, ...Object.values(whole.machines)]
  const found = parts.find(({ types }) => types.some(({ key }) => key === type))
  if (found === undefined) throw new NotUnderstood(`no record type \`${type}\``)
  return found
}

/** A published record in a community, as the preset keeps it. */
export function publishedIn(community, access, preset) {
  return preset === RDM
    ? {
        status: 'published',
        access: { record: access },
        parent: { communities: { default: community, ids: [community] } },
      }
    : { $type: 'record', communities: { primary: community }, access: { record: access } }
}

/** Whoever provides these needs, and the memberships that the needs are. */
export function identityOf(identity, where = 'identities') {
  only(identity, ['id', 'provides', 'about'], where)
  const found = { id: undefined, roles: [], system: [], links: [], memberships: [] }
  for (const need of identity.provides) takeNeed(need, found, where)
  if (found.system.includes('system_process')) return { subject: { type: 'system' }, memberships: [] }
  const properties = { system_roles: found.system.filter((role) => !EVERYBODY.includes(role)), links: found.links }
  if (!found.system.includes('any_user')) throw new NotUnderstood(`${where}: does not provide any_user`)
  if (!found.system.includes('authenticated_user')) {
    if (found.id !== undefined) throw new NotUnderstood(`${where}: a user who is not signed in`)
    return { subject: { type: 'anonymous', properties }, memberships: [] }
  }
  const { id, memberships } = found
  const subject = { type: 'user', id, properties: { ...properties, roles: found.roles } }
  return { subject, memberships: memberships.map(([community, role]) => ({ community, user: id, role })) }
}

const EVERYBODY = ['any_user', 'authenticated_user']

function takeNeed([kind, ...rest], found, where) {
  if (kind === 'id') found.id = rest[0]
  else if (kind === 'role') found.roles.push(rest[0])
  else if (kind === 'system_role') found.system.push(rest[0])
  else if (kind === 'link') found.links.push(rest[0])
  else if (kind === 'community' && rest.length === 2) found.memberships.push(rest)
  else throw new NotUnderstood(`${where}: a need of kind \`${kind}\``)
}

/** A row of action grants as an access row. */
export function rowOf(grant) {
  only(grant, ['action', 'argument', 'exclude', 'type', 'subject'], 'action_grants')
  if (!['user', 'role', 'system_role'].includes(grant.type)) throw new NotUnderstood(`a row for a ${grant.type}`)
  return { action: grant.action, argument: grant.argument, exclude: grant.exclude, [grant.type]: grant.subject }
}

/** The facts of a table's deployment: these communities, and everybody's memberships in them. */
export function factsOf(table, communities) {
  const everybody = Object.entries(table.identities).map(([name, identity]) => identityOf(identity, name))
  const memberships = everybody.flatMap((identity) => identity.memberships)
  const known = Object.fromEntries(memberships.map(({ community }) => [community, {}]))
  const all = { ...known, ...communities }
  for (const [id, community] of Object.entries(all)) all[id] = { title: id, grants: {}, ...community }
  return { communities: all, memberships, access: table.action_grants.map(rowOf), complete: true }
}

/** yes, no, or whatever else is answered. */
export const yesNo = (answer) => ({ allow: true, deny: false })[answer] ?? answer
