// Addresses of fields, and what listeners hear.
import { METHODS } from './executed.mjs'
import { cell, expects, list, NotUnderstood, only, sorted } from './shape.mjs'
import { accessRow, document, engineFor, subjectOf } from './world.mjs'

const SETTINGS = {
  PRIMARY_COMMUNITY_FIELD: 'primary',
  COMMUNITIES_FIELD: 'secondary',
  SECONDARY_COMMUNITIES_FIELD: 'secondary',
  SECONDARY_COMMUNITY_FIELD: 'secondary',
  OWNED_BY_FIELD: 'owners',
  STATE_FIELD: 'state',
  RECORD_STATUS_FIELD: 'state',
}

/** Reads or writes one field where the deployment keeps it. */
export async function fieldPath(row) {
  const { config, data, op } = only(row.context, ['config', 'data', 'op', 'value'], 'context')
  const entries = Object.entries(config)
  if (entries.length !== 1) throw new NotUnderstood('config: not exactly one setting')
  const [setting, path] = entries[0]
  const field = SETTINGS[setting.replace(/^OAREPO_(COMMUNITIES|FSM)_/, '')]
  if (field === undefined) throw new NotUnderstood(`config: setting \`${setting}\``)
  const [type] = document('oarepo-3.0.5').types
  const changes = { types: [{ ...type, fields: { ...type.fields, [field]: path } }] }
  const engine = await engineFor({ policy: 'oarepo-3.0.5', changes })
  const { result } = expects(row, ['result'])
  if (op === 'get') return [cell('result', result, engine.field(data, field))]
  const after = engine.setField(data, field, written(op, row.context))
  // Upstream's setter hands out the object that holds the field.
  const keys = engine.policy.types[0][field]
  const holder = keys.slice(0, -1).reduce((value, key) => value[key], after)
  return [cell('result', result, holder), cell('read back', written(op, row.context), engine.field(after, field))]
}

function written(op, context) {
  if (typeof op === 'string' && op.startsWith('set:')) return op.slice('set:'.length)
  if (op === 'set' && 'value' in context) return context.value
  if (op !== null && typeof op === 'object') return only(op, ['set'], 'op').set
  throw new NotUnderstood(`op: \`${op}\``)
}

const CREATION = [
  'create',
  'create_community',
  'community',
  'id',
  'id_',
  'title',
  'data',
  'json',
  'ctype',
  'type',
  'op',
]
const HEARD = ['signals', 'signal', 'called', 'emitted', 'fired', 'sent', 'events', 'names', 'order']
const RUN = ['transition', 'record', 'principal', 'grants', 'kwargs']

/** The events of a new community or of a transition; upstream writes their names with underscores. */
export async function signals(row) {
  const { context } = row
  only(context, [...CREATION, ...RUN], 'context')
  const events = 'transition' in context ? await transitionEvents(context) : await creationEvents(context)
  const names = events.map(({ name }) => name.replaceAll('-', '_'))
  const keys = Object.keys(row.expected)
  if (keys.length > 0 && keys.every((key) => /^(before|after|on)[-_]/.test(key))) {
    return namesAndKwargs('signals', row.expected, names, events)
  }
  return Object.entries(expects(row, [...HEARD, 'count', 'kwargs', 'community'])).flatMap(([key, value]) => {
    if (key === 'count') return [cell(key, value, names.length)]
    if (key === 'kwargs') return events.map((event) => cell(key, sorted(value), sorted(heard(event, value))))
    if (key === 'community') return events.map(({ resource }) => cell(key, value, resource.id))
    return namesAndKwargs(key, value, names, events)
  })
}

/** A name, a list of names, or names with what comes along. */
function namesAndKwargs(key, value, names, events) {
  const plain = (text) => text.replaceAll('-', '_')
  if (typeof value === 'string') return [cell(key, [plain(value)], names)]
  if (Array.isArray(value)) {
    const wanted = value.map(plain)
    return [key === 'order' ? cell(key, wanted, names) : cell(key, sorted(wanted), sorted(names))]
  }
  const cells = [cell(key, sorted(Object.keys(value).map(plain)), sorted(names))]
  for (const [name, kwargs] of Object.entries(value)) {
    const event = events.find((one) => plain(one.name) === plain(name))
    if (event === undefined || kwargs === true) continue
    if (Array.isArray(kwargs)) cells.push(cell(`${key}.${name}`, sorted(kwargs), sorted(heard(event, kwargs))))
    else {
      const { community } = only(kwargs, ['community'], `expected.${key}.${name}`)
      cells.push(cell(`${key}.${name}`, community, community === true || event.resource.id))
    }
  }
  return cells
}

/** Which of these keywords an event carries. */
function heard({ resource, payload, subject }, keywords) {
  const carried = {
    [resource.type]: resource,
    record: resource.type === 'record' && resource,
    subject,
    payload,
    ...payload,
  }
  return list(keywords, 'kwargs').filter((keyword) => carried[keyword])
}

async function creationEvents(context) {
  const { op, create, create_community: made = create, community = made ?? {}, ...rest } = context
  if (op !== undefined && !['create', 'create_community'].includes(op)) throw new NotUnderstood(`op: \`${op}\``)
  const own = typeof community === 'string' ? { id: community } : only(community, CREATION, 'community')
  const { id, id_: named = id, title = named, ctype, type = ctype } = { ...rest, ...own }
  if (typeof named !== 'string') throw new NotUnderstood('context: no community id')
  const engine = await engineFor({ policy: 'oarepo-3.0.5' })
  const call = { do: 'create_community', subject: { type: 'system' }, id: named, title, ...(type && { type }) }
  return eventsOf(engine.step(call, { complete: true }))
}

async function transitionEvents({ transition, record, principal = null, grants = [], kwargs: params = {} }) {
  const engine = await engineFor({ policy: 'oarepo-3.0.5' })
  if (!Object.hasOwn(METHODS, transition)) throw new NotUnderstood(`context: transition \`${transition}\``)
  const resource = { type: 'record', id: record.id ?? '1', properties: record }
  const facts = { access: grants.map(accessRow), complete: true }
  return eventsOf(engine.step({ do: 'transition', subject: subjectOf(principal), resource, transition, params }, facts))
}

function eventsOf(done) {
  return done.outcome === 'ok' ? done.events : []
}
