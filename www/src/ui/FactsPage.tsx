import type { JSX } from 'preact'
import { theEngine } from '../model/engine.js'
import { counts, FACT_CLASSES, type FactClass } from '../model/held.js'
import { subjectId } from '../model/account.js'
import { nameOf } from '../model/people.js'
import { aside, held, tally, type Tally, view } from '../model/state.js'
import { Supply } from './Supply.js'

const number = new Intl.NumberFormat('en')

const WORDS: { [name in FactClass]: { label: string; effect: string } } = {
  others: {
    label: 'Who else holds a role',
    effect: 'Own rights stay certain. “Who may …” can no longer name everybody.',
  },
  mine: { label: 'My own roles', effect: 'Whatever a role would give becomes unknown; ownership still counts.' },
  access: {
    label: 'Allow and deny rows',
    effect: 'A deny row beats everything, so without the rows hardly anything is certain.',
  },
  grants: { label: 'What communities grant their roles', effect: 'A role is known, but not what it is good for.' },
  roles: { label: 'People’s global roles', effect: 'Only matters where a row speaks of a global role.' },
}

export function FactsPage(): JSX.Element {
  const id = subjectId.value
  const amounts = counts(view.value, id)
  const turn = (name: FactClass): void => {
    const next = new Set(aside.value)
    if (!next.delete(name)) next.add(name)
    aside.value = next
  }
  return (
    <div class="page" data-testid="facts-page">
      <h1>Facts this device holds</h1>
      <p class="lead">
        The server gives this device what {nameOf(id)} may see, and says of what there is no more. A fact that was not
        supplied is not a “no”. Put some aside, and every answer that could depend on them turns to <em>unknown</em> and
        names what is missing. More facts turn unknown into allowed or denied, and never turn one into the other.
      </p>
      <Certainty tally={tally.value} who={nameOf(id)} />
      <ul class="switches">
        {FACT_CLASSES.map((name) => (
          <li key={name}>
            <label class="switch">
              <input
                type="checkbox"
                role="switch"
                checked={!aside.value.has(name)}
                data-testid={`fact-${name}`}
                onChange={() => turn(name)}
              />
              <span class="track" aria-hidden="true" />
              <span>
                <b>{WORDS[name].label}</b>
                <small>{WORDS[name].effect}</small>
              </span>
              <span class="amount">{number.format(amounts[name])}</span>
            </label>
          </li>
        ))}
      </ul>
      <Supply />
    </div>
  )
}

/** All answers of the engine for one person, in proportion. */
function Certainty({ tally, who }: { tally: Tally; who: string }): JSX.Element {
  const total = Math.max(1, tally.allow + tally.deny + tally.unknown)
  const part = (count: number): { flexGrow: string } => ({ flexGrow: String(count / total) })
  return (
    <figure class="certainty" data-testid="tally" data-unknown={tally.unknown}>
      <div class="ribbon" aria-hidden="true">
        <i class="allow" style={part(tally.allow)} />
        <i class="unknown" style={part(tally.unknown)} />
        <i class="deny" style={part(tally.deny)} />
      </div>
      <figcaption aria-live="polite">
        {theEngine().policy.actions.length} actions on {number.format(held())} records, for {who}:{' '}
        <b class="allow">{number.format(tally.allow)} allowed</b>,{' '}
        <b class="deny">{number.format(tally.deny)} denied</b>,{' '}
        <b class="unknown">{number.format(tally.unknown)} unknown</b>.
      </figcaption>
    </figure>
  )
}
