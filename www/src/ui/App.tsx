import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { go, route } from '../model/route.js'
import { aside, online } from '../model/state.js'
import { ActivityPage } from './Activity.js'
import { Announcer } from './Announcer.js'
import { FactsPage } from './FactsPage.js'
import { Header, Pages } from './Header.js'
import { Home } from './Home.js'
import { typing } from './keys.js'
import { ListPane } from './ListPane.js'
import { MatrixPage } from './MatrixPage.js'
import { NewRecordDialog } from './NewRecord.js'
import { PeopleDialog } from './PeopleDialog.js'
import { RecordPage } from './RecordPage.js'

export function App(): JSX.Element {
  useEffect(() => {
    addEventListener('keydown', keys)
    return () => removeEventListener('keydown', keys)
  }, [])
  const { page, record } = route.value
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
      <main id="main" tabIndex={-1} class={`main main-${page}`} data-open={record !== null}>
        {page === 'records' && (
          <>
            <ListPane />
            {record === null ? <Home /> : <RecordPage id={record} />}
          </>
        )}
        {page === 'matrix' && <MatrixPage />}
        {page === 'facts' && <FactsPage />}
        {page === 'activity' && <ActivityPage />}
      </main>
      <Pages place="bottom" />
      <PeopleDialog />
      <NewRecordDialog />
      <Announcer />
    </>
  )
}

function Notice(): JSX.Element {
  const put = aside.value.size
  return (
    <div class="notices">
      {!online.value && (
        <p class="notice" data-testid="offline-banner">
          No network. Everything goes on: decisions are made here, and changes are saved on this device.
        </p>
      )}
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
