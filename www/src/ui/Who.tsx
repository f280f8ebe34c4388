import type { Key, Who as WhoAnswer } from 'lictor'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { status, subjectId } from '../model/account.js'
import { moved } from '../model/community.js'
import { primaryOf, type RepositoryRecord, stateOf } from '../model/document.js'
import { shelf } from '../model/lists.js'
import { workOffline } from '../model/network.js'
import { nameOf } from '../model/people.js'
import { complaint } from '../model/run.js'
import { names } from '../model/say.js'
import { theEngine } from '../model/engine.js'
import { aside, factsWithoutLists } from '../model/state.js'
import { askWho, type Crowd } from '../model/who.js'
import { standing } from '../words/connection.js'
import { either } from '../words/names.js'
import { FORBIDDING, sorted, type Told } from '../words/gist.js'
import { list } from '../words/reasons.js'
import { missingPhrase } from '../words/remedies.js'
import { ACTIONS } from '../words/actions.js'
import { FORWARD } from '../words/workflow.js'
import { Avatar } from './Avatar.js'
import { actAs } from './PeopleDialog.js'

/** Who may do something to this record: as the server has it where it tells, else as far as this device is told who there is. */
export function Who({ record }: { record: RepositoryRecord }): JSX.Element {
  // What would be asked next of a record in this state.
  const next = FORWARD.find(({ from }) => from === stateOf(record))?.action ?? 'read'
  const [action, setAction] = useState(next)
  useEffect(() => setAction(next), [next])
  const resource = { type: 'record', id: record.id, properties: record }
  const who = theEngine().who({ action, resource }, factsWithoutLists.value)
  const told = useServer(record, action)
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
      {told.crowd ? (
        <>
          <People
            everybody={everybody(told.crowd.anyone, told.crowd.authenticated)}
            faces={facesOf(told.crowd, who, action)}
          >
            {told.crowd.more && <li class="nothing">And others.</li>}
          </People>
          <p class="aside" data-testid="who-from" data-from="server">
            The server says so, and counts access lists.
          </p>
        </>
      ) : (
        <>
          <People
            everybody={everybody(who.anyone === 'allow', who.authenticated === 'allow')}
            faces={who.users.filter(likely).map((user) => faceOf(action, user))}
          />
          <p class="aside" data-testid="who-from" data-from="device">
            {told.why} Without access lists: those stay with the server, and may let in others or keep some out.
          </p>
          <Gaps who={who} />
        </>
      )}
    </section>
  )
}

type Server = { crowd: Crowd } | { crowd: null; why: string }

/** What the server says of it; while it has said nothing, or does not tell this person, why this device answers. */
function useServer(record: RepositoryRecord, action: string): Server {
  const [heard, setHeard] = useState<{ of: string; said: Server } | null>(null)
  const off = standing(status.value, workOffline.value).kind === 'off'
  // What waits here the server does not know, and what was put aside it does. Who makes records is asked of a community.
  const isNew = aside.value.size === 0 && status.value?.undecided === 0
  const asks = !off && isNew && (action !== 'create' || primaryOf(record) !== '')
  const [of, lists] = [`${subjectId.value} ${record.id} ${action}`, shelf.value]
  useEffect(() => {
    if (!asks) return
    let late = false
    const hear = (said: Server): void => {
      if (!late) setHeard({ of, said })
    }
    askWho(record, action).then(
      (crowd) =>
        hear(
          crowd
            ? { crowd }
            : {
                crowd,
                why: 'The server names others only to those who manage all access lists, so this device answers.',
              },
        ),
      (error: unknown) =>
        hear({ crowd: null, why: `The server did not say. ${complaint(error)} This device answers.` }),
    )
    return () => {
      late = true
    }
  }, [of, asks, lists, moved.value])
  if (asks && heard?.of === of) return heard.said
  return { crowd: null, why: off ? 'Offline, this device answers from what it was told.' : 'This device answers.' }
}

interface Face {
  id: string
  name: string
  label: string
  rank: number
  decision: Told['decision']
}

function faceOf(action: string, user: Told & { id: string }): Face {
  const { label, rank } = job(action, user)
  const { id, decision } = user
  return { id, decision, rank, name: nameOf(id), label: decision === 'unknown' ? 'unless a row forbids it' : label }
}

/** The server gives no reasons; of whom this device says the same, it has one. */
function facesOf({ users }: Crowd, who: WhoAnswer, action: string): Face[] {
  return users.map((id) => {
    const own = who.users.find((user) => user.id === id && user.decision === 'allow')
    return own ? faceOf(action, own) : { id, decision: 'allow', rank: 3, name: nameOf(id), label: '' }
  })
}

function everybody(anyone: boolean, authenticated: boolean): string | null {
  if (anyone) return 'Everybody, signed in or not.'
  return authenticated ? 'Everybody who is signed in.' : null
}

interface PeopleProps {
  everybody: string | null
  faces: Face[]
  children?: ComponentChildren
}

function People({ everybody, faces, children }: PeopleProps): JSX.Element {
  if (everybody !== null)
    return (
      <ul class="crowd" data-testid="who-list">
        <li class="everybody">{everybody}</li>
      </ul>
    )
  const named = faces.toSorted((a, b) => a.rank - b.rank || a.name.localeCompare(b.name))
  return (
    <ul class="crowd" data-testid="who-list">
      {named.map(({ id, name, decision, label }) => (
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
              <small>{label}</small>
            </span>
          </button>
        </li>
      ))}
      {named.length === 0 && <li class="nothing">Nobody that is known here.</li>}
      {children}
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
