import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { signIn, subjectId } from '../model/account.js'
import { nameOf, people, SUGGESTED } from '../model/people.js'
import { page, scope, todo } from '../model/state.js'
import { Avatar } from './Avatar.js'
import { Dialog } from './Dialog.js'
import { moveFocus } from './keys.js'

const open = signal(false)

export function openPeople(): void {
  open.value = true
}

/** From here on the page is that person's: another client, with another store on this device. */
export async function actAs(id: string): Promise<void> {
  page.value = 0
  todo.value = ''
  scope.value = 'everywhere'
  open.value = false
  await signIn(id)
}

export function PeopleDialog(): JSX.Element {
  return (
    <Dialog open={open} title="Who are you?" testid="subject-dialog">
      <People />
    </Dialog>
  )
}

/** The demo's sign-in, and it says so. */
export function People(): JSX.Element {
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const found = people.filter(({ name, affiliation }) => `${name} ${affiliation}`.toLowerCase().includes(wanted))
  return (
    <div class="people" onKeyDown={(event) => void moveFocus(event, event.currentTarget)}>
      <p class="demo-note" data-testid="demo-note">
        <b>Demo sign-in.</b> No password: choosing a name is enough. What each person holds is kept apart on this
        device, until that person signs out.
      </p>
      <input
        type="search"
        class="field"
        placeholder="Search all people"
        aria-label="Search all people"
        autoFocus
        data-testid="subject-search"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {wanted === '' && (
        <>
          <h3>Worth being</h3>
          <ul class="cards">
            {SUGGESTED.map(({ id, line }) => (
              <Option key={id} id={id} line={line} card />
            ))}
          </ul>
          <h3>Everybody</h3>
        </>
      )}
      <ul class="lines" aria-label="People">
        {found.map(({ id, affiliation }) => (
          <Option key={id} id={id} line={affiliation} />
        ))}
        {found.length === 0 && <li class="nothing">Nobody is called that.</li>}
      </ul>
    </div>
  )
}

function Option({ id, line, card = false }: { id: string; line: string; card?: boolean }): JSX.Element {
  return (
    <li>
      <button
        type="button"
        class="person"
        data-item
        aria-pressed={id === subjectId.value}
        data-testid={card ? `subject-${id}` : `person-${id}`}
        onClick={() => void actAs(id)}
      >
        <Avatar id={id} name={nameOf(id)} />
        <span>
          <b>{nameOf(id)}</b>
          <small>{line}</small>
        </span>
      </button>
    </li>
  )
}
