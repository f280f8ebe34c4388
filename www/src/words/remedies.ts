/** What would change an answer: remedies of a denial, and facts an unknown waits for. */
import type { Key, RemedyChange } from 'lictor'
import { either, type Names } from './names.js'
import { type Details, deed, list, place, text } from './reasons.js'
import { stateWords } from './workflow.js'

const CHANGES: { [code: string]: (details: Details, names: Names) => string } = {
  sign_in: () => 'to sign in',
  role: (d, n) => `role ${either([...list(d['role']), ...[text(d['role'])].filter(Boolean)])}${place(d, n)}`,
  owner: () => 'to own the record',
  state: (d) => `state ${stateWords(text(d['state'])).label.toLowerCase()}`,
  remove_deny: (d) => `the deny row on “${text(d['action'])}” removed`,
  enable: (d) => `the right to ${deed(d)} switched on`,
  grant: (d, n) => `a grant for ${text(d['role'])} to ${deed(d)}${place(d, n)}`,
}

export const CHANGE_CODES: readonly string[] = Object.keys(CHANGES)

/** Sets of changes as phrases after "needs". Sets that differ in the role only are one phrase: "role curator or admin". */
export function remedyPhrases(remedies: RemedyChange[][], names: Names): string[] {
  const merged = new Map<string, { changes: RemedyChange[]; roles: string[] }>()
  for (const changes of remedies) {
    const key = JSON.stringify(changes.map((change) => (change.change === 'role' ? 'role' : change)))
    const entry = merged.get(key) ?? { changes, roles: [] }
    entry.roles.push(...changes.filter(({ change }) => change === 'role').map((change) => text(change['role'])))
    merged.set(key, entry)
  }
  return [...merged.values()].map(({ changes, roles }) =>
    changes
      .map((change) => (change.change === 'role' ? { ...change, role: roles } : change))
      .map((change) => CHANGES[change.change]?.(change, names) ?? change.change.replaceAll('_', ' '))
      .join(' and '),
  )
}

/** What is missing, as something one could go and look up. */
export function missingPhrase(key: Key, names: Names): string {
  switch (key.relation) {
    case 'record':
      return key.field ? `the field ${key.field} of the record` : 'the record itself'
    case 'community':
      return key.field === 'grants'
        ? `what ${names.community(key.id)} grants its roles`
        : `the community ${names.community(key.id)}`
    case 'user':
      return `the global roles of ${names.user(key.id)}`
    case 'membership': {
      const who = key.where.user === undefined ? 'everybody’s roles' : `the roles of ${names.user(key.where.user)}`
      return key.where.community === undefined ? who : `${who} in ${names.community(key.where.community)}`
    }
    case 'access':
      return key.where.action ? `the access rows on ${key.where.action}` : 'the access rows'
  }
}
