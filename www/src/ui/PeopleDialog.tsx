import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { ANONYMOUS, appointments, nameOf, peopleOf, SUGGESTED, titleOf } from '../model/people.js'
import { page, subjectId, todo, world } from '../model/state.js'
import { either } from '../words/names.js'
import { Avatar } from './Avatar.js'
import { Dialog } from './Dialog.js'
import { moveFocus } from './keys.js'

const open = signal(false)

export function openPeople(): void {
  open.value = true
}

/** From here on the page is that person's: the list, the buttons and the reasons are asked anew. */
export function actAs(id: string): void {
  subjectId.value = id
  page.value = 0
  todo.value = ''
  open.value = false
}

export function PeopleDialog(): JSX.Element {
  return (
    <Dialog open={open} title="Who are you?" testid="subject-dialog">
      <Choice />
    </Dialog>
  )
}

function Choice(): JSX.Element {
  const [text, setText] = useState('')
  const { facts } = world.value
  const wanted = text.trim().toLowerCase()
  const everybody = peopleOf(facts).filter(({ active }) => active)
  const found = everybody.filter(({ name, affiliation }) => `${name} ${affiliation}`.toLowerCase().includes(wanted))
  return (
    <div class="people" onKeyDown={(event) => void moveFocus(event, event.currentTarget)}>
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
        {found.map(({ id }) => (
          <Option key={id} id={id} line={described(id)} />
        ))}
        {found.length === 0 && <li class="nothing">Nobody is called that.</li>}
      </ul>
    </div>
  )
}

function Option({ id, line, card = false }: { id: string; line: string; card?: boolean }): JSX.Element {
  const name = nameOf(world.value.facts, id)
  return (
    <li>
      <button
        type="button"
        class="person"
        data-item
        aria-pressed={id === subjectId.value}
        data-testid={card ? `subject-${id}` : `person-${id}`}
        onClick={() => actAs(id)}
      >
        <Avatar id={id} name={name} />
        <span>
          <b>{name}</b>
          <small>{line}</small>
        </span>
      </button>
    </li>
  )
}

export function described(id: string): string {
  if (id === ANONYMOUS) return 'Not signed in'
  const { facts } = world.value
  const jobs = appointments(facts, id).map(
    ({ community, roles }) => `${either(roles, 'and')} in ${titleOf(facts, community)}`,
  )
  return jobs.length === 0 ? 'In no community' : jobs.join(', ')
}
