import type { Prediction } from 'lictor/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { RepositoryRecord } from '../model/document.js'
import { nameOf } from '../model/people.js'
import { requestOf } from '../model/requests.js'
import { busy, runTransition } from '../model/run.js'
import { titleOf } from '../model/say.js'
import { stateWords } from '../words/workflow.js'
import { Deeds } from './Deeds.js'
import { tell } from './tell.js'

interface Props {
  record: RepositoryRecord
  decisions: { [action: string]: Prediction }
}

/** The last review of a record: who asked whom, what was answered; and the answers that need words. */
export function Review({ record, decisions }: Props): JSX.Element | null {
  const { review } = record
  if (!review?.status) return null
  const request = review.request === undefined ? undefined : requestOf(review.request)
  const open = review.status === 'submitted'
  return (
    <section class="panel" aria-labelledby="review-head" data-testid="review" data-status={review.status}>
      <h2 id="review-head">
        Review <span class={`stamp stamp-${open ? 'saved' : review.status}`}>{stateWords(review.status).label}</span>
      </h2>
      <p class="aside">
        {review.creator === undefined ? 'Asked for' : `${nameOf(String(review.creator))} asked`}
        {review.community ? ` ${titleOf(review.community)}.` : '.'} {answer(request)}
      </p>
      {open && decisions['request-changes']?.decision === 'allow' && <Decline id={record.id} />}
      {open && <Deeds id={record.id} actions={['cancel']} decisions={decisions} />}
    </section>
  )
}

function answer(request: ReturnType<typeof requestOf>): string {
  if (request?.['changes_requested'] === true) return 'Changes were asked for.'
  const reason = request?.['reason']
  return typeof reason === 'string' ? `Declined: “${reason}”` : ''
}

function Decline({ id }: { id: string }): JSX.Element {
  const [reason, setReason] = useState('')
  const run = async (): Promise<void> => tell('decline', await runTransition(id, 'decline', { reason: reason.trim() }))
  return (
    <form
      class="give"
      onSubmit={(event) => {
        event.preventDefault()
        void run()
      }}
    >
      <input
        class="field"
        aria-label="Why it is declined"
        placeholder="Decline it, because …"
        data-testid="decline-reason"
        value={reason}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <button type="submit" class="plain" data-testid="do-decline" disabled={reason.trim() === '' || busy.value}>
        Decline
      </button>
    </form>
  )
}
