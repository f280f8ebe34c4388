import type { Decision } from 'lictor'
import type { JSX } from 'preact'
import type { Names } from '../words/names.js'
import { briefly, reasonSentence } from '../words/reasons.js'
import { missingPhrase, remedyPhrases } from '../words/remedies.js'

/** Every condition the engine names, and what would change a denial or settle an unknown. */
export function Why({ decision, names }: { decision: Decision; names: Names }): JSX.Element {
  return (
    <div class="why">
      <ul class="reasons">
        {decision.reasons.map((reason, i) => (
          <li key={`${reason.code} ${i}`}>
            <span class={`tick tick-${String(reason.holds)}`} aria-hidden="true" />
            <span class="sr">{reason.holds === null ? 'Unknown: ' : reason.holds ? 'Holds: ' : 'Does not hold: '}</span>
            {reasonSentence(reason, names)}
          </li>
        ))}
      </ul>
      {decision.missing.length > 0 && (
        <div class="remedies remedies-unknown">
          <p>To settle it, look up:</p>
          <ul>
            {decision.missing.map((key) => (
              <li key={JSON.stringify(key)}>{missingPhrase(key, names)}</li>
            ))}
          </ul>
        </div>
      )}
      {decision.remedies.length > 0 && (
        <div class="remedies">
          <p>{decision.remedies.length === 1 ? 'What it would take' : 'What it would take, any one of'}</p>
          <ul>
            {remedyPhrases(decision.remedies, names).map((phrase) => (
              <li key={phrase}>{phrase}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

/** One line that says the most: why yes, what it would need, or what is not known. */
export function gist(decision: Decision, names: Names): string {
  const { decision: answer, reasons, remedies, missing } = decision
  if (answer === 'unknown') return missing[0] ? `Depends on ${missingPhrase(missing[0], names)}.` : 'Not known.'
  if (answer === 'deny') {
    const [phrase] = remedyPhrases(remedies, names)
    if (phrase) return `Needs ${phrase}.`
  }
  const telling = reasons.filter((reason) => reason.holds === (answer === 'allow'))
  const best = PREFERRED.map((code) => telling.find((reason) => reason.code === code)).find(Boolean) ?? telling[0]
  return best ? briefly(best, names) : ''
}

/** Of several reasons people want to hear the personal one first. */
const PREFERRED = [
  'banned',
  'excluded',
  'owner',
  'granted_to_role',
  'community_role',
  'granted_by_row',
  'need',
  'granted_to_anyone',
  'state',
]
