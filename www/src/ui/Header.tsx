import type { JSX } from 'preact'
import { NOBODY, nameOf } from '../model/people.js'
import { keepsLists } from '../model/lists.js'
import { href, type Page, route } from '../model/route.js'
import { status, subjectId } from '../model/account.js'
import { waitingForMe } from '../model/requests.js'
import { aside } from '../model/state.js'
import { Avatar } from './Avatar.js'
import { Connection } from './Connection.js'
import { Icon, type IconName, Sign } from './icons.js'
import { openPeople } from './PeopleDialog.js'
import { ThemeButton } from './ThemeButton.js'

const PAGES: readonly { page: Page; label: string; icon: IconName }[] = [
  { page: 'records', label: 'Records', icon: 'list' },
  { page: 'communities', label: 'Communities', icon: 'users' },
  { page: 'lists', label: 'Lists', icon: 'shield' },
  { page: 'matrix', label: 'Matrix', icon: 'grid' },
  { page: 'facts', label: 'Facts', icon: 'facts' },
  { page: 'outbox', label: 'Outbox', icon: 'clock' },
]

export function Header(): JSX.Element {
  const id = subjectId.value
  const name = nameOf(id)
  return (
    <header class="top">
      <a class="brand" href={href('records')}>
        <Sign />
        <span class="word">lictor</span>
        <span class="tag">offline demo</span>
      </a>
      <Pages place="header" />
      <Connection />
      <ThemeButton />
      <button
        type="button"
        class="who"
        data-testid="subject-button"
        aria-haspopup="dialog"
        data-person={id}
        onClick={openPeople}
      >
        <Avatar id={id} name={name} />
        <span class="who-text">
          <small>{id === NOBODY ? 'Demo' : 'Signed in as'}</small>
          <b data-testid="subject-name">{id === NOBODY ? 'Sign in' : name}</b>
        </span>
        <Icon name="down" />
      </button>
    </header>
  )
}

/** The pages: in the header on a wide screen, at the bottom on a phone. */
export function Pages({ place }: { place: 'header' | 'bottom' }): JSX.Element {
  return (
    <nav class={`pages pages-${place}`} aria-label={place === 'header' ? 'Pages' : 'Pages, at the bottom'}>
      {PAGES.filter(({ page }) => page !== 'lists' || keepsLists.value).map(({ page, label, icon }) => (
        <a
          key={page}
          href={href(page)}
          aria-current={route.value.page === page ? 'page' : undefined}
          data-testid={`${place}-${page}`}
        >
          <Icon name={icon} />
          {label}
          {page === 'facts' && aside.value.size > 0 && <span class="badge">{aside.value.size} aside</span>}
          {page === 'communities' && waitingForMe.value.length > 0 && (
            <span class="badge" data-testid="requests-badge">
              {waitingForMe.value.length}
              <span class="badge-word"> to answer</span>
            </span>
          )}
          {page === 'outbox' && <Waiting />}
        </a>
      ))}
    </nav>
  )
}

/** How many of one's changes wait, or were refused. */
function Waiting(): JSX.Element | null {
  const { undecided = 0, refused = 0 } = status.value ?? {}
  if (undecided + refused === 0) return null
  return (
    <span class={refused > 0 ? 'badge badge-bad' : 'badge'} data-testid="outbox-badge">
      {refused || undecided}
      <span class="badge-word"> {refused > 0 ? 'refused' : 'waiting'}</span>
    </span>
  )
}
