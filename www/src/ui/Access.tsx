import type { Prediction } from 'lictor/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { filesLevel, type Level, recordLevel, type RepositoryRecord } from '../model/document.js'
import { nameOf } from '../model/people.js'
import { busy, runUpdate } from '../model/run.js'
import type { Shown } from '../model/state.js'
import { HIDDEN, LEVELS } from '../words/access.js'
import { Deeds } from './Deeds.js'
import { Icon } from './icons.js'
import { tell } from './tell.js'

interface Props {
  record: RepositoryRecord
  shown: Shown
  decisions: { [action: string]: Prediction }
}

/** Who sees the record once it is published: levels, embargo, named readers, and what of it is hidden from who looks. */
export function Access({ record, shown, decisions }: Props): JSX.Element {
  const may = (action: string): boolean => decisions[action]?.decision === 'allow'
  const { embargo } = record.access ?? {}
  const readers = record._access?.read
  const hidden = shown.missing.flatMap((path) => HIDDEN[path.join('.')] ?? [])
  return (
    <section class="panel" aria-labelledby="access-head" data-testid="access">
      <h2 id="access-head">Who sees it</h2>
      <dl class="rows-of">
        <Fact term="Metadata" icon={recordLevel(record) === 'public' ? 'globe' : 'lock'} testid="level-record">
          {LEVELS[recordLevel(record)]}
        </Fact>
        <Fact term="Files" icon={filesLevel(record) === 'public' ? 'globe' : 'lock'} testid="level-files">
          {filesLevel(record) === recordLevel(record) ? 'The same.' : LEVELS[filesLevel(record)]}
          {decisions['read-files']?.decision === 'deny' && <b> You do not open them.</b>}
        </Fact>
        {embargo?.active && (
          <Fact term="Embargo" icon="clock" testid="embargo">
            Until {embargo.until}
            {embargo.reason ? `: ${embargo.reason.toLowerCase()}` : ''}
          </Fact>
        )}
        {readers && (
          <Fact term="Named" icon="users" testid="readers">
            {[...(readers.users ?? []).map((id) => nameOf(String(id))), ...(readers.roles ?? [])].join(', ')}
          </Fact>
        )}
        {hidden.length > 0 && (
          <Fact term="Hidden" icon="lock" testid="hidden">
            <ul class="hidden-of">
              {[...new Set(hidden)].map((word) => (
                <li key={word}>{word}</li>
              ))}
            </ul>
          </Fact>
        )}
      </dl>
      {may('update') && may('manage') && <Levels record={record} key={`${record.id} levels`} />}
      <Deeds id={record.id} actions={['lift-embargo', 'request-access']} decisions={decisions} />
    </section>
  )
}

interface FactProps {
  term: string
  icon: 'globe' | 'lock' | 'clock' | 'users'
  testid: string
  children: unknown
}

function Fact({ term, icon, testid, children }: FactProps): JSX.Element {
  return (
    <div>
      <dt>
        <Icon name={icon} />
        {term}
      </dt>
      <dd data-testid={testid}>{children as JSX.Element}</dd>
    </div>
  )
}

/** The levels, where they may be changed: restricted metadata takes the files along. */
function Levels({ record }: { record: RepositoryRecord }): JSX.Element {
  const { embargo } = record.access ?? {}
  const [until, setUntil] = useState(embargo?.until ?? '')
  const change = async (path: string, value: Level): Promise<void> =>
    tell('update', await runUpdate(record.id, [{ path, value }]))
  const hold = async (): Promise<void> => {
    const off = until === ''
    const closed = filesLevel(record) === 'public' && !off ? [{ path: 'access.files', value: 'restricted' }] : []
    const edits = off
      ? [{ path: 'access.embargo', remove: true as const }]
      : [{ path: 'access.embargo', value: { active: true, until } }, ...closed]
    tell('update', await runUpdate(record.id, edits))
  }
  return (
    <form
      class="levels"
      onSubmit={(event) => {
        event.preventDefault()
        void hold()
      }}
    >
      {(['record', 'files'] as const).map((part) => (
        <label class="labelled" key={part}>
          {part === 'record' ? 'Metadata' : 'Files'}
          <select
            data-testid={`set-${part}`}
            value={part === 'record' ? recordLevel(record) : filesLevel(record)}
            disabled={busy.value || (part === 'files' && recordLevel(record) === 'restricted')}
            onChange={(event) => void change(`access.${part}`, event.currentTarget.value as Level)}
          >
            <option value="public">public</option>
            <option value="restricted">restricted</option>
          </select>
        </label>
      ))}
      <label class="labelled">
        Embargo until
        <input
          type="date"
          class="field"
          data-testid="set-embargo"
          value={until}
          onInput={(event) => setUntil(event.currentTarget.value)}
        />
      </label>
      <button
        type="submit"
        class="plain"
        data-testid="save-embargo"
        disabled={busy.value || until === (embargo?.until ?? '')}
      >
        {until === '' && embargo ? 'Clear' : 'Set'}
      </button>
    </form>
  )
}
