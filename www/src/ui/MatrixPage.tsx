import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { type Cell as Answers, matrixFor, matrixTypes } from '../model/matrix.js'
import type { Level } from '../model/document.js'
import { titleOf } from '../model/say.js'
import { communities } from '../model/state.js'
import { ACTIONS } from '../words/actions.js'
import { actionWords, STATES } from '../words/workflow.js'
import { AnswerMark } from './icons.js'

/** What each kind of person may do in each state, asked of the engine cell by cell. */
export function MatrixPage(): JSX.Element {
  const ids = Object.keys(communities.value)
  // Begin with one whose grants this person may see.
  const [chosen, setCommunity] = useState('')
  const community = chosen || (ids.find((id) => communities.value[id]?.grants) ?? ids[0] ?? '')
  const [action, setAction] = useState('')
  const [only, setOnly] = useState('author')
  const [level, setLevel] = useState<Level>('public')
  if (community === '') return <p class="page nothing">No community is on this device yet.</p>
  const kinds = matrixTypes()
  const cells = matrixFor(community, level)
  return (
    <div class="page page-wide" data-testid="matrix-page">
      <h1>State matrix</h1>
      <p class="lead">
        Who may do what, in which state. No table is kept anywhere: each cell is the engine’s answer about a record in
        that state and a person of that kind, in a community with these settings and without access lists. What a
        community grants its roles only its own people see, so for others some of it is unknown.
      </p>
      <div class="selects matrix-selects">
        <label>
          Grants of
          <select
            data-testid="matrix-community"
            value={community}
            onChange={(event) => setCommunity(event.currentTarget.value)}
          >
            {ids.map((id) => (
              <option key={id} value={id}>
                {titleOf(id)}
              </option>
            ))}
          </select>
        </label>
        <label>
          Metadata
          <select
            data-testid="matrix-level"
            value={level}
            onChange={(event) => setLevel(event.currentTarget.value as Level)}
          >
            <option value="public">public</option>
            <option value="restricted">restricted</option>
          </select>
        </label>
        <label>
          Show
          <select data-testid="matrix-action" value={action} onChange={(event) => setAction(event.currentTarget.value)}>
            <option value="">all actions</option>
            {ACTIONS.map(({ name, label }) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      {/* On a phone the columns would not fit: there one is chosen, and the others are left out by the styles. */}
      <div class="kinds" role="group" aria-label="For whom">
        {kinds.map(({ key, label }) => (
          <button
            key={key}
            type="button"
            class="chip"
            aria-pressed={key === only}
            data-testid={`kind-${key}`}
            onClick={() => setOnly(key)}
          >
            {label}
          </button>
        ))}
      </div>
      {/* A region that scrolls sideways must be reachable with the keyboard. */}
      <div class="matrix-scroll" tabIndex={0} role="region" aria-label="State matrix">
        <table class="matrix" data-testid="matrix">
          <thead>
            <tr>
              <td />
              {kinds.map(({ key, label, hint }) => (
                <th key={label} scope="col" data-chosen={key === only}>
                  {label}
                  <small>{hint}</small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {STATES.map(({ name, label }) => (
              <tr key={name}>
                <th scope="row">{label}</th>
                {kinds.map((kind) => (
                  <td key={kind.label} data-chosen={kind.key === only} data-testid={`cell-${name}-${kind.key}`}>
                    <Cell cell={cells.get(`${name} ${kind.key}`)} only={action} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function Cell({ cell, only }: { cell: Answers | undefined; only: string }): JSX.Element {
  const { allow = [], unknown = [] } = cell ?? {}
  if (only !== '')
    return <AnswerMark answer={allow.includes(only) ? 'allow' : unknown.includes(only) ? 'unknown' : 'deny'} />
  if (allow.length + unknown.length === 0)
    return (
      <span class="none">
        <span aria-hidden="true">–</span>
        <span class="sr">nothing</span>
      </span>
    )
  return (
    <ul class="verbs">
      {allow.map((action) => (
        <li key={action} data-verb={action}>
          {verb(action)}
        </li>
      ))}
      {unknown.length > 0 && (
        <li class="verb-unknown" title={unknown.map(verb).join(', ')}>
          {unknown.length} unknown
        </li>
      )}
    </ul>
  )
}

const verb = (action: string): string => (action === 'create' ? 'Create' : actionWords(action).label)
