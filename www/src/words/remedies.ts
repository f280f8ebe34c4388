/** What would change an answer: remedies of a denial, and facts an unknown waits for. */
import type { Key, RemedyChange } from 'lictor'
import { either, type Names } from './names.js'
import { type Details, list, place, text } from './reasons.js'
import { stateWords } from './workflow.js'

const CHANGES: { [code: string]: (details: Details, names: Names) => string } = {
  sign_in: () => 'to sign in',
  role: (d, n) => `role ${either(list(d['role']))}${place(d, n)}`,
  owner: () => 'to own the record',
  state: (d) => `state ${either(list(d['state']).map((state) => stateWords(state).label.toLowerCase()))}`,
  field: (d) => `the field ${text(d['field']).replaceAll('_', ' ')} to be ${text(d['value'])}`,
  record_grant: (d) => `to be given the right to ${text(d['value'])} on the record`,
  wait: (d) => `to wait until ${text(d['until'])}`,
  setting: (d, n) => `the setting ${text(d['setting'])} to be “${text(d['value'])}”${place(d, n)}`,
  acl_allows: (d) => `an access list that allows to ${text(d['value'])} it`,
  acl_denies: (d) => `no access list to forbid to ${text(d['value'])} it any more`,
  remove_deny: (d) => `the deny row on “${text(d['action'])}” removed`,
}

export const CHANGE_CODES: readonly string[] = Object.keys(CHANGES)

/**
 * Sets of changes as phrases after "needs". Sets that differ in one thing only are told as one: "role curator or admin",
 * "state editing or pending approval".
 */
export function remedyPhrases(remedies: RemedyChange[][], names: Names): string[] {
  const sets = remedies.map((changes) => changes.map((change): Alternatives => ({ ...change })))
  return merged(merged(sets, 'role'), 'state').map((changes) =>
    changes
      .map((change) => CHANGES[change.change]?.(change, names) ?? change.change.replaceAll('_', ' '))
      .join(' and '),
  )
}

type Alternatives = Details & { change: string }

/** Sets that are equal but for one detail of one kind of change become one, which lists the alternatives. */
function merged(sets: Alternatives[][], kind: 'role' | 'state'): Alternatives[][] {
  const found = new Map<string, Alternatives[]>()
  for (const set of sets) {
    const listed = set.map((change) => (change.change === kind ? { ...change, [kind]: [text(change[kind])] } : change))
    const key = JSON.stringify(set, (name, value: unknown) => (name === kind ? null : value))
    const before = found.get(key)
    found.set(key, before ? before.map((change, i) => joined(change, listed[i], kind)) : listed)
  }
  return [...found.values()]
}

function joined(one: Alternatives, other: Alternatives | undefined, kind: 'role' | 'state'): Alternatives {
  return one.change === kind ? { ...one, [kind]: [...list(one[kind]), ...list(other?.[kind])] } : one
}

/** What is missing, as something one could go and look up. */
export function missingPhrase(key: Key, names: Names): string {
  switch (key.relation) {
    case 'record':
      return key.field ? `the field ${key.field} of the record` : 'the record itself'
    case 'community':
      if (!('id' in key)) return 'the communities'
      return key.field === 'grants'
        ? `what ${names.community(key.id)} grants its roles`
        : `the community ${names.community(key.id)}`
    case 'time':
      return 'what time it is'
    case 'user':
      return `the global roles of ${names.user(key.id)}`
    case 'membership': {
      const who = key.where.user === undefined ? 'everybody’s roles' : `the roles of ${names.user(key.where.user)}`
      return key.where.community === undefined ? who : `${who} in ${names.community(key.where.community)}`
    }
    case 'access':
      return key.where.action ? `the access rows on ${key.where.action}` : 'the access rows'
    case 'acl':
      return 'the access lists'
  }
}
