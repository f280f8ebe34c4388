/** Which of a decision's reasons to tell, in which order, and the one line that says the most. */
import type { Decision, Reason } from 'lictor'
import type { Names } from './names.js'
import { briefly } from './reasons.js'
import { missingPhrase, remedyPhrases } from './remedies.js'

/** Conditions that forbid: it is good news when they do not hold. */
export const FORBIDDING = ['banned', 'excluded', 'author_excluded', 'acl_denies', 'concealed']

/** What is needed of a decision to tell its reasons; an entry of `engine.who` has as much. */
export type Told = Pick<Decision, 'decision' | 'reasons'>

export type Side = 'for' | 'against' | 'open'

export function sideOf({ code, holds }: Reason): Side {
  if (holds === null) return 'open'
  return holds === FORBIDDING.includes(code) ? 'against' : 'for'
}

/** Of several reasons people want to hear the personal one first. */
const PREFERRED = [
  'granted_to_role',
  'granted_by_row',
  'granted_to_anyone',
  'owner',
  'community_role',
  'user_in',
  'record_grant',
  'acl_allows',
  'past',
  'setting',
  'need',
  'field',
  'state',
]
/** What says hardly anything. */
const LAST = ['always', 'never', 'in_community', 'has_owner']

/** What decided comes first. For an `allow`, what spoke against it changed nothing and is left to the whole rule. */
export function sorted(action: string, { decision, reasons }: Told): Reason[] {
  // Nobody can act as the repository's own process here, so that condition would only be noise.
  const told = reasons.filter(({ code, holds }) => code !== 'system' || holds !== false)
  const order: Side[] =
    decision === 'allow' ? ['for'] : decision === 'deny' ? ['against', 'for'] : ['open', 'against', 'for']
  return order.flatMap((side) =>
    told.filter((reason) => sideOf(reason) === side).sort((a, b) => weight(action, a) - weight(action, b)),
  )
}

/** A reason about another action (one must be able to read what one approves) says less than one about this. */
function weight(action: string, reason: Reason): number {
  const elsewhere = reason['action'] !== undefined && reason['action'] !== action && reason.code !== 'need'
  const found = PREFERRED.indexOf(reason.code)
  // A deny row that is there is the reason; one that is not there is hardly worth a word.
  const rank = FORBIDDING.includes(reason.code)
    ? reason.holds === true
      ? -1
      : 20
    : found >= 0
      ? found
      : LAST.includes(reason.code)
        ? 90
        : 15
  return rank + (elsewhere ? 30 : 0)
}

/** Why yes, what it would need, or what it depends on. */
export function gist(action: string, decision: Decision, names: Names): string {
  const { decision: answer, missing, remedies } = decision
  if (answer === 'unknown') return missing[0] ? `Depends on ${missingPhrase(missing[0], names)}.` : 'Not known.'
  if (answer === 'deny') {
    const [phrase] = remedyPhrases(remedies, names)
    if (phrase) return `Needs ${phrase}.`
  }
  const [telling] = sorted(action, decision)
  return telling ? briefly(telling, names) : ''
}
