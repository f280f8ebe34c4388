import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { primaryOf, stateOf, ownersOf, type RepositoryRecord } from '../model/document.js'
import { status, subjectId } from '../model/account.js'
import { go, href, route } from '../model/route.js'
import { titleOf } from '../model/say.js'
import { listed, page, PAGE_SIZE, speculative, visible } from '../model/state.js'
import { Filters } from './Filters.js'
import { Icon } from './icons.js'
import { moveFocus } from './keys.js'
import { openNewRecord } from './NewRecord.js'
import { StateMeter } from './StateMeter.js'

const number = new Intl.NumberFormat('en')

export function ListPane(): JSX.Element {
  const pane = useRef<HTMLElement>(null)
  const rows = listed.value
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_SIZE))
  const at = Math.min(page.value, pages - 1)
  const shown = rows.slice(at * PAGE_SIZE, (at + 1) * PAGE_SIZE)
  const open = route.value.record

  // Esc in a record leads back here, and the focus belongs on the row one came from.
  useEffect(() => {
    if (open !== null) lastOpen = open
    else if (lastOpen !== null) {
      pane.current
        ?.querySelector<HTMLElement>(`[data-record="${CSS.escape(lastOpen)}"]`)
        ?.focus({ preventScroll: false })
      lastOpen = null
    }
  }, [open])

  return (
    <section class="list-pane" aria-label="Records" ref={pane} onKeyDown={(event) => keys(event, pane.current)}>
      <Filters />
      <Count />
      <ol class="rows" data-testid="record-list">
        {shown.map((record, i) => (
          <Row key={record.id} record={record} open={record.id === open} first={i === 0} />
        ))}
        {shown.length === 0 && <li class="nothing">{emptiness()}</li>}
      </ol>
      {pages > 1 && <Pager at={at} pages={pages} total={rows.length} />}
    </section>
  )
}

/** The record shown before the list came back; outside the component, because on a phone the list goes away. */
let lastOpen: string | null = null

function emptiness(): string {
  if (status.value?.token) return 'Nothing to see here. Another filter, or another person, may see more.'
  return status.value?.sync === 'syncing'
    ? 'Asking the server what there is to see …'
    : 'Nothing of this person is on this device yet. It comes with the first connection.'
}

function Count(): JSX.Element {
  const { ids, unknown, took } = visible.value
  const shown = listed.value.length
  return (
    <div class="count">
      <p data-testid="count">
        <b>{number.format(ids.length)}</b> to see here
      </p>
      {unknown > 0 && (
        <p class="unsure" data-testid="unsure">
          {number.format(unknown)} unknown
        </p>
      )}
      {shown !== ids.length && <p data-testid="narrowed">{number.format(shown)} listed</p>}
      <small title="What the engine took to find them among all records">
        {took < 0.1 ? '< 0.1' : took.toFixed(1)} ms
      </small>
      <button type="button" class="small-button" data-testid="new-record" onClick={openNewRecord}>
        <Icon name="plus" />
        New record
      </button>
    </div>
  )
}

function Row({ record, open, first }: { record: RepositoryRecord; open: boolean; first: boolean }): JSX.Element {
  const { title, creators, year } = record.metadata
  const own = ownersOf(record).includes(subjectId.value)
  const byline = creators.length > 2 ? `${short(creators[0])} et al.` : creators.map(short).join(', ')
  return (
    <li>
      <a
        href={href('records', record.id)}
        class="row"
        data-item
        data-record={record.id}
        data-testid={`row-${record.id}`}
        aria-current={open ? 'true' : undefined}
        tabIndex={first || open ? 0 : -1}
      >
        <span class="row-title">{title}</span>
        <span class="row-by">
          {byline} · {year}
        </span>
        <span class="row-end">
          <StateMeter state={stateOf(record)} />
          <span class="row-place">{titleOf(primaryOf(record))}</span>
          {own && <span class="own">yours</span>}
          {speculative.value.has(record.id) && <span class="stamp stamp-saved">not confirmed</span>}
        </span>
      </a>
    </li>
  )
}

function Pager({ at, pages, total }: { at: number; pages: number; total: number }): JSX.Element {
  const turn = (by: number): void => {
    page.value = Math.max(0, Math.min(pages - 1, at + by))
    document.querySelector('.rows')?.scrollTo({ top: 0 })
  }
  return (
    <nav class="pager" aria-label="Pages of the list">
      <button type="button" class="round" aria-label="Page before" disabled={at === 0} onClick={() => turn(-1)}>
        <Icon name="back" />
      </button>
      <span data-testid="pager">
        {number.format(at * PAGE_SIZE + 1)}–{number.format(Math.min(total, (at + 1) * PAGE_SIZE))} of{' '}
        {number.format(total)}
      </span>
      <button
        type="button"
        class="round"
        aria-label="Next page"
        data-testid="next-page"
        disabled={at === pages - 1}
        onClick={() => turn(1)}
      >
        <Icon name="right" />
      </button>
    </nav>
  )
}

const short = (name = ''): string => name.split(',')[0] ?? name

function keys(event: KeyboardEvent, pane: HTMLElement | null): void {
  const rows = pane?.querySelector<HTMLElement>('.rows')
  if (!rows) return
  // In a field only Down leaves it: the other keys belong to the text.
  const inField = event.target instanceof HTMLInputElement
  if (event.target instanceof HTMLSelectElement || (inField && event.key !== 'ArrowDown')) return
  if (!moveFocus(event, rows) && event.key === 'Escape') go('records')
}
