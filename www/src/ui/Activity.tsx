import type { JSX } from 'preact'
import { log } from '../model/log.js'
import { href } from '../model/route.js'

const time = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** The events of one record, or of all. */
export function EntryList({ record }: { record?: string }): JSX.Element {
  const entries = record === undefined ? log.value : log.value.filter((entry) => entry.record === record)
  if (entries.length === 0)
    return (
      <p class="nothing" data-testid="log">
        Nothing yet.
      </p>
    )
  return (
    <ol class="log" data-testid="log">
      {entries.map((entry, i) => (
        <li key={`${entry.at} ${i}`}>
          <code class="event">{entry.event}</code>
          <span>
            {entry.who}
            {record === undefined && (
              <>
                , <a href={href('records', entry.record)}>{entry.title}</a>
              </>
            )}
          </span>
          <small>
            <time dateTime={entry.at}>{time.format(new Date(entry.at))}</time> · revision{' '}
            <Position revision={entry.revision} />
            {entry.offline && ' · offline'}
          </small>
        </li>
      ))}
    </ol>
  )
}

/** A revision is opaque and long; its ends are enough to tell two apart. */
export function Position({ revision }: { revision: string }): JSX.Element {
  const short = revision.length > 14 ? `${revision.slice(0, 4)}…${revision.slice(-6)}` : revision
  return <code title={revision}>{short}</code>
}

export function ActivityPage(): JSX.Element {
  return (
    <div class="page" data-testid="activity-page">
      <h1>Activity</h1>
      <p class="lead">
        Every event the engine announced on this device, with the revision of the store it was written at. A
        repository’s listeners (mail, index, DOI) would hear the same events.
      </p>
      <EntryList />
    </div>
  )
}
