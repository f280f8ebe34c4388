import type { Decision, Reason } from 'lictor'
import type { Prediction } from 'lictor/client'
import type { JSX } from 'preact'
import type { Names } from '../words/names.js'
import { resolvePhrase } from '../words/connection.js'
import { type Side, sideOf, sorted } from '../words/gist.js'
import { reasonSentence } from '../words/reasons.js'
import { missingPhrase, remedyPhrases } from '../words/remedies.js'

const SIDES: { [side in Side]: string } = { for: 'For it: ', against: 'Against it: ', open: 'Open: ' }

interface Props {
  action: string
  decision: Decision & Pick<Prediction, 'resolve'>
  names: Names
}

/** The conditions that speak for an answer, and what would change a denial or settle an unknown. */
export function Why({ action, decision, names }: Props): JSX.Element {
  const phrases = remedyPhrases(decision.remedies, names)
  const resolve = resolvePhrase(decision.resolve)
  return (
    <div class="why">
      <ul class="reasons">
        {sorted(action, decision).map((reason, i) => (
          <Condition key={`${reason.code} ${i}`} reason={reason} names={names} />
        ))}
      </ul>
      {decision.missing.length > 0 && (
        <div class="remedies remedies-unknown">
          <p>To settle it, look up</p>
          <ul>
            {decision.missing.map((key) => (
              <li key={JSON.stringify(key)}>{missingPhrase(key, names)}</li>
            ))}
          </ul>
        </div>
      )}
      {resolve && <p class="resolve">{resolve}</p>}
      {phrases.length > 0 && (
        <div class="remedies">
          <p>{phrases.length === 1 ? 'What it would take' : 'What it would take, any one of'}</p>
          <ul>
            {phrases.map((phrase) => (
              <li key={phrase}>{phrase}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

function Condition({ reason, names }: { reason: Reason; names: Names }): JSX.Element {
  const side = sideOf(reason)
  return (
    <li>
      <span class={`tick tick-${side}`} aria-hidden="true" />
      <span class="sr">{SIDES[side]}</span>
      {reasonSentence(reason, names)}
    </li>
  )
}
