import type { Decision } from 'lictor'
import type { Decisions } from '../model/engine.js'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { RepositoryRecord } from '../model/document.js'
import { facts, subject, subjectId, theEngine, world } from '../model/state.js'
import { namesFor } from '../words/names.js'
import { gist } from '../words/gist.js'
import { ACTIONS } from '../words/workflow.js'
import { AnswerMark, Icon } from './icons.js'
import { Tree } from './Tree.js'
import { Why } from './Why.js'

interface Props {
  record: RepositoryRecord
  decisions: Decisions
}

/** All ten actions with the engine's answer and its reasons. */
export function ActionList({ record, decisions }: Props): JSX.Element {
  const names = namesFor(world.value.facts, subjectId.value)
  return (
    <section class="panel actions" aria-labelledby="actions-head">
      <h2 id="actions-head">What {names.subject === 'A visitor' ? 'a visitor' : names.subject} may do</h2>
      <ul>
        {ACTIONS.map(({ name, label }) => {
          const decision = decisions[name]
          return decision && <Action key={name} name={name} label={label} decision={decision} record={record} />
        })}
      </ul>
    </section>
  )
}

interface ActionProps {
  name: string
  label: string
  decision: Decision
  record: RepositoryRecord
}

function Action({ name, label, decision, record }: ActionProps): JSX.Element {
  const names = namesFor(world.value.facts, subjectId.value)
  const [open, setOpen] = useState(false)
  return (
    <li>
      <details
        class="action"
        data-testid={`action-${name}`}
        data-decision={decision.decision}
        onToggle={(event) => setOpen(event.currentTarget.open)}
      >
        <summary>
          <AnswerMark answer={decision.decision} />
          <span class="action-name">{label}</span>
          <span class="action-gist">{gist(name, decision, names)}</span>
          <Icon name="down" />
        </summary>
        {open && (
          <div class="action-more">
            <Why action={name} decision={decision} names={names} />
            <Rule name={name} record={record} />
          </div>
        )}
      </details>
    </li>
  )
}

/** The rule itself, evaluated branch by branch; asked for only when somebody looks. */
function Rule({ name, record }: { name: string; record: RepositoryRecord }): JSX.Element {
  const [open, setOpen] = useState(false)
  return (
    <details
      class="rule"
      onToggle={(event) => {
        event.stopPropagation()
        setOpen(event.currentTarget.open)
      }}
    >
      <summary>The rule, branch by branch</summary>
      {open && <Explained name={name} record={record} />}
    </details>
  )
}

function Explained({ name, record }: { name: string; record: RepositoryRecord }): JSX.Element {
  const names = namesFor(world.value.facts, subjectId.value)
  const { tree } = theEngine().explain(
    { subject: subject.value, action: name, resource: { type: 'record', id: record.id, properties: record } },
    facts.value,
  )
  return tree ? <Tree node={tree} names={names} /> : <p>No rule speaks of it.</p>
}
