import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { ownersOf, primaryOf, type RepositoryRecord, secondaryOf, stateOf } from '../model/document.js'
import { nameOf, titleOf } from '../model/people.js'
import { go, href } from '../model/route.js'
import { facts, recordById, subject, subjectId, theEngine, world } from '../model/state.js'
import { ActionList } from './ActionList.js'
import { EntryList } from './Activity.js'
import { Icon } from './icons.js'
import { NotFound } from './NotFound.js'
import { StateMeter } from './StateMeter.js'
import { Title } from './Title.js'
import { Who } from './Who.js'
import { Workflow } from './Workflow.js'

export function RecordPage({ id }: { id: string }): JSX.Element {
  const page = useRef<HTMLElement>(null)
  const record = recordById(id)
  const who = subjectId.value

  // Opening a record moves the reading position to it; a screen reader begins at its title.
  useEffect(() => {
    page.current?.focus({ preventScroll: true })
    page.current?.scrollTo({ top: 0 })
  }, [id])

  if (!record)
    return (
      <article class="record" tabIndex={-1} ref={page}>
        <NotFound id={id} />
      </article>
    )
  const decisions = theEngine().actions(
    { subject: subject.value, resource: { type: 'record', id, properties: record } },
    facts.value,
  )
  const read = decisions['read']
  const hidden = read?.decision === 'deny' ? read : null

  return (
    <article
      class="record"
      tabIndex={-1}
      ref={page}
      data-testid="record-page"
      data-state={stateOf(record)}
      aria-labelledby="record-title"
      onKeyDown={(event) => event.key === 'Escape' && go('records')}
    >
      <a class="back" href={href('records')} data-testid="back">
        <Icon name="back" />
        All records
      </a>
      {hidden ? (
        <NotFound id={id} decision={hidden} />
      ) : (
        <>
          <Head record={record} mayEdit={decisions['update']?.decision === 'allow'} />
          <Workflow record={record} decisions={decisions} />
          <div class="columns">
            <ActionList record={record} decisions={decisions} key={`${id} ${who}`} />
            <div class="side">
              <Who record={record} />
              <section class="panel" aria-label="Activity of this record">
                <h2>Done on this device</h2>
                <EntryList record={id} />
              </section>
            </div>
          </div>
        </>
      )}
    </article>
  )
}

function Head({ record, mayEdit }: { record: RepositoryRecord; mayEdit: boolean }): JSX.Element {
  const { facts: all } = world.value
  const { creators, year, type, abstract } = record.metadata
  const others = secondaryOf(record)
  return (
    <header class="record-head">
      <p class="eyebrow">
        <span>{titleOf(all, primaryOf(record))}</span>
        <code>{record.id}</code>
      </p>
      <Title record={record} mayEdit={mayEdit} key={record.id} />
      <p class="byline">{creators.join('; ')}</p>
      {abstract && <p class="abstract">{abstract}</p>}
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
              .map((user) => nameOf(all, user))
              .join(', ')}
          </dd>
        </div>
        {others.length > 0 && (
          <div>
            <dt>Also in</dt>
            <dd>{others.map((slug) => titleOf(all, slug)).join(', ')}</dd>
          </div>
        )}
      </dl>
    </header>
  )
}
