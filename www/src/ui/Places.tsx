import type { Prediction } from 'lictor/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { primaryOf, type RepositoryRecord, secondaryOf } from '../model/document.js'
import { href } from '../model/route.js'
import { busy, runTransition } from '../model/run.js'
import { titleOf } from '../model/say.js'
import { communities } from '../model/state.js'
import { Icon } from './icons.js'
import { tell } from './tell.js'

interface Props {
  record: RepositoryRecord
  decisions: { [action: string]: Prediction }
}

/** The communities of a record, and more of them where it may be included. */
export function Places({ record, decisions }: Props): JSX.Element {
  const may = (action: string): boolean => decisions[action]?.decision === 'allow'
  const [primary, others] = [primaryOf(record), secondaryOf(record)]
  const run = async (action: string, community: string): Promise<void> =>
    tell(action, await runTransition(record.id, action, { community }))
  return (
    <section class="panel" aria-labelledby="places-head" data-testid="places">
      <h2 id="places-head">Communities</h2>
      <ul class="shared">
        {primary !== '' && (
          <li>
            <Icon name="users" />
            <a href={href('communities', primary)}>{titleOf(primary)}</a>
          </li>
        )}
        {others.map((id) => (
          <li key={id} data-testid={`place-${id}`}>
            <Icon name="users" />
            <a href={href('communities', id)}>{titleOf(id)}</a>
            {may('exclude') && (
              <button
                type="button"
                class="round"
                aria-label={`Take it out of ${titleOf(id)}`}
                title={`Take it out of ${titleOf(id)}`}
                disabled={busy.value}
                onClick={() => void run('exclude', id)}
              >
                <Icon name="close" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {may('include') && <Include without={[primary, ...others]} run={(id) => run('include', id)} />}
    </section>
  )
}

function Include({ without, run }: { without: string[]; run: (id: string) => Promise<void> }): JSX.Element | null {
  const [chosen, setChosen] = useState('')
  const ids = Object.keys(communities.value).filter((id) => !without.includes(id))
  if (ids.length === 0) return null
  return (
    <form
      class="give"
      onSubmit={(event) => {
        event.preventDefault()
        void run(chosen).then(() => setChosen(''))
      }}
    >
      <select
        aria-label="Add to a community"
        data-testid="include-in"
        value={chosen}
        onChange={(event) => setChosen(event.currentTarget.value)}
      >
        <option value="">Add to a community …</option>
        {ids.map((id) => (
          <option key={id} value={id}>
            {titleOf(id)}
          </option>
        ))}
      </select>
      <button type="submit" class="plain" data-testid="do-include" disabled={chosen === '' || busy.value}>
        Add
      </button>
    </form>
  )
}
