import type { Who as WhoAnswer } from 'lictor'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { type RepositoryRecord, stateOf } from '../model/document.js'
import { nameOf } from '../model/people.js'
import { facts, theEngine, world } from '../model/state.js'
import { either, namesFor } from '../words/names.js'
import { sorted, type Told } from '../words/gist.js'
import { list } from '../words/reasons.js'
import { missingPhrase } from '../words/remedies.js'
import { ACTIONS, FORWARD } from '../words/workflow.js'
import { Avatar } from './Avatar.js'
import { actAs } from './PeopleDialog.js'

/** Everybody who may do something to this record, as the same engine turned round. */
export function Who({ record }: { record: RepositoryRecord }): JSX.Element {
  // What would be asked next of a record in this state.
  const next = FORWARD.find(({ from }) => from === stateOf(record))?.action ?? 'read'
  const [action, setAction] = useState(next)
  useEffect(() => setAction(next), [next])
  const who = theEngine().who({ action, resource: { type: 'record', id: record.id, properties: record } }, facts.value)
  return (
    <section class="panel" aria-labelledby="who-head">
      <h2 id="who-head" class="who-head">
        <label for="who-action">Who may</label>
        <select
          id="who-action"
          data-testid="who-action"
          value={action}
          onChange={(event) => setAction(event.currentTarget.value)}
        >
          {ACTIONS.map(({ name, verb }) => (
            <option key={name} value={name}>
              {verb}
            </option>
          ))}
        </select>
      </h2>
      <Crowd who={who} action={action} />
      <Gaps who={who} />
    </section>
  )
}

function Crowd({ who, action }: { who: WhoAnswer; action: string }): JSX.Element {
  const all = world.value.facts
  const crowd =
    who.anyone === 'allow'
      ? 'Everybody, signed in or not.'
      : who.authenticated === 'allow'
        ? 'Everybody who is signed in.'
        : null
  if (crowd)
    return (
      <ul class="crowd" data-testid="who-list">
        <li class="everybody">{crowd}</li>
      </ul>
    )
  const people = who.users
    .map((user) => ({ ...user, name: nameOf(all, user.id), job: job(action, user) }))
    .sort((a, b) => a.job.rank - b.job.rank || a.name.localeCompare(b.name))
  return (
    <ul class="crowd" data-testid="who-list">
      {people.map(({ id, name, decision, job: { label } }) => (
        <li key={id}>
          <button type="button" class="face" data-answer={decision} onClick={() => actAs(id)} title={`Act as ${name}`}>
            <Avatar id={id} name={name} />
            <span>
              <b>{name}</b>
              <small>{decision === 'unknown' ? 'perhaps' : label}</small>
            </span>
          </button>
        </li>
      ))}
      {people.length === 0 && <li class="nothing">Nobody, as things stand.</li>}
    </ul>
  )
}

/** The engine's reason in a word or two; people of the community come before owners, owners before superusers. */
function job(action: string, decision: Told): { label: string; rank: number } {
  const [best] = sorted(action, decision)
  if (best?.code === 'granted_to_role') return { label: either(list(best['roles']), 'and'), rank: 0 }
  if (best?.code === 'owner') return { label: 'owns it', rank: 1 }
  if (best?.code === 'need') return { label: 'superuser', rank: 2 }
  return { label: '', rank: 3 }
}

function Gaps({ who }: { who: WhoAnswer }): JSX.Element | null {
  if (who.missing.length === 0) return null
  const names = namesFor(world.value.facts, '')
  const some = who.missing.slice(0, 2).map((key) => missingPhrase(key, names))
  const rest = who.missing.length - some.length
  return (
    <p class="caution" data-testid="who-missing">
      Not everybody can be named without {either(rest > 0 ? [...some, `${rest} more`] : some, 'and')}.
    </p>
  )
}
