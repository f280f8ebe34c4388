import type { JSX } from 'preact'
import { nameOf } from '../model/people.js'
import { href, type Page, route } from '../model/route.js'
import { busy } from '../model/run.js'
import { aside, online, subjectId, world } from '../model/state.js'
import { Avatar } from './Avatar.js'
import { Icon, type IconName, Sign } from './icons.js'
import { openPeople } from './PeopleDialog.js'
import { ThemeButton } from './ThemeButton.js'

const PAGES: readonly { page: Page; label: string; icon: IconName }[] = [
  { page: 'records', label: 'Records', icon: 'list' },
  { page: 'matrix', label: 'Matrix', icon: 'grid' },
  { page: 'facts', label: 'Facts', icon: 'facts' },
  { page: 'activity', label: 'Activity', icon: 'clock' },
]

export function Header(): JSX.Element {
  const id = subjectId.value
  const name = nameOf(world.value.facts, id)
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
      <button type="button" class="who" data-testid="subject-button" aria-haspopup="dialog" onClick={openPeople}>
        <Avatar id={id} name={name} />
        <span class="who-text">
          <small>Acting as</small>
          <b data-testid="subject-name">{name}</b>
        </span>
        <Icon name="down" />
      </button>
    </header>
  )
}

/** The four pages: in the header on a wide screen, at the bottom on a phone. */
export function Pages({ place }: { place: 'header' | 'bottom' }): JSX.Element {
  return (
    <nav class={`pages pages-${place}`} aria-label={place === 'header' ? 'Pages' : 'Pages, at the bottom'}>
      {PAGES.map(({ page, label, icon }) => (
        <a
          key={page}
          href={href(page)}
          aria-current={route.value.page === page ? 'page' : undefined}
          data-testid={`${place}-${page}`}
        >
          <Icon name={icon} />
          {label}
          {page === 'facts' && aside.value.size > 0 && <span class="badge">{aside.value.size} aside</span>}
        </a>
      ))}
    </nav>
  )
}

/** Whether there is a network, and that it does not matter: what was done is on this device before it is said to be done. */
function Connection(): JSX.Element {
  return (
    <div class={online.value ? 'net' : 'net net-off'}>
      <i aria-hidden="true" />
      <span>
        <b role="status" data-testid="net-status">
          {online.value ? 'Online' : 'Offline'}
        </b>
        <small data-testid="saved-status">{busy.value ? 'saving …' : 'saved on this device'}</small>
      </span>
    </div>
  )
}
