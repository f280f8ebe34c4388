import type { JsonObject } from 'lictor'
import type { Prediction } from 'lictor/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Grant, Link, RepositoryRecord } from '../model/document.js'
import { nameOf, people } from '../model/people.js'
import { busy, newId, runTransition } from '../model/run.js'
import { RIGHTS, rightWord } from '../words/access.js'
import { Icon } from './icons.js'
import { tell } from './tell.js'

interface Props {
  record: RepositoryRecord
  manage: Prediction | undefined
}

/** Rights given on this one record, to people and by secret links; for those who manage it. */
export function Sharing({ record, manage }: Props): JSX.Element | null {
  if (manage?.decision !== 'allow') return null
  const { grants = [], links = [] } = record.access ?? {}
  const run = async (transition: string, params: JsonObject): Promise<void> =>
    tell(transition, await runTransition(record.id, transition, params))
  return (
    <section class="panel" aria-labelledby="sharing-head" data-testid="sharing">
      <h2 id="sharing-head">Shared with</h2>
      <ul class="shared">
        {grants.map((grant) => (
          <li key={JSON.stringify(grant.subject)} data-testid="grant">
            <Icon name={grant.subject.type === 'user' ? 'user' : 'users'} />
            <span>
              {receiver(grant)}: <b>{rightWord(grant.permission).toLowerCase()}</b>
            </span>
            <Away
              label={`Take it back from ${receiver(grant)}`}
              run={() => run('revoke', { subject: grant.subject })}
            />
          </li>
        ))}
        {links.map((link) => (
          <li key={link.id} data-testid="link">
            <Icon name="link" />
            <span>
              Link <code>{link.id.slice(0, 8)}</code>: <b>{rightWord(link.permission).toLowerCase()}</b>
              {ending(link)}
            </span>
            <Away label={`Remove the link ${link.id.slice(0, 8)}`} run={() => run('unlink', { link: link.id })} />
          </li>
        ))}
        {grants.length + links.length === 0 && <li class="nothing">With nobody beside owner and community.</li>}
      </ul>
      <Give run={run} />
    </section>
  )
}

function receiver({ subject: { type, id } }: Grant): string {
  if (type === 'user') return nameOf(id)
  return type === 'system_role' && id === 'authenticated_user' ? 'everybody signed in' : id
}

function ending({ expires_at }: Link): string {
  return expires_at === undefined ? '' : `, until ${new Date(expires_at).toISOString().slice(0, 10)}`
}

function Away({ label, run }: { label: string; run: () => Promise<void> }): JSX.Element {
  return (
    <button
      type="button"
      class="round"
      aria-label={label}
      title={label}
      disabled={busy.value}
      onClick={() => void run()}
    >
      <Icon name="close" />
    </button>
  )
}

/** One form for both: a person, or whoever has the link. Links never manage. */
function Give({ run }: { run: (transition: string, params: JsonObject) => Promise<void> }): JSX.Element {
  const [whom, setWhom] = useState('')
  const [level, setLevel] = useState('view')
  const byLink = whom === 'link'
  const give = (): Promise<void> =>
    byLink
      ? run('link', { link: newId(), permission: level })
      : run('grant', { subject: { type: 'user', id: whom }, permission: level })
  return (
    <form
      class="give"
      onSubmit={(event) => {
        event.preventDefault()
        void give().then(() => setWhom(''))
      }}
    >
      <select
        aria-label="Share with"
        data-testid="share-with"
        value={whom}
        onChange={(event) => setWhom(event.currentTarget.value)}
      >
        <option value="">Share with …</option>
        <option value="link">whoever has a secret link</option>
        {people.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label="Right"
        data-testid="share-level"
        value={level}
        onChange={(event) => setLevel(event.currentTarget.value)}
      >
        {RIGHTS.filter(({ name }) => !byLink || name !== 'manage').map(({ name, label }) => (
          <option key={name} value={name}>
            {label.toLowerCase()}
          </option>
        ))}
      </select>
      <button type="submit" class="plain" data-testid="share" disabled={whom === '' || busy.value}>
        Share
      </button>
    </form>
  )
}
