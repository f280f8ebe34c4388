import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Heard } from '../api/heard.js'
import { outbox, status, subjectId } from '../model/account.js'
import { heard } from '../model/desk.js'
import { nameOf } from '../model/people.js'
import { href } from '../model/route.js'
import { recordById } from '../model/state.js'
import { Outbox } from './Outbox.js'
import { saveOutbox } from './save.js'
import { Time } from './Time.js'

export function OutboxPage(): JSX.Element {
  const { undecided = 0, refused = 0 } = status.value ?? {}
  return (
    <div class="page" data-testid="outbox-page">
      <h1>Outbox</h1>
      <p class="lead">
        What you did on this device and what the server made of it. It is saved here before you are told so, sent when
        the server can be reached, and decided there. What is refused stays, with your words, until you let it go.
      </p>
      {outbox.value.length > 0 && (
        <p class="buttons">
          <span data-testid="outbox-sum">
            {undecided} waiting, {refused} refused
          </span>
          {undecided + refused > 0 && (
            <button type="button" class="plain" data-testid="export-all" onClick={() => saveOutbox()}>
              Export all that is on no server
            </button>
          )}
        </p>
      )}
      <Outbox />
      <HeardList />
    </div>
  )
}

/** What mail, index or DOI of a repository would hear; asked of the server, and only of records one may read. */
function HeardList(): JSX.Element {
  const [list, setList] = useState<Heard[] | null>(null)
  const person = subjectId.value
  // The token moves with the view, so with everything one may hear of.
  const moved = status.value?.token
  useEffect(() => {
    let current = true
    heard().then(
      (found) => current && setList(found),
      () => current && setList(null),
    )
    return () => {
      current = false
    }
  }, [person, moved])
  return (
    <section class="panel" aria-labelledby="heard-head">
      <h2 id="heard-head">What listeners on the server heard</h2>
      {list === null && <p class="nothing">The server cannot be asked now.</p>}
      {list?.length === 0 && (
        <p class="nothing" data-testid="log">
          Nothing yet.
        </p>
      )}
      {list !== null && list.length > 0 && (
        <ol class="log" data-testid="log">
          {list.map(({ at, event, who, record }, i) => (
            <li key={`${at} ${i}`}>
              <code class="event">{event}</code>
              <span>
                {nameOf(who)}, <a href={href('records', record)}>{recordById(record)?.metadata.title ?? record}</a>
              </span>
              <small>
                <Time at={at} />
              </small>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
