// The library's tables: who is who, which rows give them what, and the configuration.
import { list, named, NotUnderstood, only } from '../shape.mjs'
import { identityOf, machineOf } from '../invenio/world.mjs'
import { engineFor } from '../world.mjs'

export const ILS = 'ils-9'

/** Upstream's configuration, and the definition of the preset that stands for it. */
const SWITCHES = {
  ILS_RECORDS_EXPLICIT_PERMISSIONS_ENABLED: 'switch_explicit_permissions',
  ILS_SELF_CHECKOUT_ENABLED: 'switch_self_checkout',
}

/** The rows of a table, each with the section it stands in; a section that is a map gives a row for each of its keys. */
export function rowsOf({ about, meta, identities, user_ids, action_grants, circulation, ...sections }) {
  const all = Object.entries({ ...sections, ...circulation })
  return all.flatMap(([section, rows]) => {
    const entries = Array.isArray(rows)
      ? rows.entries()
      : Object.entries(rows).map(([of, value]) => [of, { of, value }])
    return [...entries].map(([place, row]) => ({ id: `${section}/${place}`, ...row, section }))
  })
}

/** The engine of a deployment whose configuration stands in the row. */
export function engineOf(row) {
  const define = {}
  for (const [key, name] of Object.entries(SWITCHES)) {
    if (!(key in row)) continue
    if (typeof row[key] !== 'boolean') throw new NotUnderstood(`${key} is neither on nor off`)
    define[name] = row[key] ? 'always' : 'never'
  }
  return engineFor({ policy: ILS, changes: { define } })
}

export const machine = (type) => machineOf(type, ILS)

/** Action grants are access rows. */
export function factsOf(table) {
  const access = list(table.action_grants, 'action_grants').map((grant) => {
    const { action, type, subject } = only(grant, ['action', 'type', 'subject'], 'action_grants')
    if (!['user', 'role', 'system_role'].includes(type)) throw new NotUnderstood(`a row for a ${type}`)
    return { action, [type]: subject }
  })
  return { access, complete: true }
}

export function subjectOf(table, name) {
  return identityOf(named(table.identities, name, 'identities'), name).subject
}

/** Everybody there is, by name. Whoever a row lets in is one of them. */
export function everybody(table, allow) {
  const unknown = list(allow, 'allow').filter((name) => !(name in table.identities))
  if (unknown.length > 0) throw new NotUnderstood(`allow: nobody is \`${unknown.join('`, `')}\``)
  return Object.keys(table.identities).map((name) => [name, subjectOf(table, name)])
}
