import type { Prediction } from 'lictor/client'
import type { JSX } from 'preact'
import { busy, runTransition } from '../model/run.js'
import { actionWords } from '../words/workflow.js'
import { tell } from './tell.js'

interface Props {
  id: string
  /** Transitions that need no words; those that are allowed become buttons. */
  actions: readonly string[]
  decisions: { [action: string]: Prediction }
}

export function Deeds({ id, actions, decisions }: Props): JSX.Element | null {
  const allowed = actions.filter((action) => decisions[action]?.decision === 'allow')
  if (allowed.length === 0) return null
  return (
    <div class="buttons">
      {allowed.map((action) => (
        <button
          key={action}
          type="button"
          class="plain"
          data-testid={`do-${action}`}
          disabled={busy.value}
          onClick={() => void runTransition(id, action).then((outcome) => tell(action, outcome))}
        >
          {actionWords(action).label}
        </button>
      ))}
    </div>
  )
}
