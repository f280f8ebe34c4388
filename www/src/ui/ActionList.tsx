import type { Prediction } from 'lictor/client'
import type { JSX } from 'preact'
import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import type { RepositoryRecord } from '../model/document.js'
import { names } from '../model/say.js'
import { theEngine } from '../model/engine.js'
import { factsAbout, isListed, subject } from '../model/state.js'
import { gist } from '../words/gist.js'
import { ACTIONS, GROUPS } from '../words/actions.js'
import { AnswerMark, Icon } from './icons.js'
import { Tree } from './Tree.js'
import { Why } from './Why.js'

interface Props {
  record: RepositoryRecord
  decisions: { [action: string]: Prediction }
}

/** All actions with the engine's answer and its reasons. */
export function ActionList({ record, decisions }: Props): JSX.Element {
  return (
    <section class="panel actions" aria-labelledby="actions-head">
      <h2 id="actions-head">What {names.value.subject} may do</h2>
      {GROUPS.map(({ group, label }) => (
        <Fragment key={group}>
          <h3>{label}</h3>
          <ul>
            {ACTIONS.filter((action) => action.group === group).map(({ name, label }) => {
              const decision = decisions[name]
              return decision && <Action key={name} name={name} label={label} decision={decision} record={record} />
            })}
          </ul>
        </Fragment>
      ))}
    </section>
  )
}

interface ActionProps {
  name: string
  label: string
  decision: Prediction
  record: RepositoryRecord
}

function Action({ name, label, decision, record }: ActionProps): JSX.Element {
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
          <span class="action-gist">
            {decision.speculative && (
              <span class="stamp stamp-saved" title="It rests on a change of yours that the server has not decided">
                not confirmed
              </span>
            )}{' '}
            {gist(name, decision, names.value)}
          </span>
          <Icon name="down" />
        </summary>
        {open && (
          <div class="action-more">
            <Why action={name} decision={decision} names={names.value} />
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
  const { tree } = theEngine().explain(
    { subject: subject.value, action: name, resource: { type: 'record', id: record.id, properties: record } },
    factsAbout(record.id),
  )
  if (!tree) return <p>No rule speaks of it.</p>
  return (
    <>
      <Tree node={tree} names={names.value} />
      {isListed(record.id) && (
        <p class="aside" data-testid="rule-listed">
          Access lists speak of this record. They stay with the server; what they come to for {names.value.subject} is
          in the answer above, and in the rule it is left open.
        </p>
      )}
    </>
  )
}
