import type { Prediction } from 'lictor/client'
import type { ComponentChildren, JSX } from 'preact'
import type { RepositoryRecord } from '../model/document.js'
import { names } from '../model/say.js'
import { source } from '../model/state.js'
import { Deeds } from './Deeds.js'
import { Time } from './Time.js'
import { Why } from './Why.js'

/** What is shown for a record this device was not given: the same as for one that never was. */
export function NotFound({ id, decision }: { id: string; decision?: Prediction }): JSX.Element {
  return (
    <div class="gone" data-testid="not-found" data-conceal={decision?.conceal ?? false}>
      <p class="gone-mark" aria-hidden="true">
        404
      </p>
      <h1 id="record-title">Not found</h1>
      <p>
        There is no record <code>{id}</code>, as far as {names.value.subject} can tell.
      </p>
      <details>
        <summary>Look behind the door</summary>
        <p>
          There is nothing behind it. A refusal would reveal that a record exists, so the server answers one that is
          concealed like one that never was, and does not send it: neither this page nor this device knows which it is.
        </p>
      </details>
    </div>
  )
}

const AFTERWARDS = ['restore', 'mark', 'unmark']

function asked(id: string, action: string): [string, Prediction][] {
  const answer = source.value?.can(action, { type: 'record', id })
  return answer ? [[action, answer]] : []
}

/** Of a record that was taken away whoever could read it is told so, and no more. */
export function Tombstone({ record: { id, deletion } }: { record: RepositoryRecord }): JSX.Element {
  const decisions = Object.fromEntries(AFTERWARDS.flatMap((action) => asked(id, action)))
  return (
    <div class="gone" data-testid="tombstone">
      <p class="gone-mark" aria-hidden="true">
        †
      </p>
      <h1 id="record-title">Taken away</h1>
      <p>
        The record <code>{id}</code> was published and is no longer shown{deletion?.at !== undefined && ', since '}
        {deletion?.at !== undefined && <Time at={deletion.at} />}.
      </p>
      {deletion?.reason && <p>“{deletion.reason}”</p>}
      <Deeds id={id} actions={AFTERWARDS} decisions={decisions} />
    </div>
  )
}

interface UnsureProps {
  id: string
  decision: Prediction | undefined
  children: ComponentChildren
}

/** Unknown is never allow: until somebody can tell, nothing of the record is shown. */
export function Unsure({ id, decision, children }: UnsureProps): JSX.Element {
  return (
    <div class="gone" data-testid="unsure-record">
      <p class="gone-mark" aria-hidden="true">
        ?
      </p>
      <h1 id="record-title">Nobody can tell yet</h1>
      <p>
        Whether {names.value.subject} may read <code>{id}</code> depends on facts this device does not hold.
      </p>
      {decision && <Why action="read" decision={decision} names={names.value} />}
      {children}
    </div>
  )
}
