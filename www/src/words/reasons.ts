/** The engine's reason codes as sentences. The list of codes is closed; a test asks for a sentence for each. */
import type { Json, Reason } from 'lictor'
import { either, lowered, type Names } from './names.js'
import { fieldClaim, fieldWords } from './fields.js'
import { actionWords, stateWords } from './workflow.js'

export type Details = { [detail: string]: Json | undefined }
type Sentence = (yes: boolean, details: Details, names: Names) => string

export const text = (value: Json | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''
export const list = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(text) : [])

const everything = (details: Details): boolean => details['action'] === 'superuser-access'

/** An action or an action need, after "may": "approve it". */
export function deed(details: Details): string {
  const name = text(details['action'])
  if (everything(details)) return 'do everything'
  if (name === 'create') return 'create records'
  return actionWords(name).verb
}

export const place = (details: Details, names: Names): string =>
  ` in ${names.community(text(details['community'])) || 'this community'}`
const roles = (details: Details): string => either(list(details['roles']))
const named = (details: Details): string => text(details['name'])
const spoken = (details: Details): string => fieldWords(named(details))
const label = (state: string): string => stateWords(state).label.toLowerCase()

const REASONS: { [code: string]: Sentence } = {
  always: () => 'The rule asks for nothing.',
  never: () => 'The rule admits nobody.',
  authenticated: (yes, _, n) => `${n.subject} is ${yes ? '' : 'not '}signed in.`,
  system: (yes) => (yes ? 'The repository itself asks.' : 'A person asks, not the repository itself.'),
  user: (yes, d, n) => `${n.subject} is ${yes ? '' : 'not '}${n.user(named(d))}.`,
  role: (yes, d, n) => `${n.subject} ${yes ? 'has' : 'does not have'} the global role ${named(d)}.`,
  system_role: (yes, d, n) => `${n.subject} ${yes ? 'has' : 'does not have'} the system role ${named(d)}.`,
  need: (yes, d, n) => `${yes ? 'An' : 'No'} access row lets ${n.subject} ${deed(d)}.`,
  banned: (yes, d, n) =>
    `${yes ? 'A' : 'No'} deny row bars ${n.subject} ${everything(d) ? 'from everything' : `from all that needs ${text(d['action'])}`}.`,
  enabled: (yes, d) =>
    yes ? `Communities may grant the right to ${deed(d)}.` : `The repository has switched off the right to ${deed(d)}.`,
  community_role: (yes, d, n) => `${n.subject} is ${yes ? '' : 'not '}${roles(d)}${place(d, n)}.`,
  granted_to_role: (yes, d, n) => {
    if (yes) return `${n.subject} is ${roles(d) || 'in a role'}${place(d, n)}, and that role may ${deed(d)}.`
    return roles(d) === ''
      ? `No role may ${deed(d)}${place(d, n)}.`
      : `${n.subject} is not ${roles(d)}${place(d, n)}, who may ${deed(d)}.`
  },
  granted_to_anyone: (yes, d, n) =>
    yes ? `Everybody may ${deed(d)}${place(d, n)}.` : `Not just anybody may ${deed(d)}${place(d, n)}.`,
  granted_to_author: (yes, d, n) =>
    yes ? `Owners may ${deed(d)}${place(d, n)}.` : `Owning the record is not enough to ${deed(d)}${place(d, n)}.`,
  granted_by_row: (yes, d, n) => `${yes ? 'An' : 'No'} access row lets ${n.subject} ${deed(d)}${place(d, n)}.`,
  excluded: (yes, d, n) => `${yes ? 'A' : 'No'} deny row forbids ${n.subject} to ${deed(d)}.`,
  author_excluded: (yes, d) => `${yes ? 'A' : 'No'} deny row forbids owners to ${deed(d)}.`,
  acl_allows: (yes, d, n) =>
    `${yes ? 'An' : 'No'} access list that counts lets ${n.subject} ${either(list(d['values']))} this record.`,
  acl_denies: (yes, d, n) =>
    `${yes ? 'An' : 'No'} access list that counts forbids ${n.subject} to ${either(list(d['values']))} this record.`,
  state: (yes, d) => {
    const wanted = either(list(d['states']).map(label))
    if (yes) return `The record is ${label(text(d['state'])) || wanted}.`
    return text(d['state'])
      ? `The record is ${label(text(d['state']))}, not ${wanted}.`
      : `The record is not ${wanted}.`
  },
  owner: (yes, _, n) => `${n.subject} ${yes ? 'owns' : 'does not own'} the record.`,
  has_owner: (yes) => `The record has ${yes ? 'an' : 'no'} owner.`,
  in_scope: (yes, d, n) => `The record ${yes ? 'belongs' : 'does not belong'} to ${n.community(text(d['community']))}.`,
  setting: (yes, d, n) =>
    `The settings of ${n.community(text(d['community'])) || 'the community'} ${yes ? '' : 'do not '}allow it.`,
  in_community: (yes) => `The record ${yes ? 'belongs' : 'does not belong'} to a community.`,
  field: (yes, d) => fieldClaim(named(d), list(d['values']), yes),
  user_in: (yes, d, n) => `${n.subject} is ${yes ? '' : 'not '}one of ${spoken(d)}.`,
  role_in: (yes, d, n) => `${n.subject} ${yes ? 'has' : 'does not have'} a role that is one of ${spoken(d)}.`,
  filled: (yes, d) => `The record has ${yes ? '' : 'no '}${spoken(d).replace('the ', '')}.`,
  past: (yes, d) => `The day of ${spoken(d)} has ${yes ? '' : 'not '}come.`,
  record_grant: (yes, d, n) =>
    `${n.subject} was ${yes ? '' : 'not '}given the right to ${either(list(d['values'])) || 'it'} on this record.`,
  not_held: (yes) =>
    yes ? 'This device holds what is asked about.' : 'This device does not hold what is asked about.',
  lease: (yes) =>
    yes ? 'What this device holds is recent enough.' : 'What this device holds is too old to answer from.',
  derived: (yes) =>
    `The server found ${yes ? 'that it is so' : 'that it is not so'}, on grounds that are not shown here.`,
  concealed: (_, __, n) => `${n.subject} may not know that this exists.`,
}

/** The same in a few words, where it is clear who is spoken of. */
const BRIEF: { [code: string]: (details: Details, names: Names) => string } = {
  granted_to_role: (d, n) => `As ${roles(d) || 'holder of a role'}${place(d, n)}.`,
  granted_by_row: (d, n) => `By an access row${place(d, n)}.`,
  granted_to_anyone: (d, n) => `As everybody may${place(d, n)}.`,
  acl_allows: () => 'By an access list.',
  owner: () => 'As owner of the record.',
  need: (d) => (everything(d) ? 'As superuser.' : 'By an access row.'),
  community_role: (d, n) => `As ${roles(d)}${place(d, n)}.`,
  record_grant: (d) => `Given the right to ${either(list(d['values']))}.`,
  user_in: (d) => `As one of ${spoken(d)}.`,
  setting: (d, n) => `By the settings of ${n.community(text(d['community'])) || 'the community'}.`,
  state: (d) => `The record is ${label(text(d['state']))}.`,
}

export function briefly(reason: Reason, names: Names): string {
  const brief = reason.holds === true ? BRIEF[reason.code] : undefined
  return brief ? brief(reason, names) : reasonSentence(reason, names)
}

export const REASON_CODES: readonly string[] = Object.keys(REASONS)

export function reasonSentence(reason: Reason, names: Names): string {
  const sentence = REASONS[reason.code]
  if (!sentence) return `${reason.code.replaceAll('_', ' ')}.`
  if (reason.holds !== null) return sentence(reason.holds, reason, names)
  // Whether it is so: the sentence of the "yes" asks the question.
  return `Not known: whether ${lowered(sentence(true, reason, names), names)}`
}

/** What the condition claims, whether it is so or not: for the branches of a rule, which carry a mark of their own. */
export function claim(reason: Reason, names: Names): string {
  const { state: _, ...rest } = reason
  return REASONS[reason.code]?.(true, rest, names) ?? reasonSentence(reason, names)
}
