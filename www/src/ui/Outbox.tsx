import type { OutboxItem } from 'lictor/client'
import type { JSX } from 'preact'
import { outbox, status, theClient } from '../model/account.js'
import { workOffline } from '../model/network.js'
import { href } from '../model/route.js'
import { names } from '../model/say.js'
import { recordById, recordIn } from '../model/state.js'
import { standing } from '../words/connection.js'
import { deedOf, refusal, STATES } from '../words/outbox.js'
import { reasonSentence } from '../words/reasons.js'
import { Icon } from './icons.js'
import { Refused } from './Refused.js'
import { Time } from './Time.js'

/** Refused first, then what waits, then what is done; the newest of each first. */
const ORDER: { [state in OutboxItem['state']]: number } = {
  rejected: 0,
  saved: 1,
  sent: 1,
  accepted_changed: 2,
  accepted: 2,
}

/** What was done on this device and what became of it: to one record, or to all. */
export function Outbox({ record }: { record?: string }): JSX.Element {
  const items = outbox.value
    .filter(({ intent }) => record === undefined || recordIn(intent.target) === record)
    .sort((a, b) => ORDER[a.state] - ORDER[b.state] || b.intent.n - a.intent.n)
  return (
    <ol class="outbox" data-testid="outbox">
      {items.map((item) => (
        <Item key={item.intent.idem} item={item} withRecord={record === undefined} />
      ))}
      {items.length === 0 && <li class="nothing">Nothing yet.</li>}
    </ol>
  )
}

function Item({ item, withRecord }: { item: OutboxItem; withRecord: boolean }): JSX.Element {
  const { intent, verdict, error } = item
  // What was tried without a network is where it was before.
  const cut = standing(status.value, workOffline.value).kind === 'off'
  const state = item.state === 'sent' && cut ? 'saved' : item.state
  const { label, meaning } = STATES[state]
  return (
    <li class="sent" data-testid={`sent-${intent.action}`} data-item-state={state} data-code={verdict?.code}>
      <p class="sent-head">
        <b>{deedOf(intent)}</b>
        <span class={`stamp stamp-${state}`} title={meaning}>
          {label}
        </span>
      </p>
      <small>
        {withRecord && <RecordName item={item} />} <Time at={intent.made.wall} />
        {state === 'accepted_changed' && ' · on a record others had changed'}
      </small>
      {error && (
        <p class="sent-why">
          <Icon name="question" />
          Not shown meanwhile: {error.message}.
        </p>
      )}
      {verdict?.r === 'rejected' && (
        <>
          <p class="sent-why" data-testid="refusal">
            <Icon name="bar" />
            <span>
              {refusal(verdict)}
              {verdict.because?.map((reason) => (
                <span key={reason.code}> {reasonSentence(reason, names.value)}</span>
              ))}
            </span>
          </p>
          <Refused item={item} verdict={verdict} />
        </>
      )}
      {(state === 'accepted' || state === 'accepted_changed') && withRecord && (
        <button
          type="button"
          class="round sent-away"
          aria-label={`Take “${deedOf(intent)}” off this list`}
          onClick={() => void theClient().dismiss(intent.n)}
        >
          <Icon name="close" />
        </button>
      )}
    </li>
  )
}

/** By its title, where it can still be seen; else by the title it was given here, or by its id. */
function RecordName({ item: { intent } }: { item: OutboxItem }): JSX.Element {
  const id = recordIn(intent.target) ?? ''
  const found = recordById(id)
  if (found) return <a href={href('records', id)}>{found.metadata.title}</a>
  return <code>{id}</code>
}
