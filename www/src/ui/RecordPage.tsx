import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Decisions } from '../model/engine.js'
import { ownersOf, primaryOf, type RepositoryRecord, secondaryOf, stateOf } from '../model/document.js'
import { nameOf, titleOf } from '../model/people.js'
import { go, href } from '../model/route.js'
import { facts, recordById, session, subject, subjectId, theEngine, world } from '../model/state.js'
import { ActionList } from './ActionList.js'
import { EntryList } from './Activity.js'
import { Icon } from './icons.js'
import { NotFound, Unsure } from './NotFound.js'
import { StateMeter } from './StateMeter.js'
import { Title } from './Title.js'
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
  const record = recordById(id)
  if (!record) return <NotFound id={id} />
  const decisions = decide(record)
  const read = decisions['read']
  const list = <ActionList record={record} decisions={decisions} key={`${id} ${subjectId.value}`} />
  if (read?.decision === 'deny') return <NotFound id={id} decision={read} />
  if (read?.decision !== 'allow')
    return (
      <Unsure id={id} decision={read}>
        {list}
      </Unsure>
    )
  return (
    <>
      <Head record={record} mayEdit={decisions['update']?.decision === 'allow'} />
      <Workflow record={record} decisions={decisions} />
      <div class="columns">
        {list}
        <div class="side">
          <Who record={record} />
          <section class="panel" aria-label="Activity of this record">
            <h2>Done on this device</h2>
            <EntryList record={id} />
          </section>
        </div>
      </div>
    </>
  )
}

function decide(record: RepositoryRecord): Decisions {
  const resource = { type: 'record' as const, id: record.id, properties: record }
  return theEngine().actions({ subject: subject.value, resource }, facts.value)
}

/** The state, for whoever may see it. */
function shownState(id: string): string | undefined {
  const record = recordById(id)
  return record && session.value.canRecord(record, 'read') === 'allow' ? stateOf(record) : undefined
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
