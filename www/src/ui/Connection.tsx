import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { client, signOut, status, subjectId } from '../model/account.js'
import { age } from '../model/age.js'
import { nameOf } from '../model/people.js'
import { place, setWorkOffline, workOffline } from '../model/network.js'
import { complaint, message } from '../model/run.js'
import { ago, standing } from '../words/connection.js'
import { Dialog } from './Dialog.js'
import { Protection } from './Locked.js'
import { saveOutbox } from './save.js'

const open = signal(false)

/** Whether the server is reached, and what waits: always in sight, and a button to all the rest. */
export function Connection(): JSX.Element {
  const { label, kind } = standing(status.value, workOffline.value)
  const waiting = status.value?.undecided ?? 0
  return (
    <button
      type="button"
      class={`net net-${kind}`}
      data-testid="connection"
      data-sync={status.value?.sync ?? 'signed-out'}
      data-undecided={waiting}
      aria-haspopup="dialog"
      onClick={() => (open.value = true)}
    >
      <i aria-hidden="true" />
      <span>
        <b data-testid="net-status">{label}</b>
        <small data-testid="saved-status">
          {waiting > 0 ? `${waiting} saved here, not sent` : age.value === null ? '' : `as of ${ago(age.value)}`}
        </small>
      </span>
    </button>
  )
}

export function ConnectionDialog(): JSX.Element {
  return (
    <Dialog open={open} title="Connection" testid="connection-dialog">
      <Details />
    </Dialog>
  )
}

const PLACES = {
  network: 'a server on this machine, under /api',
  worker: 'in this browser: the service worker runs the same server',
  nowhere: 'nowhere: this address serves files only, and the browser has no service worker here',
}

function Details(): JSX.Element {
  const now = status.value
  const { label, meaning } = standing(now, workOffline.value)
  return (
    <div class="form">
      <label class="switch switch-first">
        <input
          type="checkbox"
          role="switch"
          checked={workOffline.value}
          data-testid="work-offline"
          onChange={(event) => turnOffline(event.currentTarget.checked)}
        />
        <span class="track track-plain" aria-hidden="true" />
        <span>
          <b>Work offline</b>
          <small>As if the network were gone, for all tabs of this browser. Everything goes on.</small>
        </span>
      </label>
      <dl class="facts-of">
        <Row term="State" testid="connection-state">
          <b>{label}.</b> {meaning}
          {now?.problem && !workOffline.value && <small> {complaint(now.problem)}</small>}
        </Row>
        <Row term="Server">{PLACES[place.value]}</Row>
        {now && (
          <>
            <Row term="Data" testid="data-age">
              {age.value === null ? 'nothing here yet' : `as of ${ago(age.value)}`}
            </Row>
            <Row term="Waiting">
              {now.undecided === 0 ? 'nothing' : `${now.undecided} not decided by the server`}
              {now.refused > 0 && `, ${now.refused} refused and kept`}
            </Row>
            <Row term="Kept">
              {now.storage === 'persisted' ? 'on the disk of this device' : complaint(now.problem ?? now.storage)}
            </Row>
            <Row term="Restricted">
              <Protection />
            </Row>
            <Row term="This tab">{now.leads ? 'talks to the server, for all tabs' : 'follows another tab'}</Row>
          </>
        )}
      </dl>
      {now && <Leave key={subjectId.value} />}
    </div>
  )
}

function Row({ term, testid, children }: { term: string; testid?: string; children: unknown }): JSX.Element {
  return (
    <div>
      <dt>{term}</dt>
      <dd data-testid={testid}>{children as JSX.Element}</dd>
    </div>
  )
}

function turnOffline(offline: boolean): void {
  setWorkOffline(offline)
  // Tried at once, so that what is shown is what is so.
  void client.value?.sync()
}

/** Signing out takes everything along, so it asks first if something would be lost. */
function Leave(): JSX.Element {
  const [asked, setAsked] = useState(false)
  const { undecided = 0, refused = 0, sync } = status.value ?? {}
  const unsafe = undecided + refused > 0
  const leave = async (): Promise<void> => {
    const who = nameOf(subjectId.value)
    await signOut({ force: true })
    open.value = false
    message.value = { kind: 'good', text: `${who} is signed out; everything of theirs is off this device.` }
  }
  if (asked)
    return (
      <div class="ask" role="alert" data-testid="sign-out-ask">
        <p>
          <b>{undecided + refused} of your changes are on no server.</b> Signing out deletes them with the rest. Keep a
          copy first, if you want them.
        </p>
        <div class="buttons">
          <button type="button" class="solid" onClick={() => saveOutbox()}>
            Export them
          </button>
          <button type="button" class="plain" data-testid="sign-out-force" onClick={() => void leave()}>
            Sign out and delete
          </button>
          <button type="button" class="plain" onClick={() => setAsked(false)}>
            Stay
          </button>
        </div>
      </div>
    )
  return (
    <div class="buttons">
      {sync === 'signed-out' ? (
        <button type="button" class="solid" data-testid="sign-in-again" onClick={() => client.value?.signedIn()}>
          Sign in again
        </button>
      ) : (
        <button type="button" class="solid" disabled={workOffline.value} onClick={() => void client.value?.sync()}>
          Sync now
        </button>
      )}
      <button
        type="button"
        class="plain"
        data-testid="sign-out"
        onClick={() => (unsafe ? setAsked(true) : void leave())}
      >
        Sign out of this device
      </button>
    </div>
  )
}
