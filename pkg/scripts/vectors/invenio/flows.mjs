// What became of records that were offered to a community: submitted as drafts, included once they are published, and what
// answers to such requests do.
import { cell, named, NotUnderstood, only } from '../shape.mjs'
import { access, actor, COMMUNITY, memberships, outcomeOf, raised } from './actors.mjs'
import { engineWith } from './world.mjs'

const RECORD = 'r'
const REQUEST = 'q'
const SETTINGS = ['visibility', 'record_submission_policy', 'review_policy']
const OPEN = { visibility: 'public', record_submission_policy: 'open', review_policy: 'closed' }

/** Why an inclusion is refused: upstream gives no more than these texts. */
const ERRORS = {
  'Submission to this community is only allowed to community members.': 'denied',
  'Permission denied.': 'denied',
  'A public record cannot be included in a restricted community.': 'invalid',
}

/** A record of this owner; a draft, or published. */
const record = (owner, status, level) => ({
  status,
  access: { record: level, files: level },
  parent: { access: { owned_by: owner === undefined ? null : { user: owner } } },
})

const world = (settings, document) => ({
  time: 1_000,
  communities: { [COMMUNITY]: { title: 'C', grants: {}, access: only(settings, SETTINGS, 'community') } },
  memberships,
  access,
  records: { [RECORD]: document },
  complete: true,
})

/** A transition; what it writes is there for the next one. */
function run(engine, facts, subject, resource, transition, params = {}) {
  const done = engine.step({ do: 'transition', subject, resource, transition, params }, facts)
  for (const { key, value } of done.changes ?? []) facts.records[key.id] = value
  return outcomeOf(done)
}

const ofRecord = (engine, facts, subject, transition, params) =>
  run(engine, facts, subject, { type: 'record', id: RECORD }, transition, params)

const level = (row) => named({ public: 'public', restricted: 'restricted' }, row.record_access, 'record_access')
const isPublished = (facts) => facts.records[RECORD].status === 'published'
const belongs = (facts) => facts.records[RECORD].parent.communities?.ids.includes(COMMUNITY) ?? false

function reviewed(row) {
  if (typeof row.require_review !== 'boolean') throw new NotUnderstood('require_review: neither yes nor no')
  return row.require_review
}

/** One row of flow_submission: a draft is made with its review, and submitted. The actor owns it. */
export async function submissionFlow(row, table, preset) {
  const keys = ['id', 'community', 'record_access', 'actor', 'require_review', 'create_draft_with_review', 'submit']
  only(row, keys, 'row')
  const engine = await engineWith({}, preset)
  const subject = actor(row.actor)
  const facts = world(row.community, record(subject.id, 'draft', level(row)))
  const made = raised(only(row.create_draft_with_review, ['ok', 'error', 'message'], 'create_draft_with_review'))
  const asked = { subject, action: 'create', resource: { type: 'record', properties: {} } }
  const allowed = engine.check(asked, facts).decision === 'allow'
  const prepare = { community: COMMUNITY, request: REQUEST }
  const given = allowed ? ofRecord(engine, facts, subject, 'update_review', prepare) : 'denied'
  const cells = [cell('create_draft_with_review', made, given)]
  if (row.submit === undefined) return cells
  only(row.submit, ['ok', 'error', 'message', 'request_status', 'published'], 'submit')
  const outcome = ofRecord(engine, facts, subject, 'submit_review', { review: reviewed(row) })
  cells.push(cell('submit', raised(row.submit), outcome))
  if (!row.submit.ok || outcome !== 'ok') return cells
  return [
    ...cells,
    cell('request_status', row.submit.request_status, facts.records[REQUEST].status),
    cell('published', row.submit.published, isPublished(facts)),
  ]
}

/** One row of flow_inclusion: the owner of a published record offers it to a community. Refusals come in a list. */
export async function inclusionFlow(row, table, preset) {
  only(row, ['id', 'community', 'record_access', 'actor', 'require_review', 'add'], 'row')
  const { add } = row
  only(add, ['ok', 'error', 'message', 'errors', 'request_status', 'included', 'default'], 'add')
  const engine = await engineWith({}, preset)
  const subject = actor(row.actor)
  const facts = world(row.community, record(subject.id, 'published', level(row)))
  const params = { community: COMMUNITY, request: REQUEST, review: reviewed(row) }
  const given = ofRecord(engine, facts, subject, 'include', params)
  if (!add.ok) return [cell('add', raised(add), given)]
  const expected = add.errors.map((text) => named(ERRORS, text, 'add.errors'))
  const { communities } = facts.records[RECORD].parent
  return [
    cell('errors', expected, given === 'ok' ? [] : [given]),
    cell('request_status', add.request_status, facts.records[REQUEST]?.status),
    cell('included', add.included, belongs(facts)),
    cell('default', add.default, belongs(facts) ? communities.default === COMMUNITY : null),
  ]
}

const KINDS = { submission: offerDraft, inclusion: offerPublished }

/** One row of flow_request_actions: an answer to a request that is submitted, once or twice. */
export async function requestFlow(row, table, preset) {
  only(row, ['id', 'kind', 'record_access', 'action', 'actor', 'result'], 'row')
  only(row.result, ['ok', 'error', 'message', 'status', 'published', 'in_community'], 'result')
  const engine = await engineWith({}, preset)
  const { facts, type } = named(KINDS, row.kind, 'kind')(engine, level(row))
  const [, action, again] = /^(\w+)( \(again\))?$/.exec(row.action) ?? []
  if (action === undefined) throw new NotUnderstood(`action \`${row.action}\``)
  const resource = { type, id: REQUEST }
  const subject = actor(row.actor)
  const first = again && run(engine, facts, subject, resource, action)
  const given = run(engine, facts, subject, resource, action)
  const cells = [...(again ? [cell('first', 'ok', first)] : []), cell('result', raised(row.result), given)]
  if (!row.result.ok || given !== 'ok') return cells
  const found = { status: facts.records[REQUEST].status, published: isPublished(facts), in_community: belongs(facts) }
  const told = Object.keys(found).filter((key) => key in row.result)
  return [...cells, ...told.map((key) => cell(key, row.result[key], found[key]))]
}

const SUBMITTER = actor('submitter')

function offerDraft(engine, access) {
  const facts = world(OPEN, record(SUBMITTER.id, 'draft', access))
  const prepared = ofRecord(engine, facts, SUBMITTER, 'update_review', { community: COMMUNITY, request: REQUEST })
  return offeredBy([prepared, ofRecord(engine, facts, SUBMITTER, 'submit_review')], facts, 'community-submission')
}

function offerPublished(engine, access) {
  const facts = world(OPEN, record(SUBMITTER.id, 'published', access))
  const asked = ofRecord(engine, facts, SUBMITTER, 'include', { community: COMMUNITY, request: REQUEST })
  return offeredBy([asked], facts, 'community-inclusion')
}

/** A row says nothing of how its request came about; that must not fail. */
function offeredBy(outcomes, facts, type) {
  const wrong = outcomes.find((outcome) => outcome !== 'ok')
  if (wrong !== undefined) throw new NotUnderstood(`the request could not be made: ${wrong}`)
  return { facts, type }
}
