import type { Prediction } from 'lictor/client'
import type { JSX } from 'preact'
import { Fragment } from 'preact'
import { type RepositoryRecord, stateOf } from '../model/document.js'
import { busy, runTransition } from '../model/run.js'
import { actionWords, BACK, FORWARD, LEAVE, STATES, type Step, stateWords } from '../words/workflow.js'
import { Icon } from './icons.js'
import { tell } from './tell.js'

interface Props {
  record: RepositoryRecord
  decisions: { [action: string]: Prediction }
}

/** The workflow as a road from left to right. The ways that lead on from here are buttons. */
export function Workflow({ record, decisions }: Props): JSX.Element {
  const state = stateOf(record)
  const { progress: reached } = stateWords(state)
  const way = (step: Step | undefined, direction: Direction): JSX.Element | undefined =>
    step && (
      <Way
        key={step.action}
        step={step}
        direction={direction}
        here={step.from === state}
        decision={decisions[step.action]}
        id={record.id}
      />
    )
  const road = STATES.filter(({ progress }) => progress > 0)
  return (
    <section class="flow" aria-label={`Workflow. The record is ${stateWords(state).label.toLowerCase()}.`}>
      {road.map(({ name, label, meaning, progress }, i) => (
        <Fragment key={name}>
          <div
            class="stop"
            tabIndex={-1}
            title={meaning}
            aria-current={name === state ? 'step' : undefined}
            data-testid={`step-${name}`}
            data-passed={progress < reached}
          >
            <i aria-hidden="true" />
            <b>{label}</b>
          </div>
          {FORWARD[i] && (
            <div class="ways" data-passed={progress < reached}>
              {way(FORWARD[i], 'on')}
              {way(BACK[i], 'back')}
            </div>
          )}
        </Fragment>
      ))}
      <div class="exit">
        {state === 'deleted' && (
          <p class="stop-deleted" tabIndex={-1} aria-current="step" data-testid="step-deleted">
            <Icon name="close" />
            {record.published_once ? 'Taken away after it was published.' : 'Given up before it was approved.'}
          </p>
        )}
        {LEAVE.filter(({ from, action }) => from === state && isOffered(decisions[action])).map((step) =>
          way(step, 'out'),
        )}
      </div>
    </section>
  )
}

/** Ways off the road are for few; to the others they would only be noise. */
const isOffered = (decision: Prediction | undefined): boolean => decision !== undefined && decision.decision !== 'deny'

type Direction = 'on' | 'back' | 'out'

interface WayProps {
  step: Step
  direction: Direction
  here: boolean
  decision: Prediction | undefined
  id: string
}

/** From elsewhere a way is only drawn; from here it is a button, which only an `allow` lets be pressed. */
function Way({ step, direction, here, decision, id }: WayProps): JSX.Element {
  const { label } = actionWords(step.action)
  const answer = decision?.decision ?? 'unknown'
  if (!here)
    return (
      <span class={`way way-${direction}`}>
        <span>{label}</span>
      </span>
    )
  const run = async (road: Element | null): Promise<void> => {
    tell(step.action, await runTransition(id, step.action))
    // The button is gone with the state it led on from; the focus goes to where the record is now.
    requestAnimationFrame(() => road?.querySelector<HTMLElement>('[aria-current]')?.focus({ preventScroll: true }))
  }
  return (
    <button
      type="button"
      class={`way way-${direction} way-${answer}`}
      data-testid={`act-${step.action}`}
      data-answer={answer}
      disabled={answer !== 'allow' || busy.value}
      onClick={(event) => void run(event.currentTarget.closest('.flow'))}
    >
      {answer !== 'allow' && <Icon name={answer === 'deny' ? 'lock' : 'question'} />}
      <span>{label}</span>
      <span class="sr">
        {answer === 'allow' ? `: to ${stateWords(step.to).label}` : answer === 'deny' ? ': denied' : ': not known'}
      </span>
    </button>
  )
}
