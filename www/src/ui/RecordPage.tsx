import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { asRecord, ownersOf, primaryOf, type RepositoryRecord, stateOf } from '../model/document.js'
import { nameOf } from '../model/people.js'
import { go, href } from '../model/route.js'
import { titleOf } from '../model/say.js'
import { source } from '../model/state.js'
import { subjectId } from '../model/account.js'
import { Access } from './Access.js'
import { ActionList } from './ActionList.js'
import { Icon } from './icons.js'
import { RecordLists } from './lists/RecordLists.js'
import { NotFound, Tombstone, Unsure } from './NotFound.js'
import { Outbox } from './Outbox.js'
import { Places } from './Places.js'
import { Review } from './Review.js'
import { Sharing } from './Sharing.js'
import { StateMeter } from './StateMeter.js'
import { Text } from './Text.js'
import { Who } from './Who.js'
import { Workflow } from './Workflow.js'

export function RecordPage({ id }: { id: string }): JSX.Element {
  const page = useRef<HTMLElement>(null)
  // Opening a record moves the reading position to it; a screen reader begins at its title.
  useEffect(() => {
    page.current?.focus({ preventScroll: true })
    page.current?.scrollTo({ top: 0 })
  }, [id])
  return (
    <article
      class="record"
      tabIndex={-1}
      ref={page}
      data-testid="record-page"
      data-state={shownState(id)}
      aria-labelledby="record-title"
      onKeyDown={(event) => event.key === 'Escape' && go('records')}
    >
      <a class="back" href={href('records')} data-testid="back">
        <Icon name="back" />
        All records
      </a>
      <Content id={id} />
    </article>
  )
}

/** What of a record is shown hangs on the answer to one question: may it be read? */
function Content({ id }: { id: string }): JSX.Element {
  const read = source.value?.can('read', { type: 'record', id })
  const shown = source.value?.record(id)
  const record = shown && asRecord(id, shown.value)
  if (read?.decision === 'deny')
    return record && mayRead(id, 'read-tombstone') ? (
      <Tombstone record={record} />
    ) : (
      <NotFound id={id} decision={read} />
    )
  const decisions = source.value?.actions({ type: 'record', id }) ?? {}
  const list = record && <ActionList record={record} decisions={decisions} key={`${id} ${subjectId.value}`} />
  if (!shown || !record || read?.decision !== 'allow')
    return (
      <Unsure id={id} decision={read}>
        {list}
      </Unsure>
    )
  return (
    <>
      <Head record={record} mayEdit={decisions['update']?.decision === 'allow'} pending={shown.speculative} />
      <Workflow record={record} decisions={decisions} />
      <div class="columns">
        {list}
        <div class="side">
          <Review record={record} decisions={decisions} />
          <Access record={record} shown={shown} decisions={decisions} />
          <Sharing record={record} manage={decisions['manage']} />
          <RecordLists id={id} manages={decisions['manage']?.decision === 'allow'} />
          <Places record={record} decisions={decisions} />
          <section class="panel" aria-label="What was done to this record">
            <h2>Done on this device</h2>
            <Outbox record={id} />
          </section>
          <Who record={record} />
        </div>
      </div>
    </>
  )
}

const mayRead = (id: string, action: 'read' | 'read-tombstone'): boolean =>
  source.value?.can(action, { type: 'record', id }).decision === 'allow'

/** The state, for whoever may see it. */
function shownState(id: string): string | undefined {
  const shown = source.value?.record(id)
  if (!shown || !mayRead(id, 'read')) return undefined
  return stateOf(asRecord(id, shown.value))
}

interface HeadProps {
  record: RepositoryRecord
  mayEdit: boolean
  pending: boolean
}

function Head({ record, mayEdit, pending }: HeadProps): JSX.Element {
  const { creators, year, type, abstract } = record.metadata
  return (
    <header class="record-head">
      <p class="eyebrow">
        <a href={href('communities', primaryOf(record))}>{titleOf(primaryOf(record))}</a>
        <code>{record.id}</code>
      </p>
      {pending && (
        <p class="pending" data-testid="speculative">
          <Icon name="clock" />
          With changes of yours that the server has not decided.
        </p>
      )}
      <Text record={record} field="title" mayEdit={mayEdit} key={`title ${record.id}`} />
      <p class="byline">{creators.join('; ')}</p>
      {(abstract || mayEdit) && (
        <Text record={record} field="abstract" mayEdit={mayEdit} key={`abstract ${record.id}`} />
      )}
      <dl class="meta">
        <div>
          <dt>State</dt>
          <dd data-testid="record-state">
            <StateMeter state={stateOf(record)} />
          </dd>
        </div>
        <div>
          <dt>Type</dt>
          <dd>{type}</dd>
        </div>
        <div>
          <dt>Year</dt>
          <dd>{year}</dd>
        </div>
        <div>
          <dt>{ownersOf(record).length > 1 ? 'Owners' : 'Owner'}</dt>
          <dd>
            {ownersOf(record)
              .map((user) => nameOf(user))
              .join(', ')}
          </dd>
        </div>
      </dl>
    </header>
  )
}
