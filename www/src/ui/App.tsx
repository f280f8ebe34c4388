import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { go, href, route } from '../model/route.js'
import { client, status, subjectId } from '../model/account.js'
import { workOffline } from '../model/network.js'
import { NOBODY } from '../model/people.js'
import { aside } from '../model/state.js'
import { standing } from '../words/connection.js'
import { Announcer } from './Announcer.js'
import { CommunitiesPage } from './CommunitiesPage.js'
import { ConnectionDialog } from './Connection.js'
import { FactsPage } from './FactsPage.js'
import { Header, Pages } from './Header.js'
import { Home } from './Home.js'
import { typing } from './keys.js'
import { ListPane } from './ListPane.js'
import { ListDialog } from './lists/ListDialog.js'
import { ListsPage } from './lists/ListsPage.js'
import { RemoveDialog } from './lists/RemoveDialog.js'
import { LockedNotice } from './Locked.js'
import { MatrixPage } from './MatrixPage.js'
import { NewRecordDialog } from './NewRecord.js'
import { OutboxPage } from './OutboxPage.js'
import { PeopleDialog } from './PeopleDialog.js'
import { RecordPage } from './RecordPage.js'
import { Welcome } from './Welcome.js'

export function App(): JSX.Element {
  useEffect(() => {
    addEventListener('keydown', keys)
    return () => removeEventListener('keydown', keys)
  }, [])
  const { page, record, community } = route.value
  const nobody = subjectId.value === NOBODY
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById('main')?.focus()
        }}
      >
        Skip to the content
      </a>
      <Header />
      <Notice />
      <main id="main" tabIndex={-1} class={`main main-${nobody ? 'welcome' : page}`} data-open={record !== null}>
        {nobody && <Welcome />}
        {client.value && page === 'records' && (
          <>
            <ListPane />
            {record === null ? <Home /> : <RecordPage id={record} />}
          </>
        )}
        {client.value && page === 'communities' && <CommunitiesPage id={community} />}
        {client.value && page === 'lists' && <ListsPage />}
        {client.value && page === 'matrix' && <MatrixPage />}
        {client.value && page === 'facts' && <FactsPage />}
        {client.value && page === 'outbox' && <OutboxPage />}
      </main>
      <Pages place="bottom" />
      <PeopleDialog />
      <ConnectionDialog />
      {client.value && <NewRecordDialog />}
      {client.value && <ListDialog />}
      {client.value && <RemoveDialog />}
      <Announcer />
    </>
  )
}

function Notice(): JSX.Element {
  const put = aside.value.size
  const { refused = 0 } = status.value ?? {}
  const { kind, meaning } = standing(status.value, workOffline.value)
  return (
    <div class="notices" role="status">
      {client.value && kind === 'off' && (
        <p class="notice" data-testid="offline-banner">
          {workOffline.value ? 'Working offline.' : 'No network.'} Everything goes on: answers come from this device,
          and changes are saved on it until the server can be reached.
        </p>
      )}
      {client.value && kind === 'stop' && (
        <p class="notice notice-bad" data-testid="stopped-banner">
          {meaning}
        </p>
      )}
      {refused > 0 && (
        <p class="notice notice-bad" data-testid="refused-banner">
          {refused === 1 ? 'One of your changes was' : `${refused} of your changes were`} refused. Your words are kept.{' '}
          <a href={href('outbox')}>Look at {refused === 1 ? 'it' : 'them'}</a>
        </p>
      )}
      <LockedNotice />
      {put > 0 && (
        <p class="notice notice-unknown" data-testid="aside-banner">
          {put === 1 ? 'One kind of fact is' : `${put} kinds of facts are`} put aside, so some answers are unknown.{' '}
          <a href="#/facts">Look at them</a>
        </p>
      )}
    </div>
  )
}

function keys(event: KeyboardEvent): void {
  if (event.key !== '/' || typing(event) || event.ctrlKey || event.metaKey || document.querySelector('dialog[open]'))
    return
  event.preventDefault()
  if (route.value.page !== 'records') go('records')
  // On a phone the list may have to come back first.
  requestAnimationFrame(() => document.getElementById('search')?.focus())
}
