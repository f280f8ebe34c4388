// What became of changes of a record: versions, deletion, grants, links, embargo, communities it is removed from.
import { cell, named, NotUnderstood, only } from '../shape.mjs'
import { access, actor, COMMUNITY, memberships, outcomeOf, raised } from './actors.mjs'
import { engineWith, yesNo } from './world.mjs'

const RECORD = 'r'
const OWNER = 1
const LINK = 'l'
const NOW = Date.UTC(2026, 10, 21)
const DAY = 86_400_000

/** Upstream's configuration that no rule of the preset has a switch for: what it forbids is a departure. */
export const NO_SWITCH = ['RDM_RECORDS_ALLOW_RESTRICTION_AFTER_GRACE_PERIOD', 'grace_days', 'draft_age_days']

const READINGS = [
  [/^(read|edit|new_version)$/, ({ what, ...asked }) => permitted(asked, what)],
  [/^delete_record$/, (asked) => run(asked, 'delete_record')],
  [/^create_secret_link (\w+)$/, ({ what, ...asked }) => run(asked, 'create_link', { link: LINK, permission: what })],
  [/^create_grant user (\w+)$/, ({ what, ...asked }) => granted(asked, 'user', '77', what)],
  [/^create_grant any permission string$/, (asked) => granted(asked, 'user', '77', 'anything')],
  // Settings of access requests, and which community is the first, are fields of the host's: who manages the record changes them.
  [/^update_access_settings$/, (asked) => permitted(asked, 'manage')],
  [/^set_default \w+$/, (asked) => permitted(asked, 'manage')],
  [/^lift_embargo \(none\)$/, (asked) => run(asked, 'lift_record_embargo')],
  [/^lift_embargo \((\w+)\)$/, embargoed],
  [/^public->restricted$/, restrict],
  [/^publish without community/, publish],
  [/^create_secret_link: (no permission|past expiry|future expiry|edit|view|preview|manage)$/, linked],
  [
    /^create_secret_link without expiry when required$/,
    (asked) => run(asked, 'create_link', { link: LINK, permission: 'view' }),
  ],
  [/^(raise|lower) link permission$/, changeLink],
  [/^(postpone|shorten|remove) (?:link )?(?:expiry|expiration)(?: of (?:a )?link)?$/, changeLink],
  [/^grant: /, grants],
  [/^(restore|mark|unmark)(?:_record)?\b/, deletion],
]

/** One row of flow_records. */
export async function recordFlow(row, table, preset) {
  const keys = ['id', 'op', 'record_access', 'actor', 'result', 'grants', ...NO_SWITCH]
  only(row, keys, 'row')
  const required = /RDM_COMMUNITY_REQUIRED_TO_PUBLISH/.test(row.op) ? { RDM_COMMUNITY_REQUIRED_TO_PUBLISH: true } : {}
  const engine = await engineWith(required, preset)
  const asked = { engine, row, subject: subjectOf(row.actor), facts: world(record(row)) }
  if (/^remove (from|last) community/.test(row.op)) return removed(asked)
  if (row.op.startsWith('deleted record: ')) return ofDeleted(asked)
  only(row.result, ['ok', 'error', 'message', 'status'], 'result')
  const [pattern, reading] = READINGS.find(([pattern]) => pattern.test(row.op)) ?? []
  if (reading === undefined) throw new NotUnderstood(`op \`${row.op}\``)
  return [cell('result', raised(row.result), reading({ ...asked, what: pattern.exec(row.op)[1] }))]
}

const subjectOf = (name) => (name === 'owner_of_record' ? { type: 'user', id: OWNER } : actor(name))

/** A published record in the community, as every row has it before. */
function record({ record_access: level = 'public' }) {
  named({ public: 1, restricted: 1 }, level, 'record_access')
  return {
    status: 'published',
    access: { record: level, files: level },
    parent: {
      access: { owned_by: { user: OWNER } },
      communities: { default: COMMUNITY, ids: [COMMUNITY] },
    },
  }
}

const world = (properties) => ({
  time: NOW,
  communities: { [COMMUNITY]: { title: 'C', grants: {}, access: {} } },
  memberships,
  access,
  records: { [RECORD]: properties },
  complete: true,
})

const resource = { type: 'record', id: RECORD }
const may = ({ engine, subject, facts }, action) => yesNo(engine.check({ subject, action, resource }, facts).decision)
const permitted = (asked, action) => (may(asked, action) === true ? 'ok' : 'denied')

/** A transition; what it writes is there for the next one. */
function run({ engine, subject, facts }, transition, params = {}) {
  const done = engine.step({ do: 'transition', subject, resource, transition, params }, facts)
  for (const { key, value } of done.changes ?? []) facts.records[key.id] = value
  return outcomeOf(done)
}

const granted = (asked, type, id, permission) => run(asked, 'create_grant', { subject: { type, id }, permission })

function embargoed(asked) {
  const until = named(
    { active: '2999-12-31', future: '2999-12-31', expired: '2001-01-01', past: '2001-01-01' },
    asked.what,
    'op',
  )
  asked.facts.records[RECORD].access.embargo = { active: true, until }
  return run(asked, 'lift_record_embargo')
}

/** The published record is public; its draft is to be restricted. */
function restrict({ engine, subject, facts }) {
  const properties = { ...record({}), status: 'draft_of_published' }
  const set = [{ path: ['access', 'record'], value: 'restricted' }]
  const done = engine.step({ do: 'update', subject, resource, set }, { ...facts, records: { [RECORD]: properties } })
  return outcomeOf(done)
}

function publish({ engine, subject, facts }) {
  const { parent, ...draft } = { ...record({}), status: 'draft' }
  const alone = { ...draft, parent: { access: parent.access } }
  return run({ engine, subject, facts: { ...facts, records: { [RECORD]: alone } } }, 'publish_draft')
}

const day = (days) => new Date(NOW + days * DAY).toISOString().slice(0, 10)
const LINKS = {
  'no permission': { link: LINK },
  'past expiry': { link: LINK, permission: 'view', expires_at: day(-10) },
  'future expiry': { link: LINK, permission: 'view', expires_at: day(10) },
}

function linked(asked) {
  return run(asked, 'create_link', LINKS[asked.what] ?? { link: LINK, permission: asked.what })
}

/** What becomes of a link that ends and is there before. */
const CHANGES = {
  raise: { permission: 'edit' },
  lower: { permission: 'view' },
  postpone: { expires_at: day(20) },
  shorten: { expires_at: day(5) },
  remove: { expires_at: null },
}

function changeLink(asked) {
  const before = { link: LINK, permission: 'preview', expires_at: day(10) }
  if (run({ ...asked, subject: { type: 'system' } }, 'create_link', before) !== 'ok')
    throw new NotUnderstood('the link could not be made')
  return run(asked, 'create_link', { ...before, ...CHANGES[asked.what] })
}

const STANDS = { restore: 'D', mark: 'D', unmark: 'X' }

function deletion(asked) {
  asked.facts.records[RECORD].status = /\b(published|not deleted)\b/.test(asked.row.op)
    ? 'published'
    : STANDS[asked.what]
  return run(asked, `${asked.what}_record`)
}

/** One after the other; the first that is refused is what becomes of them. */
function grants(asked) {
  const { grants } = asked.row
  if (!Array.isArray(grants) || grants.length === 0) throw new NotUnderstood('grants: none')
  for (const [type, id, permission] of grants) {
    const outcome = granted(asked, type, String(id), permission)
    if (outcome !== 'ok') return outcome
  }
  return 'ok'
}

/** Removals come with a list of what was refused. */
function removed(asked) {
  const { result } = asked.row
  only(result, ['ok', 'error', 'message', 'errors', 'removed'], 'result')
  const given = run(asked, 'exclude', { community: COMMUNITY })
  if (!result.ok) return [cell('result', raised(result), given)]
  const refused = result.errors.map((text) => named({ 'Permission denied.': 'denied' }, text, 'errors'))
  return [
    cell('errors', refused, given === 'ok' ? [] : [given]),
    cell('removed', result.removed, given === 'ok' ? 1 : 0),
  ]
}

/** Who could read it is told that it is gone; who reads deleted ones sees it when they ask for it. */
function ofDeleted(asked) {
  const { row, facts } = asked
  only(row.result, ['read', 'read_include_deleted', 'edit'], 'result')
  facts.records[RECORD].status = 'D'
  const gone = may(asked, 'read_tombstone') === true ? 'gone' : 'denied'
  const whole = may(asked, 'read_deleted') === true ? 'ok' : gone
  const told = ({ ok, error }) => (ok !== true && error === 'RecordDeletedException' ? 'gone' : raised({ ok, error }))
  return [
    cell('read', told(row.result.read), gone),
    cell('read_include_deleted', told(row.result.read_include_deleted), whole),
    cell('edit', told(row.result.edit), permitted(asked, 'edit')),
  ]
}

/** Whether upstream refuses what only a configuration of its own forbids. */
export function isConfigured({ op, ...row }) {
  return NO_SWITCH.some((key) => key in row) || op === 'create_secret_link without expiry when required'
}

/** Whether a row is about whom a grant may name. */
export const isAboutSubjects = ({ op, grants }) =>
  op.startsWith('grant: ') && grants.every(([type]) => ['user', 'role', 'system_role'].includes(type))
