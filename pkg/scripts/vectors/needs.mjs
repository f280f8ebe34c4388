// The need algebra: `need_check` rows, and `access_actions` with its permissions as text.
import { cell, expects, list, named, NotUnderstood, only } from './shape.mjs'
import { accessRow, engineFor } from './world.mjs'

/** The engine for what no policy has a say in. */
const anyEngine = () => engineFor({ policy: 'oarepo-3.0.5' })

/** A need whose last part is null has no argument. */
export const need = (parts) => (parts.at(-1) === null ? parts.slice(0, -1) : parts)

/** Whether an identity that provides these needs has a permission. */
export async function permits({ provides = [], needs = [], excludes = [], grants = [], allow_by_default = false }) {
  const query = { provides: provides.map(need), needs: needs.map(need), excludes: excludes.map(need), allow_by_default }
  return (await anyEngine()).permits({ ...query, rows: grants.map(accessRow) })
}

export async function needCheck(row) {
  only(row.context, ['provides', 'grants', 'needs', 'excludes', 'allow_by_default'], 'context')
  return [cell('allow', expects(row, ['allow']).allow, await permits(row.context))]
}

/** Who has the permission, and which atoms it comes down to: each is probed on its own. */
export async function accessActions(row, table) {
  only(row, ['id', 'allow_by_default', 'rows', 'rowset', 'permission', 'needs', 'excludes', 'allow'], 'case')
  const grants = [...table.background_rows, ...list(row.rows, 'rows')].map(rowOf)
  const needs = parsePermission(row.permission, table)
  const ask = (provides) => permits({ provides, needs, grants, allow_by_default: row.allow_by_default })
  const allow = []
  for (const name of table.evaluated_identities) {
    if (await ask(named(table.identities, name, 'identities').provides)) allow.push(name)
  }
  const cells = [cell('allow', row.allow, allow)]
  const text = (atoms) => new Set(atoms.map((atom) => JSON.stringify(atom)))
  const [wanted, unwanted] = [text(row.needs), text(row.excludes)]
  const witness = row.needs.find((atom) => !unwanted.has(JSON.stringify(atom)))
  const identities = Object.values(table.identities).flatMap(({ provides }) => provides)
  for (const atom of text([...row.needs, ...row.excludes, ...identities])) {
    const provided = JSON.parse(atom)
    if (row.needs.length > 0) {
      cells.push(cell(`needs ${atom}`, wanted.has(atom) && !unwanted.has(atom), await ask([provided])))
    }
    if (witness) cells.push(cell(`excludes ${atom}`, unwanted.has(atom), !(await ask([provided, witness]))))
  }
  return cells
}

function rowOf(row) {
  only(row, ['action', 'argument', 'exclude', 'effect', 'type', 'subject'], 'row')
  if (!['user', 'role', 'system_role'].includes(row.type)) throw new NotUnderstood(`row: type \`${row.type}\``)
  if (row.effect !== undefined && !['allow', 'deny'].includes(row.effect)) {
    throw new NotUnderstood(`row: effect \`${row.effect}\``)
  }
  const exclude = row.effect === undefined ? row.exclude === true : row.effect === 'deny'
  return { action: row.action, argument: row.argument ?? null, exclude, [row.type]: row.subject }
}

/** `Permission(oracle-par('2'), UserNeed(a_reader))`. */
function parsePermission(text, table) {
  const inside = /^Permission\((.*)\)$/.exec(text)?.[1]
  if (inside === undefined) throw new NotUnderstood(`permission: \`${text}\``)
  const parts = inside.trim() === '' ? [] : inside.split(/,(?![^(]*\))/)
  return parts.map((part) => parseNeed(part.trim(), table))
}

function parseNeed(text, table) {
  const [, head, , argument] = /^([\w-]+)(\(([^()]*)\))?$/.exec(text) ?? []
  if (head === undefined) throw new NotUnderstood(`permission: \`${text}\``)
  const value = argument === undefined ? undefined : unquoted(argument)
  if (head === 'UserNeed') return ['id', table.identities[value]?.id ?? value]
  if (head === 'RoleNeed') return ['role', value]
  if (head === 'SystemRoleNeed') return ['system_role', value]
  if (argument === undefined && table.registered_system_roles?.includes(head)) return ['system_role', head]
  if (/Need$/.test(head)) throw new NotUnderstood(`permission: \`${text}\``)
  return value == null ? ['action', head] : ['action', head, value]
}

function unquoted(text) {
  if (text === 'None') return null
  const quoted = /^(['"])(.*)\1$/.exec(text)
  if (quoted) return quoted[2]
  return /^\d+$/.test(text) ? Number(text) : text
}
