/** Tells of a refusal when it comes, wherever on the page one is: it may be minutes after the deed. */
import { effect } from '@preact/signals'
import { deedOf, refusal } from '../words/outbox.js'
import { outbox } from './account.js'
import { message } from './run.js'

export function watchVerdicts(): void {
  /** Commands seen waiting. Those that were refused before the page opened are no news. */
  const waiting = new Set<string>()
  effect(() => {
    for (const { intent, verdict, state } of outbox.value) {
      if (!verdict) waiting.add(intent.idem)
      else if (waiting.delete(intent.idem) && state === 'rejected')
        message.value = { kind: 'bad', text: `Refused: ${deedOf(intent)}. ${refusal(verdict)}` }
    }
  })
}
