// What upstream's permission factories answer: of records, endpoints, views and files, and what its searches show.
import { cell, list, named, NotUnderstood, only } from '../shape.mjs'
import { yesNo } from '../invenio/world.mjs'
import { engineOf, everybody, factsOf, machine, subjectOf } from './world.mjs'

const EXPLICIT = 'ILS_RECORDS_EXPLICIT_PERMISSIONS_ENABLED'
const SELF_CHECKOUT = 'ILS_SELF_CHECKOUT_ENABLED'

/** Asks for everybody: who is let in. */
async function whoMay(row, table, type, action, properties) {
  if (!machine(type).actions.includes(action)) throw new NotUnderstood(`${type}: no action \`${action}\``)
  const engine = await engineOf(row)
  const facts = engine.facts(factsOf(table))
  const resource = { type, id: '1', properties }
  const cells = everybody(table, row.allow).map(([name, subject]) => {
    const { decision } = engine.check({ subject, action, resource }, facts)
    return cell(`${action} ${name}`, row.allow.includes(name), yesNo(decision))
  })
  facts.free()
  return cells
}

/** Who may do this to the record, and which needs let them: each is probed on its own, and words of the record as roles. */
export async function recordPermission(row, table) {
  only(row, ['id', 'section', 'record', 'name', 'action', EXPLICIT, 'needs', 'excludes', 'allow'], 'row')
  if (list(row.excludes, 'excludes').length > 0) throw new NotUnderstood('excludes: never seen')
  const cells = await whoMay(row, table, 'record', row.action, row.record)
  const engine = await engineOf(row)
  const facts = engine.facts(factsOf(table))
  const asks = (subject) =>
    yesNo(
      engine.check({ subject, action: row.action, resource: { type: 'record', properties: row.record } }, facts)
        .decision,
    )
  const wanted = list(row.needs, 'needs').map((need) => JSON.stringify(need))
  const keys = [row.record, ...Object.values(row.record._access ?? {})].flatMap((part) => Object.keys(part))
  const known = [
    ...Object.values(table.identities).flatMap(({ provides }) => provides),
    ...keys.map((key) => ['role', key]),
  ]
  const needs = new Set([...wanted, ...known.map((need) => JSON.stringify(need))])
  const alone = [...needs].map((text) => [text, providing(JSON.parse(text))])
  const everyone = wanted.includes('["system_role","any_user"]')
  for (const [text, subject] of alone)
    cells.push(cell(`needs ${text}`, everyone || wanted.includes(text), asks(subject)))
  facts.free()
  return cells
}

/** Somebody who provides this need, and else what everybody does. */
function providing([kind, name]) {
  const user = (id, roles = []) => ({ type: 'user', id, properties: { roles } })
  if (kind === 'id') return user(name)
  if (kind === 'role') return user('nobody', [name])
  if (kind === 'system_role' && name === 'any_user') return { type: 'anonymous' }
  if (kind === 'system_role' && name === 'authenticated_user') return user('nobody')
  throw new NotUnderstood(`a need of kind \`${kind}\``)
}

/** What a search shows: by the filter and by the index. What upstream let the same identity read one by one is compared too. */
export async function searchFilter(row, table) {
  const keys = ['id', 'section', 'identity', EXPLICIT, 'query', 'visible', 'point_allowed', 'leaked', 'hidden']
  only(row, keys, 'row')
  const engine = await engineOf(row)
  const subject = subjectOf(table, row.identity)
  const facts = engine.facts(factsOf(table))
  const documents = searched(table)
  const filter = engine.filter({ subject, action: 'read', type: 'record' }, facts)
  const index = engine.index(documents.map(({ name, record }) => ({ id: name, ...record })))
  const session = engine.session(subject, facts)
  const rows = new Set(session.visible(index, { action: 'read' }).rows())
  const cells = documents.flatMap(({ name, record }, place) => {
    const { decision } = engine.check(
      { subject, action: 'read', resource: { type: 'record', properties: record } },
      facts,
    )
    const [shown, readable] = [row.visible.includes(name), row.point_allowed.includes(name)]
    return [
      cell(`filter ${name}`, shown, yesNo(filter.answer(record))),
      cell(`visible ${name}`, shown, rows.has(place)),
      cell(`read ${name}`, readable, yesNo(decision)),
      cell(`leaked ${name}`, row.leaked.includes(name), shown && !readable),
      cell(`hidden ${name}`, row.hidden.includes(name), readable && !shown),
    ]
  })
  for (const handle of [filter, index, session, facts]) handle.free()
  return cells
}

/** The documents searches ran over: all that any of them spoke of. */
function searched(table) {
  const records = new Map(table.record_permission.map(({ name, record }) => [name, record]))
  const lists = table.search_filter.flatMap((row) => [row.visible, row.point_allowed, row.leaked, row.hidden])
  return [...new Set(lists.flat())].map((name) => {
    if (!records.has(name)) throw new NotUnderstood(`no record \`${name}\``)
    return { name, record: records.get(name) }
  })
}

/** An action upstream does not know is refused to everybody; here it is an error. */
export async function viewPermission(row, table) {
  only(row, ['id', 'section', 'action', SELF_CHECKOUT, 'context', 'allow'], 'row')
  if (row.context !== null) only(row.context, ['patron_pid'], 'context')
  if (machine('view').actions.includes(row.action)) return whoMay(row, table, 'view', row.action, row.context ?? {})
  if (!/unknown/.test(row.action)) throw new NotUnderstood(`action \`${row.action}\``)
  const engine = await engineOf(row)
  const asked = { subject: { type: 'system' }, action: row.action, resource: { type: 'view', id: '1', properties: {} } }
  return [
    cell(
      'allow',
      row.allow,
      refusedAsUnknown(() => engine.check(asked, factsOf(table))),
    ),
  ]
}

function refusedAsUnknown(check) {
  try {
    return check()
  } catch (error) {
    if (error.code === 'unknown_action') return []
    throw error
  }
}

export async function endpointPermission(row, table) {
  only(row, ['id', 'section', 'endpoint', 'verb', 'factory', 'record', 'allow', 'error'], 'row')
  if (row.error !== null) throw new NotUnderstood(`error \`${row.error}\``)
  only(row.record, ['patron_pid'], 'record')
  return whoMay(row, table, row.endpoint, row.verb, row.record)
}

export async function itemFiles(row, table) {
  only(row, ['id', 'section', 'open_access', 'identity', 'object_read', 'object_delete'], 'row')
  if (![true, false, null].includes(row.open_access)) throw new NotUnderstood('open_access')
  const properties = row.open_access === null ? {} : { open_access: row.open_access }
  const engine = await engineOf(row)
  const subject = subjectOf(table, row.identity)
  const may = (action) =>
    yesNo(engine.check({ subject, action, resource: { type: 'electronic-item', properties } }, factsOf(table)).decision)
  return [
    cell('object_read', row.object_read, may('object-read')),
    cell('object_delete', row.object_delete, may('object-delete')),
  ]
}

/** What becomes of a search in which upstream finds another patron's loans asked for. */
export const REFUSED = 'refused'
export const NARROWED = 'narrowed'

/** A patron's list of loans: those with this patron, whatever was asked for. */
export async function patronFilter(row, table) {
  only(row, ['id', 'section', 'patron_id', 'q', 'filter', 'error'], 'row')
  if ('error' in row ? row.error !== 'UnauthorizedSearchError' : row.filter.length !== 1) {
    throw new NotUnderstood('neither refused nor one filter')
  }
  if (row.q !== null && typeof row.q !== 'string') throw new NotUnderstood('q: no text')
  const ids = Object.values(table.identities).flatMap(({ id }) => (id === null ? [] : [String(id)]))
  const [{ term }] = row.filter ?? [{ term: undefined }]
  if (term !== undefined) only(term, ['patron_pid'], 'filter')
  const engine = await engineOf(row)
  const subject = { type: 'user', id: row.patron_id, properties: { roles: [] } }
  const filter = engine.filter({ subject, action: 'read', type: 'loanid' }, factsOf(table))
  const shown = ids.filter((patron_pid) => filter.matches({ $type: 'loanid', patron_pid }))
  filter.free()
  named(Object.fromEntries(ids.map((id) => [id, id])), row.patron_id, 'patron_id')
  const own = shown.length === 1 && shown[0] === row.patron_id
  return [
    term === undefined
      ? cell('search', REFUSED, own ? NARROWED : shown)
      : cell(
          'search',
          ids.filter((id) => id === term.patron_pid),
          shown,
        ),
  ]
}
