import type { JSX } from 'preact'
import { subjectId } from '../model/account.js'
import { titleOf } from '../model/say.js'
import { communities, page, query, scope, type ScopeChoice, stateFilter, todo, workload } from '../model/state.js'
import { actionWords, STATES, WORK } from '../words/workflow.js'
import { Icon } from './icons.js'

export function Filters(): JSX.Element {
  const first = (change: () => void): void => {
    change()
    page.value = 0
  }
  return (
    <div class="filters">
      <label class="search">
        <Icon name="search" />
        <span class="sr">Search titles, people and years</span>
        <input
          type="search"
          id="search"
          placeholder="Title, person, year"
          data-testid="search"
          autocomplete="off"
          value={query.value}
          onInput={(event) =>
            first(() => {
              query.value = event.currentTarget.value
            })
          }
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <div class="selects">
        <select
          aria-label="Where to look"
          data-testid="scope"
          value={scope.value}
          onChange={(event) =>
            first(() => {
              scope.value = event.currentTarget.value as ScopeChoice
            })
          }
        >
          <option value="everywhere">Everywhere</option>
          <option value="mine">My communities</option>
          <optgroup label="One community">
            {Object.keys(communities.value).map((id) => (
              <option key={id} value={`in:${id}`}>
                {titleOf(id)}
              </option>
            ))}
          </optgroup>
        </select>
        <select
          aria-label="State"
          data-testid="state-filter"
          value={stateFilter.value}
          onChange={(event) =>
            first(() => {
              stateFilter.value = event.currentTarget.value
            })
          }
        >
          <option value="">Any state</option>
          {STATES.map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <Work />
    </div>
  )
}

/** What the subject could do now, counted by the engine; pressing one lists those records. */
function Work(): JSX.Element | null {
  const counts = workload.value
  // The one that is pressed stays, at nought too: it must be possible to let it go.
  const possible = WORK.filter((action) => (counts[action] ?? 0) > 0 || todo.value === action)
  if (possible.length === 0) return null
  const choose = (action: string): void => {
    todo.value = todo.value === action ? '' : action
    page.value = 0
  }
  return (
    <div class="work" role="group" aria-label="List only what can be done now" key={subjectId.value}>
      {possible.map((action) => (
        <button
          key={action}
          type="button"
          class="chip"
          aria-pressed={todo.value === action}
          data-testid={`todo-${action}`}
          onClick={() => choose(action)}
        >
          {actionWords(action).label} <b>{counts[action]}</b>
        </button>
      ))}
    </div>
  )
}
