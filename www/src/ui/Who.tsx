import type { Key, Who as WhoAnswer } from 'lictor'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { type RepositoryRecord, stateOf } from '../model/document.js'
import { nameOf } from '../model/people.js'
import { names } from '../model/say.js'
import { theEngine } from '../model/engine.js'
import { factsWithoutLists } from '../model/state.js'
import { either } from '../words/names.js'
import { FORBIDDING, sorted, type Told } from '../words/gist.js'
import { list } from '../words/reasons.js'
import { missingPhrase } from '../words/remedies.js'
import { ACTIONS } from '../words/actions.js'
import { FORWARD } from '../words/workflow.js'
import { Avatar } from './Avatar.js'
import { actAs } from './PeopleDialog.js'

/** Who may do something to this record, as far as this device is told who there is. */
export function Who({ record }: { record: RepositoryRecord }): JSX.Element {
  // What would be asked next of a record in this state.
  const next = FORWARD.find(({ from }) => from === stateOf(record))?.action ?? 'read'
  const [action, setAction] = useState(next)
  useEffect(() => setAction(next), [next])
  const resource = { type: 'record', id: record.id, properties: record }
  const who = theEngine().who({ action, resource }, factsWithoutLists.value)
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
      <p class="aside" data-testid="who-lists">
        Without access lists: those stay with the server, and may let in others or keep some out.
      </p>
      <Gaps who={who} />
    </section>
  )
}

function Crowd({ who, action }: { who: WhoAnswer; action: string }): JSX.Element {
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
  const named = who.users
    .filter(likely)
    .map((user) => ({ ...user, name: nameOf(user.id), job: job(action, user) }))
    .sort((a, b) => a.job.rank - b.job.rank || a.name.localeCompare(b.name))
  return (
    <ul class="crowd" data-testid="who-list">
      {named.map(({ id, name, decision, job: { label } }) => (
        <li key={id}>
          <button
            type="button"
            class="face"
            data-answer={decision}
            onClick={() => void actAs(id)}
            title={`Sign in as ${name}`}
          >
            <Avatar id={id} name={name} />
            <span>
              <b>{name}</b>
              <small>{decision === 'unknown' ? 'unless a row forbids it' : label}</small>
            </span>
          </button>
        </li>
      ))}
      {named.length === 0 && <li class="nothing">Nobody that this device knows of.</li>}
    </ul>
  )
}

/** Those who may, but for a deny row that this device would not be told of. */
function likely({ decision, reasons }: Told): boolean {
  if (decision !== 'unknown') return true
  return reasons.filter(({ holds }) => holds === null).every(({ code }) => FORBIDDING.includes(code))
}

/** The engine's reason in a word or two; people of the community come before owners, owners before superusers. */
function job(action: string, decision: Told): { label: string; rank: number } {
  const [best] = sorted(action, decision)
  if (best?.code === 'granted_to_role') return { label: either(list(best['roles']), 'and'), rank: 0 }
  if (best?.code === 'owner') return { label: 'owns it', rank: 1 }
  if (best?.code === 'need') return { label: 'superuser', rank: 2 }
  return { label: '', rank: 3 }
}

/** What a device is seldom told: who else there is. */
function Gaps({ who }: { who: WhoAnswer }): JSX.Element | null {
  if (who.missing.length === 0) return null
  const order = ['membership', 'access']
  const rank = ({ relation }: Key): number => (order.indexOf(relation) + order.length + 1) % (order.length + 1)
  const missing = [...who.missing].sort((a, b) => rank(a) - rank(b)).map((key) => missingPhrase(key, names.value))
  const rest = missing.length - 2
  return (
    <p class="caution" data-testid="who-missing">
      As far as this device is told. For everybody it would need{' '}
      {either(rest > 0 ? [...missing.slice(0, 2), `${rest} more`] : missing, 'and')}.
    </p>
  )
}
