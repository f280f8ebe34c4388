import type { Decision } from 'lictor'
import type { ComponentChildren, JSX } from 'preact'
import { subjectId, world } from '../model/state.js'
import { namesFor } from '../words/names.js'
import { Why } from './Why.js'

/** What a door shows for a record the subject may not read. The demo adds what a real door would not say: why. */
export function NotFound({ id, decision }: { id: string; decision?: Decision }): JSX.Element {
  const names = namesFor(world.value.facts, subjectId.value)
  return (
    <div class="gone" data-testid="not-found" data-conceal={decision?.conceal ?? false}>
      <p class="gone-mark" aria-hidden="true">
        404
      </p>
      <h1 id="record-title">Not found</h1>
      <p>
        There is no record <code>{id}</code>
        {decision ? `, as far as ${names.subject === 'A visitor' ? 'a visitor' : names.subject} can tell` : ''}.
      </p>
      {decision && (
        <details>
          <summary>Look behind the door</summary>
          <p>
            A refusal would reveal that the record exists, so the engine marks this denial <em>conceal</em>, and a
            repository answers it like a record that never was. The reasons are kept back as well: whoever is denied
            must not learn from them what there is.
          </p>
          <Why action="read" decision={decision} names={names} />
        </details>
      )}
    </div>
  )
}

interface UnsureProps {
  id: string
  decision: Decision | undefined
  children: ComponentChildren
}

/** Unknown is never allow: until somebody can tell, nothing of the record is shown. */
export function Unsure({ id, decision, children }: UnsureProps): JSX.Element {
  const names = namesFor(world.value.facts, subjectId.value)
  return (
    <div class="gone" data-testid="unsure-record">
      <p class="gone-mark" aria-hidden="true">
        ?
      </p>
      <h1 id="record-title">Nobody can tell yet</h1>
      <p>
        Whether {names.subject === 'A visitor' ? 'a visitor' : names.subject} may read <code>{id}</code> depends on
        facts this device does not hold.
      </p>
      {decision && <Why action="read" decision={decision} names={names} />}
      {children}
    </div>
  )
}
