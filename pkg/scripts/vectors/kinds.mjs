// What a row of each kind, and a file of each format, is read by.
import { commands } from './accounts/commands.mjs'
import { ACCOUNTS } from './accounts/shape.mjs'
import { usersYaml } from './accounts/users-yaml.mjs'
import { COMMUNITIES_PRESET, described } from './communities.mjs'
import { creation, decisions, METHODS, RELEASED, search } from './executed.mjs'
import { fieldPath, signals } from './fields.mjs'
import { LISTS, lists, RELEASED_LISTS, speaksOfLists } from './explicit-acls.mjs'
import { library } from './ils/index.mjs'
import { ILS, rowsOf as libraryRows } from './ils/world.mjs'
import { INVENIO, RDM } from './invenio/world.mjs'
import { community, members } from './invenio/policies.mjs'
import { inclusionFlow, requestFlow, submissionFlow } from './invenio/flows.mjs'
import { memberFlow, membershipFlow } from './invenio/members.mjs'
import { accessObjects } from './invenio/objects.mjs'
import { recordFlow } from './invenio/record-flows.mjs'
import { records } from './invenio/records.mjs'
import { requests } from './invenio/requests.mjs'
import { settings } from './invenio/settings.mjs'
import { available, expression, required, routes, sequence } from './machine.mjs'
import { mutation } from './mutation.mjs'
import { accessActions, needCheck } from './needs.mjs'
import { communityCreate, communityModel, rest } from './server.mjs'
import { cell, expects, NotUnderstood, only } from './shape.mjs'
import { actionOf, engineFor, rowFacts, subjectOf } from './world.mjs'

const KINDS = {
  need_check: needCheck,
  permission,
  expr: expression,
  record_mutation: mutation,
  field_path: fieldPath,
  signals,
  transition_sequence: sequence,
  available_transitions: available,
  transition_required: required,
  rest_routes: routes,
  rest,
  community_create: communityCreate,
  community_model: communityModel,
}

const OAREPO = ['oarepo-3.0.5', 'oarepo']

/**
 * The rows of a file and how to judge one of them: `judge(row, table, preset)` gives its comparisons. A file knows the
 * presets it can be run under, the first by itself.
 */
export function recognise(table, preset) {
  const rows = rowsOf(table)
  const { judge, presets = [RELEASED] } = formatOf(table, rows) ?? {}
  const under = preset ?? presets[0]
  return { rows, preset: under, judge: presets.includes(under) ? judge : undefined }
}

function formatOf(table, rows) {
  const all = (...keys) =>
    rows.length > 0 && rows.every((row) => row !== null && typeof row === 'object' && keys.every((key) => key in row))
  if (table.meta?.suite === 'ils') return { judge: library, presets: [ILS] }
  if ('background_rows' in table && all('permission')) return { judge: accessActions }
  if (all('kind', 'context') && rows.every(speaksOfLists)) return { judge: lists, presets: [RELEASED_LISTS, LISTS] }
  if (all('kind', 'context')) return { judge: byKind }
  if ('documents' in table && all('principal')) return { judge: search, presets: OAREPO }
  if ('grant_sets' in table && all('record')) return { judge: decisions, presets: OAREPO }
  if ('grant_sets' in table && all('community')) return { judge: creation, presets: OAREPO }
  if (all('community', 'config', 'identity')) return { judge: community, presets: [INVENIO, RDM] }
  if ('manager_roles' in table && all('action', 'ctx')) return { judge: members, presets: [INVENIO, RDM] }
  if ('scenarios' in table && all('scenario', 'identity')) return { judge: records, presets: [RDM] }
  if ('request_types' in table && all('status', 'request')) return { judge: requests, presets: [INVENIO, RDM] }
  if (table.meta?.suite === 'flow_members') return { judge: memberFlow, presets: [INVENIO, RDM] }
  if (table.meta?.suite === 'flow_membership') return { judge: membershipFlow, presets: [INVENIO, RDM] }
  if (table.meta?.suite === 'seed003_spec') return { judge: described, presets: [COMMUNITIES_PRESET] }
  if (table.meta?.suite === 'flow_records') return { judge: recordFlow, presets: [RDM] }
  if (table.meta?.suite === 'access_objects') return { judge: accessObjects, presets: [RDM] }
  if (table.meta?.suite === 'flow_submission') return { judge: submissionFlow, presets: [RDM] }
  if (table.meta?.suite === 'flow_inclusion') return { judge: inclusionFlow, presets: [RDM] }
  if (table.meta?.suite === 'flow_request_actions') return { judge: requestFlow, presets: [RDM] }
  if (all('users_yaml', 'users_created')) return { judge: usersYaml, presets: [ACCOUNTS] }
  if (all('cmd', 'exit_code')) return { judge: commands, presets: [ACCOUNTS] }
  if (/settings/.test(table.meta?.suite) && all('op', 'actor', 'result'))
    return { judge: settings, presets: [INVENIO, RDM] }
  return undefined
}

function rowsOf(table) {
  if (table?.meta?.suite === 'ils') return libraryRows(table)
  const lists = [table?.vectors, table?.cases, table?.expectations]
  return (
    lists.find(Array.isArray) ??
    Object.values(table ?? {})
      .filter(Array.isArray)
      .flat()
  )
}

function byKind(row, table) {
  only(row, ['id', 'source', 'kind', 'note', 'context', 'expected'], 'row')
  const judge = Object.hasOwn(KINDS, row.kind) ? KINDS[row.kind] : undefined
  if (judge === undefined) throw new NotUnderstood(`kind \`${row.kind}\``)
  return judge(row, table)
}

/** What a permission factory says of a principal and a record, or of a community for `create`. */
async function permission(row) {
  const keys = ['action', 'principal', 'grants', 'record', 'community', 'allowed_actions']
  const {
    action,
    principal,
    grants,
    record = null,
    community = null,
    allowed_actions: allowed,
  } = only(row.context, keys, 'context')
  const subject = subjectOf(principal)
  const changes = allowed === undefined ? {} : { allowed_actions: allowed.map(actionOf) }
  const engine = await engineFor({ policy: RELEASED, changes })
  const name = METHODS[action] ?? action.replace(/^community-/, '').replaceAll('_', '-')
  if (!engine.policy.actions.includes(name)) throw new NotUnderstood(`action \`${action}\``)
  if ((name === 'create' ? community : record) === null) throw new NotUnderstood('context: nothing it is about')
  const of = name === 'create' ? { community } : { id: record?.id ?? '1', properties: record }
  const facts = rowFacts(grants, principal, subject)
  const { decision } = engine.check({ subject, action: name, resource: { type: 'record', ...of } }, facts)
  return [cell('allow', expects(row, ['allow']).allow, decision === 'allow')]
}
