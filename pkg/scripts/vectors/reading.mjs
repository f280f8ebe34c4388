// Section 1 of domain.md as far as departures need it: who the subject of a row is to its record, and whether the
// default preset lets them read it.
import { METHODS } from './executed.mjs'
import { grantsOf } from './world.mjs'

const ALIASES = { filling: 'editing', approving: 'pending-approval' }
/** Roles whose grant of read reaches every state. */
const FAR = ['curator', 'admin']

/** What one comparison is about. `document` is the record of a list. */
export function scene({ row, table, cell }) {
  const [kind, part] = cell.split(/[ .]/)
  const record = row.record ?? table.documents?.find(({ id }) => id === part) ?? {}
  const principal = table.principals[row.principal]
  const action = kind === 'permissions' ? part : METHODS[part]
  const word = record['oarepo:recordStatus'] ?? 'editing'
  const grants = row.record || row.grants ? grantsOf(table, row) : []
  const found = {
    kind,
    part,
    action,
    aliased: word in ALIASES,
    state: ALIASES[word] ?? word,
    primary: record['oarepo:primaryCommunity'],
    secondary: record['oarepo:secondaryCommunities'] ?? [],
    scope: row.request_community,
    anonymous: !principal.authenticated,
    superuser: principal.superuser,
    owner: principal.user !== null && principal.user === record['oarepo:ownedBy'],
    roles: principal.roles,
  }
  const speaks = (row) =>
    principal.roles.includes(row.role) ||
    (principal.user !== null && row.user === principal.user) ||
    row.system_role === 'any_user' ||
    (row.system_role === 'authenticated_user' && principal.authenticated)
  const about = (name) =>
    grants.filter(
      ({ action: need, argument }) => need === `community-${name}` && [null, found.primary].includes(argument),
    )
  found.allowed = (name) =>
    !row.allowed_actions || table.allowed_action_sets[row.allowed_actions].includes(`community-${name}`)
  found.denied = (name) => about(name).some((row) => row.exclude && speaks(row))
  found.grants = (name) => about(name).filter((row) => !row.exclude && speaks(row))
  found.granted = (name) => found.allowed(name) && found.grants(name).length > 0
  found.authors = (name) => about(name).some((row) => !row.exclude && row.system_role === 'community-record-owner')
  found.holds = (community, roles) => roles.some((role) => principal.roles.includes(`community:${community}:${role}`))
  found.readable = row.record ? readable(found) : listed(found)
  return found
}

function readable(it) {
  if (it.denied('read')) return false
  if (it.state === 'published' || it.owner || it.superuser) return true
  if (!it.granted('read')) return false
  const far = FAR.map((role) => `community:${it.primary}:${role}`)
  return (
    it.state === 'approved' || it.grants('read').some(({ argument, role }) => argument !== null && far.includes(role))
  )
}

/** Lists are asked of communities with the shipped grants: every role reads what is approved, curators everything. */
function listed(it) {
  const inScope = it.scope === null || [it.primary, ...it.secondary].includes(it.scope)
  const near = it.state === 'approved' && it.holds(it.primary, ['member', 'curator', 'publisher'])
  return inScope && (it.state === 'published' || it.owner || it.superuser || near || it.holds(it.primary, FAR))
}
