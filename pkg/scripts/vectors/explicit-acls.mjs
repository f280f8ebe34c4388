// Rows of invenio-explicit-acls: what access lists say of a record, actors by themselves, and the schema a record keeps.
import { cell, expects, list, named, NotUnderstood, only, sorted } from './shape.mjs'
import { engineFor } from './world.mjs'

export const RELEASED_LISTS = 'explicit-acls-4.5.0'
export const LISTS = 'explicit-acls'

const KINDS = { acl_decision: decisions, actor_matches: actor, schema_keeping: schema }
export const speaksOfLists = (row) => Object.hasOwn(KINDS, row.kind)

/** Upstream's words for what there is here. */
const TYPES = { id: 'id', default: 'default', elasticsearch: 'query', propertyvalue: 'property_value' }
const ACTORS = {
  user: 'user',
  role: 'role',
  system_role: 'system_role',
  recorduser: 'record_user',
  recordrole: 'record_role',
}
const ACTIONS = { get: 'read' }

export async function lists(row, table, preset) {
  only(row, ['id', 'source', 'kind', 'note', 'context', 'expected', 'deviation'], 'row')
  return KINDS[row.kind](row, preset)
}

/** Schemas are named without the address they are published under; the text field is that of the table's description. */
function rules(schemas, more = {}) {
  return { acls: { schemas, fields: { title: 'text' }, ...more } }
}

function actorOf({ type, ...rest }) {
  return { type: named(ACTORS, type, 'actor'), ...rest }
}

export function aclOf({ id, type, actors, record_id: record, record_selector: query, ...rest }) {
  const keys = ['schemas', 'operation', 'priority', 'priority_group', 'property_values']
  const own = { type: named(TYPES, type, id), actors: list(actors, id).map(actorOf), ...only(rest, keys, id) }
  return [id, { ...own, ...(record !== undefined && { records: [record] }), ...(query !== undefined && { query }) }]
}

/** A principal, with the system roles it comes with where nothing is derived from the user. */
function subjectOf({ id, roles }, systemRoles, preset) {
  if (id === null) return { type: 'anonymous' }
  const own = preset === RELEASED_LISTS ? { system_roles: systemRoles } : {}
  return { type: 'user', id, properties: { roles: roles.map(String), ...own } }
}

async function decisions(row, preset) {
  const keys = ['acls', 'record', 'principals', 'system_roles', 'operations']
  const { acls, record, principals, system_roles: vouched, operations } = only(row.context, keys, 'context')
  const expected = expects(row, ['applicable_acls', 'materialised', 'allow', 'allowed_ops_per_principal', 'error'])
  const schemas = new Set(list(acls, 'acls').flatMap((acl) => acl.schemas))
  const engine = await engineFor({ policy: preset, changes: rules([...schemas, 'records/record-v1.0.0.json']) })
  const facts = { acls: Object.fromEntries(acls.map(aclOf)), records: { [record.id]: record.metadata }, complete: true }
  const resource = { type: 'record', id: record.id }
  const explained = explain(engine, resource, facts)
  if (expected.error !== undefined || explained === undefined)
    return [cell('error', expected.error, explained === undefined ? 'JsonPointerException' : undefined)]
  const cells = [
    cell('applicable_acls', sorted(expected.applicable_acls), sorted(explained.matched.map(({ id }) => id))),
    cell('materialised', byId(expected.materialised), byId(explained.materialised)),
  ]
  for (const [name, principal] of Object.entries(principals)) {
    const subject = subjectOf(principal, named(vouched, name, 'system_roles'), preset)
    const hit = engine.operations({ subject, resource }, facts)
    const answers = operations.map((operation) => [operation, may(engine, subject, operation, resource, facts, hit)])
    for (const [operation, answer] of answers) {
      cells.push(cell(`allow.${name}.${operation}`, named(expected.allow, name, 'allow')[operation], answer))
    }
    const allowed = answers.filter(([, answer]) => answer).map(([operation]) => operation)
    cells.push(cell(`operations.${name}`, sorted(expected.allowed_ops_per_principal[name]), sorted(hit.allowed)))
    cells.push(cell(`agree.${name}`, sorted(hit.allowed), sorted(allowed)))
  }
  return cells
}

/** An operation that is an action of the policy is decided as it; any other by lists alone. */
function may(engine, subject, operation, resource, facts, hit) {
  const action = ACTIONS[operation] ?? operation
  if (!engine.policy.actions.includes(action)) return hit.allowed.includes(operation)
  return engine.check({ subject, action, resource }, facts).decision === 'allow'
}

function explain(engine, resource, facts) {
  try {
    return engine.explainLists({ subject: { type: 'system' }, resource }, facts)
  } catch (error) {
    if (error.code === 'malformed' && error.path === 'evaluation.resource') return undefined
    throw error
  }
}

/** What an index keeps, whatever the order; ids are text here. */
function byId(entries) {
  if (!Array.isArray(entries)) return entries
  const text = (entry) =>
    Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, Array.isArray(value) ? texts(value) : value]))
  return entries.map(text).sort((a, b) => (a.id < b.id ? -1 : 1))
}

const texts = (values) => sorted(values.map(String))

/** One actor: that of a list on every record, which a pointer that leads nowhere does not stop. */
async function actor(row, preset) {
  const keys = ['actor', 'record', 'principal', 'principals', 'system_roles']
  const { actor, record, principal, principals, system_roles: vouched } = only(row.context, keys, 'context')
  const { matches } = expects(row, ['matches'])
  const alone = { record_actors_unread: false, pointers_must_lead: false }
  const engine = await engineFor({ policy: preset, changes: rules(['any'], alone) })
  const acl = { type: 'default', schemas: ['any'], operation: 'get', actors: [actorOf(actor)] }
  const document = { ...record, $schema: 'any' }
  const subject = subjectOf(named(principals, principal, 'principals'), vouched, preset)
  const resource = { type: 'record', id: 'r', properties: document }
  const { decision } = engine.check({ subject, action: 'read', resource }, { acls: { a: acl }, complete: true })
  return [cell('matches', matches, decision === 'allow')]
}

const PUBLISHED = 'https://localhost/schemas/'

/** The schema a record keeps when it is written, or the schema by which lists know it. */
async function schema(row, preset) {
  const {
    allowed,
    preferred,
    enabled,
    record = {},
    op,
  } = only(row.context, ['allowed', 'preferred', 'enabled', 'record', 'op'], 'context')
  if (enabled !== undefined) return known(row, enabled, record, preset)
  const expected = expects(row, ['schema', 'error'])
  const changes = rules(allowed, { preferred: PUBLISHED + preferred })
  const engine = await engineFor({ policy: preset, changes })
  const { create, update } = only(op, ['create', 'update'], 'op')
  const subject = { type: 'system' }
  const facts = { records: create === undefined ? { r: record } : {}, complete: true }
  const call =
    create !== undefined
      ? { do: 'create', subject, id: 'r', record: create }
      : { do: 'update', subject, resource: { type: 'record', id: 'r' }, set: update }
  // Upstream changes records without asking who does.
  const done = engine.step(call, { ...facts, access: [] })
  if (done.t !== 'done') throw new NotUnderstood('facts are wanted')
  if (done.error !== undefined && done.error.code !== 'unknown_value')
    throw new NotUnderstood(`refused: ${done.error.code}`)
  if (expected.error !== undefined) return [cell('error', expected.error, done.error && 'AttributeError')]
  return [cell('schema', expected.schema, done.changes[0]?.value.$schema)]
}

async function known(row, enabled, record, preset) {
  const { enabled_schema: expected } = expects(row, ['enabled_schema'])
  const engine = await engineFor({ policy: preset, changes: rules(enabled) })
  const acl = (schema) => ({ type: 'default', schemas: [schema], operation: 'get', actors: [] })
  const acls = Object.fromEntries(enabled.map((schema) => [schema, acl(schema)]))
  const facts = { acls, records: { r: record }, complete: true }
  const { matched } = explain(engine, { type: 'record', id: 'r' }, facts)
  return [cell('enabled_schema', expected, matched[0]?.id ?? null)]
}

/** The lists that speak of the record of a row. */
function speaking({ row }) {
  const applicable = row.expected.applicable_acls ?? []
  return row.kind === 'acl_decision' ? row.context.acls.filter(({ id }) => applicable.includes(id)) : []
}

const ANSWERS = /^(materialised|allow\.|operations\.)/

/** Whether lists of other operations or groups have other priorities. */
export function stacked({ row, cell }) {
  const priorities = new Set(speaking({ row }).map(({ priority }) => priority))
  const stacks = new Set(speaking({ row }).map((acl) => `${acl.operation} ${acl.priority_group}`))
  return ANSWERS.test(cell) && priorities.size > 1 && stacks.size > 1
}

/** Whether a list speaks of those who stand in the record. */
export function foundInRecords({ row, cell }) {
  return ANSWERS.test(cell) && speaking({ row }).some(({ actors }) => actors.some(({ path }) => path !== undefined))
}

/** Whether no list names the schema of the record. */
export function unnamed({ row, cell }) {
  if (row.kind !== 'acl_decision' || !ANSWERS.test(cell)) return false
  const schema = row.context.record.metadata.$schema ?? ''
  return !row.context.acls.some(({ schemas }) => schemas.some((known) => schema.endsWith(`/${known}`)))
}
