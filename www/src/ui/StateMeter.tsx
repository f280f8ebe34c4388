import type { JSX } from 'preact'
import { stateWords } from '../words/workflow.js'

/** How far a record has come, as four bars that fill up, and the state's name. */
export function StateMeter({ state }: { state: string }): JSX.Element {
  const { label, progress } = stateWords(state)
  return (
    <span class={`meter meter-${progress}`} data-state={state}>
      <span class="bars" aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </span>
      <span class="meter-label">{label}</span>
    </span>
  )
}
