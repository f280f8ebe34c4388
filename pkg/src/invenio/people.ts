/** Users, their roles, and the rows that allow or deny actions. Roles go by their ids, as upstream's needs do. */

import type { Cell } from '../store/host.js'
import { type KeptRole, roleKey } from '../tools/accounts/cells.js'
import type { JsonObject } from '../types.js'
import type { Files } from './files.js'
import type { Made } from './made.js'
import type { Part } from './part.js'

interface Role {
  id: string
  name: string
  /** Whether it says itself who holds it. */
  lists: boolean
  /** What accounts keep of it. */
  text: string
}

/** The global roles there are, by the keys under which a store's accounts keep them. */
export async function people(files: Files, made: Made): Promise<Cell[]> {
  const roles = new Map<string, Role>()
  const held = new Map<string, Set<string>>()
  for (const part of await files.some('roles.json')) role(part, roles, held, made)
  for (const part of await files.entries('users.json')) user(part, roles, held, made)
  for (const part of await files.some('actions.json')) {
    part.rest('actions', ['action', 'argument', 'exclude', 'type', 'subject'])
    const { value: exclude = false } = part.at('exclude')
    const deny = exclude === false ? false : part.at('exclude').flag()
    const type = part.at('type').word(['user', 'role', 'system_role'])
    const subject = part.at('subject').id()
    if (deny !== undefined && type && subject !== undefined) row(part, { deny, type, subject }, part.at('action'), made)
  }
  files.pass('users.yaml', 'users.yaml')
  return [...roles.values()].map(({ id, text }) => ({ key: roleKey(id), text }))
}

function role(part: Part, roles: Map<string, Role>, held: Map<string, Set<string>>, made: Made): void {
  const id = part.at('id').id()
  const name = part.at('name').id()
  part.rest('roles', ['id', 'name', 'users', 'actions', 'description', 'is_managed'])
  if (id === undefined || name === undefined) return
  if (roles.has(name)) part.fault(`the role \`${name}\` is there twice`, 'duplicate')
  const about = [name === id ? undefined : name, part.at('description').value]
  const description = about.filter((text) => typeof text === 'string' && text !== '').join(': ')
  // Upstream keeps apart roles that somebody else, such as a sign-in, says who holds.
  const external = part.at('is_managed').value === false
  const lists = part.at('users').isThere
  roles.set(name, { id, name, lists, text: JSON.stringify({ description, external } satisfies KeptRole) })
  part.log.take('roles')
  for (const one of part.at('users').listed()) {
    const user = one.id()
    if (user !== undefined) held.set(user, (held.get(user) ?? new Set()).add(id))
  }
  ownRows(part, 'role', id, made)
}

/** Roles may be said of the user (by id or by name), of the role, or of both, which must then agree. */
function user(part: Part, roles: Map<string, Role>, held: Map<string, Set<string>>, made: Made): void {
  const id = part.at('id').id()
  const taken = ['id', 'username', 'full_name', 'active', 'confirmed', 'roles', 'role_ids', 'actions']
  part.rest('users', taken, { no_place: ['email', 'affiliations', 'note', 'password'] })
  if (id === undefined) return
  const byRoles = held.get(id)
  const said = part.at('role_ids').isThere ? ids(part.at('role_ids')) : named(part.at('roles'), roles)
  if (said) {
    const more = [...(byRoles ?? [])].find((role) => !said.includes(role))
    if (more !== undefined) part.fault(`roles.json gives this user \`${more}\` too, and users.json does not`)
    const listing = new Set([...roles.values()].flatMap((role) => (role.lists ? [role.id] : [])))
    const less = said.find((role) => listing.has(role) && !byRoles?.has(role))
    if (less !== undefined) part.fault(`users.json gives this user \`${less}\`, and roles.json does not`)
  }
  const { value: username } = part.at('username')
  const { value: fullName } = part.at('full_name')
  const name = [fullName, username].find((text) => typeof text === 'string' && text !== '')
  const flags: JsonObject = {}
  for (const key of ['active', 'confirmed']) if (part.at(key).isThere) flags[key] = part.at(key).flag() ?? false
  if (flags.active === false) part.log.note('users that are not active', 'kept', part.at('active').path)
  const value = { ...(name !== undefined && { name }), ...flags, roles: said ?? [...(byRoles ?? [])] }
  made.put({ relation: 'user', id }, value, part)
  part.log.take('users')
  ownRows(part, 'user', id, made)
}

const ids = (part: Part): string[] => part.list().flatMap((one) => one.id() ?? [])

function named(part: Part, roles: Map<string, Role>): string[] | undefined {
  if (!part.isThere) return undefined
  return part.list().flatMap((one) => {
    const name = one.text()
    if (name === undefined) return []
    const found = roles.get(name)
    return found ? [found.id] : (one.fault(`there is no role \`${name}\` in roles.json`, 'not_found') ?? [])
  })
}

type To = { deny: boolean; type: 'user' | 'role' | 'system_role'; subject: string }

/** Rows as users and roles repeat them; `actions.json` says the same of all. */
function ownRows(part: Part, type: To['type'], subject: string, made: Made): void {
  for (const [key, deny] of [
    ['allow', false],
    ['deny', true],
  ] as const)
    for (const action of part.at('actions', key).listed()) row(action, { deny, type, subject }, action, made)
}

/** The same row said twice is one row, so its id is made of what it says. */
function row(part: Part, { deny, type, subject }: To, action: Part, made: Made): void {
  const name = action.text()
  const { value: argument = null } = part === action ? { value: null } : part.at('argument')
  if (name === undefined) return
  if (argument !== null && typeof argument !== 'string') return part.at('argument').fault('is not a text')
  const id = JSON.stringify([name, argument, deny ? 'deny' : 'allow', type, subject])
  const key = { relation: 'access', id } as const
  if (made.get(key)) return
  const value = {
    action: name,
    ...(argument !== null && { argument }),
    ...(deny && { exclude: true }),
    [type]: subject,
  }
  made.put(key, value, part)
  part.log.take('rows')
}
