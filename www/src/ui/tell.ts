/** Says what came of something that was done, on the page and to a screen reader. */
import { names } from '../model/say.js'
import { message, type Outcome } from '../model/run.js'
import { resolvePhrase } from '../words/connection.js'
import { either } from '../words/names.js'
import { missingPhrase } from '../words/remedies.js'
import { actionWords } from '../words/workflow.js'

export function tell(action: string, outcome: Outcome): void {
  if (outcome.t === 'done') {
    const where = outcome.at === 'device' ? 'Saved on this device.' : 'The server has done it.'
    message.value = { kind: 'good', text: `${actionWords(action).done} ${where}` }
  } else if (outcome.t === 'refused') {
    message.value = { kind: 'bad', text: `Refused: ${outcome.message}` }
  } else {
    const missing = either(
      outcome.missing.map((key) => missingPhrase(key, names.value)),
      'and',
    )
    const text = `Nobody can tell without ${missing || 'facts that are not here'}.`
    message.value = { kind: 'bad', text: [text, resolvePhrase(outcome.resolve)].filter(Boolean).join(' ') }
  }
}
