// What became of changes of a community: its settings, its name, its deletion, and communities that are made.
import { cell, named, NotUnderstood, only } from '../shape.mjs'
import { access, actor, COMMUNITY, memberships, raised, refused } from './actors.mjs'
import { engineWith, machineOf, publishedIn } from './world.mjs'

/** The community of every row, before. */
const BEFORE = {
  visibility: 'public',
  members_visibility: 'public',
  member_policy: 'open',
  record_submission_policy: 'open',
  review_policy: 'closed',
}
/** Statuses of requests, by what rows call them. */
const REQUESTS = { open: 'submitted', closed: 'accepted' }

const READINGS = [
  [/^update access$/, updateAccess],
  [/^update with odd value$/, oddValue],
  [/^rename$/, (asked) => update(asked, ['title'], 'Another name')],
  [/^delete$/, (asked) => remove(asked)],
  [/^restore \(after delete attempt\)$/, restore],
  [/^create (public|restricted)$/, create],
  [/^restrict (?:empty )?community(?: containing (?:an? )?(\w+) records?)?$/, restrict],
  [/^delete community (?:with|after) (?:an? )?(\w+) requests?$/, removeWith],
  [/^set children\.allow$/, (asked) => permitted(asked, ['update', 'manage_children'])],
  [/^set parent$/, (asked) => permitted(asked, ['update', 'manage_parent'])],
  // Lictor knows no parents: a departure says so.
  [/\b(parent|child|children)\b/, () => NO_PARENTS],
]
export const NO_PARENTS = 'no such relation'

export async function settings(row, table, preset) {
  only(row, ['id', 'op', 'actor', 'field', 'value', 'COMMUNITIES_ALLOW_RESTRICTED', 'result'], 'row')
  only(row.result, ['ok', 'error', 'message', 'access', 'communities', 'default'], 'result')
  const reading = READINGS.find(([pattern]) => pattern.test(row.op))
  if (reading === undefined) throw new NotUnderstood(`op \`${row.op}\``)
  const [pattern, read] = reading
  const flag = row.COMMUNITIES_ALLOW_RESTRICTED
  const engine = await engineWith(flag === undefined ? {} : { COMMUNITIES_ALLOW_RESTRICTED: flag }, preset)
  const expected = raised(row.result)
  const asked = { engine, row, preset, cells: [], what: pattern.exec(row.op)[1] }
  const given = read(asked)
  return [cell('result', expected, given), ...(expected === 'ok' && given === 'ok' ? asked.cells : [])]
}

const world = (records = {}) => ({
  communities: { [COMMUNITY]: { title: 'C', grants: {}, access: BEFORE } },
  memberships,
  access,
  records,
  complete: true,
})

function run({ engine, row }, call, facts = world()) {
  return engine.step({ ...call, subject: actor(row.actor), id: COMMUNITY }, facts)
}

/** Whether all of these actions are permitted. */
function permitted({ engine, row }, actions) {
  const resource = { type: 'community', id: COMMUNITY }
  const may = (action) => engine.check({ subject: actor(row.actor), action, resource }, world()).decision === 'allow'
  return actions.every(may) ? 'ok' : 'denied'
}

function update(asked, path, value, facts) {
  return refused(run(asked, { do: 'update_community', set: [{ path, value }] }, facts))
}

/** Changing the visibility needs `manage_access` besides. */
function updateAccess(asked, facts = world()) {
  const { field, value, result } = asked.row
  named(BEFORE, field, 'field')
  if (field === 'visibility' && permitted(asked, ['manage_access']) !== 'ok') return 'denied'
  const done = run(asked, { do: 'update_community', set: [{ path: ['access', field], value }] }, facts)
  if (done.outcome === 'ok' && result.access)
    asked.cells.push(cell('access', result.access, done.changes[0].value.access))
  return refused(done)
}

function oddValue(asked) {
  const { value } = asked.row
  if (value === null || typeof value !== 'object') throw new NotUnderstood('value: no object')
  const set = Object.entries(value).map(([field, odd]) => ({ path: ['access', field], value: odd }))
  return refused(run(asked, { do: 'update_community', set }))
}

/** Whether upstream takes a value for none at all: nothing, or a setting it dropped. */
export function fallsBack({ op, value }) {
  const odd = op === 'update with odd value' ? Object.entries(value) : []
  return odd.some(([field, given]) => given === null || given === '' || !Object.hasOwn(BEFORE, field))
}

function restrict(asked) {
  if (![undefined, 'public', 'restricted'].includes(asked.what)) throw new NotUnderstood(`op \`${asked.row.op}\``)
  const record = asked.what && publishedIn(COMMUNITY, asked.what, asked.preset)
  const row = { ...asked.row, field: 'visibility', value: 'restricted' }
  return updateAccess({ ...asked, row }, world(record && { r: record }))
}

function remove(asked, facts) {
  return refused(run(asked, { do: 'delete_community' }, facts))
}

function removeWith(asked) {
  const status = REQUESTS[asked.what] ?? asked.what
  if (!machineOf('community-submission', asked.preset).states.includes(status))
    throw new NotUnderstood(`op \`${asked.row.op}\``)
  const request = { $type: 'community-submission', status, receiver: { community: COMMUNITY }, created_by: { user: 2 } }
  return remove(asked, world({ q: request }))
}

/** The deletion was tried before, by the same. */
function restore(asked) {
  const facts = world()
  const done = run(asked, { do: 'delete_community' })
  if (done.outcome === 'ok') facts.communities[COMMUNITY] = done.changes[0].value
  return refused(run(asked, { do: 'restore_community' }, facts))
}

function create({ engine, row, what }) {
  const actions = what === 'restricted' ? ['create', 'create_restricted'] : ['create']
  const resource = { type: 'site', properties: {} }
  const may = (action) => engine.check({ subject: actor(row.actor), action, resource }, world()).decision === 'allow'
  return actions.every(may) ? 'ok' : 'denied'
}
