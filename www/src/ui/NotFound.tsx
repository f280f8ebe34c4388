import type { Decision } from 'lictor'
import type { JSX } from 'preact'
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
            A repository says no more than “not found”: a refusal would reveal that the record exists.
            {decision.conceal && ' The engine marks this denial so: conceal.'} Only this demo shows the reasons.
          </p>
          <Why decision={decision} names={names} />
        </details>
      )}
    </div>
  )
}
