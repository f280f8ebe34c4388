/** Says what came of something that was done, on the page and to a screen reader. */
import { message, type Outcome } from '../model/run.js'
import { subjectId, world } from '../model/state.js'
import { either, namesFor } from '../words/names.js'
import { missingPhrase } from '../words/remedies.js'
import { actionWords } from '../words/workflow.js'

export function tell(action: string, outcome: Outcome): void {
  const names = namesFor(world.value.facts, subjectId.value)
  if (outcome.t === 'done') {
    message.value = { kind: 'good', text: `${actionWords(action).done} Saved on this device.` }
  } else if (outcome.t === 'refused') {
    message.value = { kind: 'bad', text: `Refused: ${outcome.message}` }
  } else {
    const missing = either(
      outcome.missing.map((key) => missingPhrase(key, names)),
      'and',
    )
    message.value = { kind: 'bad', text: `Nobody can tell without ${missing || 'facts that were put aside'}.` }
  }
}
