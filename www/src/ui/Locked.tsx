import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { status, theClient } from '../model/account.js'
import { workOffline } from '../model/network.js'
import { attempt, working } from './attempt.js'

const SHORTEST = 8

/** Restricted communities are encrypted here; after a restart without the network their key is with the server. */
export function LockedNotice(): JSX.Element | null {
  const { locked = [], protection = [] } = status.value ?? {}
  if (locked.length === 0) return null
  const what = locked.length === 1 ? 'A restricted community is' : `${locked.length} restricted communities are`
  return (
    <div class="notice notice-unknown" data-testid="locked-banner">
      <p>
        {what} locked on this device. {protection.includes('passphrase') ? '' : 'The next connection opens it.'}
      </p>
      {protection.includes('passphrase') && (
        <Passphrase
          label="Open"
          testid="unlock"
          run={(passphrase) => attempt('Opened.', () => theClient().unlock({ passphrase }))}
        />
      )}
    </div>
  )
}

/** Whether a passphrase opens them without the network. */
export function Protection(): JSX.Element {
  const { protection = [], sync } = status.value ?? {}
  const online = sync === 'idle' && !workOffline.value
  if (protection.length > 0)
    return (
      <p>
        A passphrase opens restricted communities here without the network.{' '}
        <button
          type="button"
          class="small-button"
          data-testid="unprotect"
          disabled={working.value}
          onClick={() => void attempt('The passphrase is forgotten.', () => theClient().unprotect())}
        >
          Forget it
        </button>
      </p>
    )
  return (
    <>
      <p>Restricted communities open with the session. After a restart without the network they are locked.</p>
      {online && (
        <Passphrase
          label="Set a passphrase"
          testid="protect"
          run={(passphrase) => attempt('The passphrase is set.', () => theClient().protect({ passphrase }))}
        />
      )}
    </>
  )
}

interface PassphraseProps {
  label: string
  testid: string
  run: (passphrase: string) => Promise<void>
}

function Passphrase({ label, testid, run }: PassphraseProps): JSX.Element {
  const [text, setText] = useState('')
  return (
    <form
      class="passphrase"
      onSubmit={(event) => {
        event.preventDefault()
        void run(text).then(() => setText(''))
      }}
    >
      <input
        type="password"
        class="field"
        autocomplete="off"
        aria-label="Passphrase"
        placeholder={`Passphrase, at least ${SHORTEST} characters`}
        data-testid={`${testid}-text`}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="plain" data-testid={testid} disabled={text.length < SHORTEST || working.value}>
        {label}
      </button>
    </form>
  )
}
