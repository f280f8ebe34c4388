// Upstream's small objects around access: protection levels with their embargo, grants, and a community's settings.
import { cell, list, NotUnderstood, only } from '../shape.mjs'
import { document } from '../world.mjs'
import { engineWith, yesNo } from './world.mjs'

const LEVELS = { allow: 'public', deny: 'restricted' }
const SYSTEM = { type: 'system' }
const ANYBODY = { type: 'anonymous' }

/** One row of access_objects, by the section it stands in. */
export async function accessObjects(row, table, preset) {
  const engine = await engineWith({}, preset)
  const at = { time: Date.parse(table.meta.generated), complete: true }
  if ('lift_embargo' in row) return levels(engine, at, row)
  if ('grant' in row) return grant(engine, at, row)
  if ('errors' in row) return badLevels(engine, at, row)
  if ('result' in row) return [cell('class', row.result === 'ok' ? 'ok' : 'invalid', made(engine, at, row).outcome)]
  return settings(engine, at, row, preset)
}

const record = (access, more = {}) => ({ status: 'published', access, parent: { access: {} }, ...more })

/** What anybody may do with a record with these levels: that is what they mean. */
function seen(engine, at, properties) {
  const may = (action) => {
    const asked = { subject: ANYBODY, action, resource: { type: 'record', properties } }
    return engine.check(asked, at).decision
  }
  const [record, files] = ['read_record', 'read_files'].map((action) => LEVELS[may(action)] ?? 'unknown')
  return { record, files, active: engine.columns(properties).terms.includes('embargo=true') }
}

function statusOf({ record, files, active }, hasFiles) {
  if (active) return 'embargoed'
  if (record === 'public' && !hasFiles) return 'metadata-only'
  return record === 'public' && files === 'public' ? 'open' : 'restricted'
}

const dumped = ({ record, files, embargo }) => ({ record, files, active: embargo.active })

function levels(engine, at, row) {
  only(row, ['id', 'input', 'has_files', 'dump', 'status', 'errors', 'lift_embargo', 'schema'], 'row')
  only(row.lift_embargo, ['returned', 'dump', 'status'], 'lift_embargo')
  if (list(row.errors, 'errors').length > 0) throw new NotUnderstood('errors: levels that were read all the same')
  const before = record(row.input)
  const found = seen(engine, at, before)
  const facts = { ...at, records: { r: before } }
  const call = {
    do: 'transition',
    subject: SYSTEM,
    resource: { type: 'record', id: 'r' },
    transition: 'lift_record_embargo',
  }
  const done = engine.step(call, facts)
  const lifted = done.outcome === 'ok'
  const after = lifted ? seen(engine, at, done.changes[0].value) : found
  const write = {
    do: 'update',
    subject: SYSTEM,
    resource: { type: 'record', id: 'd' },
    set: [{ path: ['access'], value: row.input }],
  }
  const draft = { ...record({ record: 'public', files: 'public' }), status: 'draft' }
  const written = engine.step(write, { ...at, records: { d: draft } }).outcome
  return [
    cell('levels', dumped(row.dump), found),
    cell('status', row.status, statusOf(found, row.has_files)),
    cell('lifted', row.lift_embargo.returned, lifted),
    cell('after', dumped(row.lift_embargo.dump), after),
    cell('status after', row.lift_embargo.status, statusOf(after, row.has_files)),
    cell('schema', row.schema === 'ok' ? 'ok' : 'invalid', written === 'ok' ? 'ok' : 'invalid'),
  ]
}

/** What upstream noted an error about and read as public. */
export const UNREADABLE = 'unreadable'

function badLevels(engine, at, row) {
  only(row, ['input', 'dump', 'errors'], 'row')
  const properties = record(row.input)
  try {
    return [cell('levels', dumped(row.dump), seen(engine, at, properties))]
  } catch (error) {
    if (error.name !== 'LictorError') throw error
    return [cell('levels', dumped(row.dump), UNREADABLE)]
  }
}

/** Rungs of the ladder by what is given; other words give nothing. */
const GIVES = { view: 'view', preview: 'preview', edit: 'curate', manage: 'manage' }
/** People who each provide one thing more than others do, the plainest first. */
const SUBJECTS = ['1', 'lab', 'any_user'].flatMap((id) => [
  [['id', id], { type: 'user', id }],
  [['role', id], { type: 'user', id: 'x', properties: { roles: [id] } }],
  [['system_role', id], { type: 'user', id: 'x', properties: { system_roles: id === 'any_user' ? [] : [id] } }],
])

/** Upstream cannot make a need of a user whose id is no number. */
export const NO_NUMBER = 'ERROR ValueError'

/** The need a grant is met by: whoever provides it has the level, and nobody else. */
function grant(engine, at, row) {
  only(row, ['grant', 'token', 'need'], 'row')
  only(row.grant, ['subject', 'permission', 'origin'], 'grant')
  const { subject, permission } = row.grant
  // The token is how upstream's index spells these three.
  const token = [subject.type, subject.id, permission].map((text) => Buffer.from(text).toString('base64')).join('.')
  if (row.token !== token) throw new NotUnderstood('token: not made of the grant')
  const properties = record(
    { record: 'restricted', files: 'restricted' },
    { parent: { access: { grants: [row.grant] } } },
  )
  const has = (who) => {
    const action = GIVES[permission] ?? 'view'
    return yesNo(engine.check({ subject: who, action, resource: { type: 'record', properties } }, at).decision)
  }
  const found = has(ANYBODY)
    ? [['system_role', 'any_user']]
    : SUBJECTS.filter(([, who]) => has(who)).map(([need]) => need)
  const need = row.need === NO_NUMBER ? NO_NUMBER : row.need.map(String)
  if (!Object.hasOwn(GIVES, permission)) return [cell('gives', [], found)]
  return [cell('need', [need], found)]
}

const ADDRESS = 'access.'

/** A community that is made with these settings. */
function made(engine, at, { input }) {
  only(
    input,
    ['visibility', 'members_visibility', 'member_policy', 'record_submission_policy', 'review_policy', 'record_policy'],
    'input',
  )
  const settings = Object.fromEntries(Object.entries(input).map(([key, word]) => [ADDRESS + key, word]))
  const call = {
    do: 'import_community',
    subject: SYSTEM,
    id: 'c',
    title: 'C',
    settings,
    variant: 'invenio-communities-29',
  }
  const done = engine.step(call, at)
  return { outcome: done.outcome === 'ok' ? 'ok' : 'invalid', done }
}

function settings(engine, at, row, preset) {
  only(row, ['input', 'dump', 'error'], 'row')
  const { outcome, done } = made(engine, at, row)
  const expected = row.error === undefined ? 'ok' : 'invalid'
  if (expected !== 'ok' || outcome !== 'ok') return [cell('class', expected, outcome)]
  const defaults = document(preset).community.settings.map(({ at: place, default: word }) => [
    place.replace(ADDRESS, ''),
    word,
  ])
  const given = { ...Object.fromEntries(defaults), ...done.changes[0].value.access }
  return [cell('class', expected, outcome), cell('dump', row.dump, given)]
}

/** Whether upstream takes a setting for none at all, or its schema lets a word through that it cannot keep. */
export function takenAnyway({ input, result }) {
  const odd = ([key, word]) =>
    word === null ||
    word === '' ||
    key === 'record_policy' ||
    (key === 'record_submission_policy' && word === 'restricted' && result === 'ok')
  return Object.entries(input).some(odd)
}
