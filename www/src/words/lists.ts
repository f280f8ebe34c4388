/** Access lists in words: what they are made of, what one says, and what to do about a refusal. */
import type { AccessList, Actor, PropertyValue, Spoken } from '../model/lists.js'
import { either } from './names.js'

/** Ways of saying which records are meant. */
export const TYPES: { [type: string]: { label: string; hint: string } } = {
  id: { label: 'These records', hint: 'Named by their ids, in whatever state they are.' },
  default: { label: 'All of a kind', hint: 'Every record of the kinds that are ticked.' },
  query: { label: 'What a query finds', hint: 'Records of the kinds that match it, now and later.' },
  property_value: { label: 'What has certain values', hint: 'Records of the kinds whose fields hold them.' },
}

export const typeLabel = (type: string): string => TYPES[type]?.label ?? type

/** Operations the policy asks lists about. Any other word may be written, for a host that asks about it. */
export const OPERATIONS: readonly { name: string; verb: string }[] = [
  { name: 'get', verb: 'read' },
  { name: 'update', verb: 'edit' },
  { name: 'delete', verb: 'delete' },
  { name: 'read-files', verb: 'open the files of' },
]

const verbOf = (operation: string): string => OPERATIONS.find(({ name }) => name === operation)?.verb ?? operation

/** Kinds of records, by their schemas. */
const KINDS: { [schema: string]: string } = {
  record: 'records',
  document: 'documents of the library',
  series: 'series',
  item: 'items of the library',
  'electronic-item': 'electronic items',
}

export const kindWord = (schema: string): string => KINDS[schema] ?? schema

interface ActorWords {
  label: string
  fields: readonly { key: string; label: string; hint: string }[]
}

const ROLES = { key: 'roles', label: 'Global roles, a line each', hint: 'data-stewards' }
const USERS = { key: 'users', label: 'Users, a line each', hint: '13' }
const pointer = (hint: string): ActorWords['fields'][number] => ({ key: 'path', label: 'Where in the record', hint })

export const ACTORS: { [type: string]: ActorWords } = {
  user: { label: 'People', fields: [USERS] },
  role: { label: 'Holders of a global role', fields: [ROLES] },
  system_role: {
    label: 'Everybody of a sort',
    fields: [{ key: 'system_role', label: 'Who', hint: 'authenticated' }],
  },
  record_user: { label: 'People who stand in the record', fields: [pointer('/owners/0/user')] },
  record_role: { label: 'Roles that stand in the record', fields: [pointer('/metadata/readers')] },
  parametrised_role: {
    label: 'A role for what stands in the record',
    fields: [
      { key: 'role', label: 'Role', hint: 'administrator' },
      { key: 'parameter', label: 'Of', hint: 'faculty' },
      pointer('/metadata/faculty'),
    ],
  },
}

/** An actor of a host's own comes with what the host found it to mean. */
export const actorWords = (type: string): ActorWords =>
  ACTORS[type] ?? { label: type, fields: [USERS, ROLES, { key: 'system_roles', label: 'System roles', hint: '' }] }

/** `other`: what it is called outside of lists. */
export const SYSTEM_ROLES: readonly { name: string; label: string; other?: string }[] = [
  { name: 'authenticated', label: 'everybody signed in', other: 'authenticated_user' },
  { name: 'everyone', label: 'everybody', other: 'any_user' },
  { name: 'anonymous', label: 'those not signed in' },
]

const text = (value: unknown): string => String(value ?? '')
const all = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : [])

type NameOf = (id: string) => string

const peoplePhrase = (ids: string[], nameOf: NameOf): string => either(ids.map(nameOf), 'and')
const rolesPhrase = (roles: string[]): string => (roles.length > 0 ? `holders of ${either(roles)}` : '')
const systemRolePhrase = (name: string): string =>
  SYSTEM_ROLES.find((role) => [role.name, role.other].includes(name))?.label ?? name

function actorPhrase(actor: Actor, nameOf: NameOf): string {
  switch (actor.type) {
    case 'user':
      return peoplePhrase(all(actor['users']), nameOf)
    case 'role':
      return rolesPhrase(all(actor['roles']))
    case 'system_role':
      return systemRolePhrase(text(actor['system_role']))
    case 'record_user':
      return `whoever stands at ${text(actor['path'])}`
    case 'record_role':
      return `holders of the roles at ${text(actor['path'])}`
    case 'parametrised_role':
      return `${text(actor['role'])} of the ${text(actor['parameter'])} at ${text(actor['path'])}`
    default:
      return actor.type
  }
}

/** Of whom a list speaks. `nameOf` says a person. */
export const whoPhrase = ({ actors }: AccessList, nameOf: NameOf): string =>
  either(
    actors.flatMap((actor) => actorPhrase(actor, nameOf) || []),
    'and',
  ) || NOBODY

/** Of whom it speaks at one record. */
export function meantPhrase({ users, roles, system_roles: systemRoles }: Spoken, nameOf: NameOf): string {
  const unknown = users === null || roles === null ? ['others that stand in what is not shown here'] : []
  const known = [peoplePhrase(users ?? [], nameOf), rolesPhrase(roles ?? []), ...systemRoles.map(systemRolePhrase)]
  return either([...known.filter(Boolean), ...unknown], 'and') || NOBODY
}

const NOBODY = 'nobody yet'

/** "May read", "May not open the files of". */
export const effectPhrase = ({ effect, operation }: Pick<AccessList, 'effect' | 'operation'>): string =>
  `${effect === 'deny' ? 'May not' : 'May'} ${verbOf(operation)}`

/** Which records are meant; `titleOf` says one of them. */
export function matterPhrase(list: AccessList, titleOf: (id: string) => string): string {
  const kinds = either((list.schemas ?? []).map(kindWord), 'and')
  switch (list.type) {
    case 'id':
      return (
        either(
          (list.records ?? []).map((id) => titleOf(String(id))),
          'and',
        ) || 'no record yet'
      )
    case 'query':
      return `${kinds} that match a query`
    case 'property_value':
      return `${kinds} where ${either((list.property_values ?? []).map(propertyPhrase), 'and')}`
    default:
      return `all ${kinds}`
  }
}

const propertyPhrase = ({ name, value, match_operation: match, bool_operation: bool }: PropertyValue): string =>
  `${name} ${bool === 'must_not' ? 'is not' : match === 'match' ? 'has a word of' : 'is'} “${value}”`

/** What may be done about an answer of the server. */
const REMEDIES: { [status: number]: string } = {
  403: 'Name records that you manage, and what you may do to them yourself, or ask somebody who keeps all access lists.',
  404: 'Somebody removed it, or one of its records, or you no longer manage them. Close this and look at the list again.',
  409: 'It was written already, it seems: close this and look.',
  412: 'Somebody else changed it while you wrote. Nothing of yours is written: take theirs and change that.',
}

export const remedyFor = (status: number): string => REMEDIES[status] ?? ''

/** What a trial found, in a sentence. */
export function foundPhrase({ total, relation }: { total: number; relation: 'eq' | 'gte' }): string {
  const number = total.toLocaleString('en')
  if (relation === 'gte') return `It speaks of ${number} records or more that you may read.`
  if (total === 0) return 'It speaks of no record that you may read.'
  return `It speaks of ${total === 1 ? 'one record' : `${number} records`} that you may read.`
}
