// What the released oarepo-communities 3.0.5 did: decisions, creation, lists. Under another preset the same worlds are
// asked, and departures say where the answers differ.
import { cell, list, named, only } from './shape.mjs'
import { actionOf, communityFacts, engineFor, grantsOf, rowFacts, subjectOf, vectorTypes } from './world.mjs'

export const RELEASED = 'oarepo-3.0.5'
/** The communities there are; a row may ask about another. */
export const COMMUNITIES = ['comtest', 'B', 'C']
/** What upstream calls the methods of transitions. */
export const METHODS = {
  request_approval: 'request-approval',
  delete_draft: 'delete',
  request_changes: 'request-changes',
  approve: 'approve',
  revert_approval: 'revert-approve',
  make_public: 'publish',
  make_private: 'unpublish',
}
const OUTCOMES = {
  wrong_state: 'InvalidSourceStateError',
  denied: 'InvalidPermissionError',
  missing_parameter: 'MissingRequiredParameterError',
  unknown_transition: 'TransitionNotAvailableError',
}

/** The engine, the facts and the subject of a row. */
async function world(row, table, preset, grants = grantsOf(table, row)) {
  const principal = named(table.principals, row.principal, 'principals')
  const subject = subjectOf(principal)
  const changes = { types: vectorTypes(preset) }
  if (row.allowed_actions !== undefined) {
    const allowed = named(table.allowed_action_sets, row.allowed_actions, 'allowed_action_sets')
    changes.allowed_actions = allowed.map(actionOf)
  }
  const engine = await engineFor({ policy: preset, changes })
  const facts =
    preset === RELEASED ? rowFacts(grants, principal, subject) : communityFacts(grants, principal, subject, COMMUNITIES)
  return { engine, facts: engine.facts(facts), subject, preset }
}

const resource = (record) => ({ type: 'record', id: record.id, properties: record })
const yesNo = (decision) => ({ allow: true, deny: false })[decision] ?? decision

export async function decisions(row, table, preset) {
  const keys = ['id', 'allowed_actions', 'grants', 'principal', 'record', 'request_community', 'expected']
  only(row, keys, 'row')
  // The community of the request has no part in these: every one of them is about the record's own communities.
  const expected = only(
    row.expected,
    ['permissions', 'transitions', 'available_user_transitions', 'http_if_denied'],
    'expected',
  )
  const asked = await world(row, table, preset)
  const { engine, facts, subject } = asked
  const of = resource(row.record)
  const cells = []
  only(expected.permissions, ['read', 'update', 'delete'], 'expected.permissions')
  for (const [action, allow] of Object.entries(expected.permissions)) {
    const { decision } = engine.check({ subject, action, resource: of }, facts)
    cells.push(cell(`permissions.${action}`, allow, yesNo(decision)))
  }
  for (const [method, outcome] of Object.entries(expected.transitions)) {
    named(METHODS, method, 'transitions')
    only(outcome, ['outcome', 'http', 'state_after', 'signal', 'commit_record'], `transitions.${method}`)
    cells.push(cell(`transitions.${method}`, outcome, run(asked, of, nameIn(preset, method))))
  }
  const { now } = engine.transitions({ subject, resource: of }, facts)
  const offered = new Set(list(expected.available_user_transitions, 'available_user_transitions'))
  for (const method of new Set([...Object.keys(METHODS), ...offered])) {
    cells.push(cell(`available.${method}`, offered.has(method), now.includes(nameIn(preset, method))))
  }
  cells.push(...statuses(asked, row.record, expected.http_if_denied))
  facts.free()
  return cells
}

const nameIn = (preset, method) => (preset === RELEASED ? method : METHODS[method])

/** Runs a transition and tells it in upstream's words. */
export function run({ engine, facts, subject }, of, transition, params = {}) {
  const done = engine.step({ do: 'transition', subject, resource: of, transition, params }, facts)
  if (done.t === 'need') return { outcome: 'unknown' }
  if (done.outcome === 'refused') return { outcome: OUTCOMES[done.error.code] ?? done.error.code, http: done.status }
  const [change] = done.changes
  const [event] = done.events
  const after = { outcome: 'ok', http: done.status, state_after: engine.field(change.value, 'state') }
  return event ? { ...after, signal: event.name, commit_record: event.commit } : after
}

/** The status of refusals: of a read and an update where they are refused, and upstream of an update nobody may do. */
function statuses({ engine, facts, subject, preset }, record, expected) {
  const calls = {
    read: { do: 'read', subject, resource: resource(record) },
    update: { do: 'update', subject, resource: resource(record), set: { title: 'T' } },
    dead: { do: 'update', subject, resource: resource({ ...record, 'oarepo:recordStatus': 'deleted' }), set: {} },
  }
  return Object.entries(calls)
    .map(([name, call]) => [name, engine.step(call, facts)])
    .filter(([name, done]) => (name === 'dead' ? preset === RELEASED : done.outcome !== 'ok'))
    .map(([name, { status }]) => cell(`http_if_denied.${name}`, expected, status ?? 'unknown'))
}

export async function creation(row, table, preset) {
  only(row, ['id', 'grants', 'principal', 'community', 'allowed_actions', 'expected'], 'row')
  const expected = only(row.expected, ['create', 'http_if_denied'], 'expected')
  const asked = await world(row, table, preset)
  const { engine, facts, subject } = asked
  const { community } = row
  const { decision } = engine.check({ subject, action: 'create', resource: { type: 'record', community } }, facts)
  const cells = [cell('create', expected.create, yesNo(decision))]
  const made = engine.step({ do: 'create', subject, id: 'new', community, record: {} }, facts)
  if (decision === 'deny') cells.push(cell('http_if_denied.create', expected.http_if_denied, made.status ?? 'unknown'))
  const dead = { id: 'dead', 'oarepo:primaryCommunity': community, 'oarepo:recordStatus': 'deleted' }
  cells.push(...statuses(asked, dead, expected.http_if_denied).filter(({ cell }) => cell.endsWith('.dead')))
  facts.free()
  return cells
}

/** Lists by the filter and by the index: both must show what upstream showed. */
export async function search(row, table, preset) {
  only(row, ['id', 'principal', 'request_community', 'grants', 'expected'], 'row')
  const expected = only(row.expected, ['query', 'visible'], 'expected')
  const documents = list(table.documents, 'documents')
  const grants = row.grants === undefined && preset !== RELEASED ? defaultGrants(table) : grantsOf(table, row)
  const { engine, facts, subject } = await world(row, table, preset, grants)
  const scope = row.request_community === null ? 'everywhere' : { community: row.request_community }
  const filter = engine.filter({ subject, action: 'read', scope }, facts)
  const index = engine.index(documents)
  const session = engine.session(subject, facts)
  const rows = new Set(session.visible(index, { action: 'read', scope }).rows())
  const shown = new Set(expected.visible)
  const cells = documents.flatMap((document, position) => [
    cell(`filter ${document.id}`, shown.has(document.id), yesNo(filter.answer(document))),
    cell(`visible ${document.id}`, shown.has(document.id), rows.has(position)),
  ])
  const unknown = expected.visible.filter((id) => !documents.some((document) => document.id === id))
  cells.push(cell('visible', [], unknown))
  for (const handle of [filter, index, session, facts]) handle.free()
  return cells
}

/** Upstream's lists ask for roles only; where grants decide, communities have the shipped ones. */
function defaultGrants(table) {
  const grant = (community, role, action) => ({
    role: `community:${community}:${role}`,
    action: `community-${action}`,
    argument: community,
  })
  const ids = table.documents.flatMap((record) => [record['oarepo:primaryCommunity']])
  return [...new Set(ids)].flatMap((id) => ['member', 'curator', 'publisher'].map((role) => grant(id, role, 'read')))
}
