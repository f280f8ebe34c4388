import type { JSX } from 'preact'
import { nameOf } from '../model/people.js'
import { go, href } from '../model/route.js'
import { index, session, subjectId, world } from '../model/state.js'
import { actionWords } from '../words/workflow.js'
import { Avatar } from './Avatar.js'
import { Icon } from './icons.js'
import { actAs, described, openPeople } from './PeopleDialog.js'

/** Three scenes to begin with; each opens a record the engine found for that person and that step. */
const SCENES: readonly { as: string; action: string; text: string }[] = [
  { as: '14', action: 'request-approval', text: 'An author finishes a draft and asks for approval' },
  { as: '18', action: 'approve', text: 'A curator approves it, but cannot publish' },
  { as: '4', action: 'publish', text: 'A publisher releases it to everybody' },
]

/** What stands beside the list while no record is open. */
export function Home(): JSX.Element {
  const { facts, records } = world.value
  const id = subjectId.value
  return (
    <div class="home" data-testid="home">
      <p class="eyebrow">A research repository in this tab</p>
      <h1>It knows what you may do, before you ask.</h1>
      <p class="lead">
        Who may read, edit, approve or publish each of {records.length.toLocaleString('en')} records is decided here, on
        this device, by one small engine. There is no server to ask. Pull the plug and go on working.
      </p>
      <div class="now">
        <Avatar id={id} name={nameOf(facts, id)} />
        <p>
          <b>You are {nameOf(facts, id)}</b>: {described(id).charAt(0).toLowerCase() + described(id).slice(1)}.
        </p>
        <button type="button" class="plain" onClick={openPeople}>
          Be somebody else
        </button>
      </div>
      <h2>Three people, one record at a time</h2>
      <ol class="scenes">
        {SCENES.map((scene) => (
          <li key={scene.as}>
            <button
              type="button"
              class="scene"
              data-testid={`scene-${scene.action}`}
              onClick={() => play(scene.as, scene.action)}
            >
              <Avatar id={scene.as} name={nameOf(facts, scene.as)} />
              <span>
                <b>{scene.text}</b>
                <small>
                  {nameOf(facts, scene.as)} · {actionWords(scene.action).label}
                </small>
              </span>
              <Icon name="right" />
            </button>
          </li>
        ))}
      </ol>
      <p class="also">
        Or see <a href={href('matrix')}>who may do what in which state</a>, or{' '}
        <a href={href('facts')}>take facts away</a> and watch the engine say that it does not know. Ten thousand more
        records are there too.
      </p>
      <p class="keys">
        <kbd>/</kbd> search <kbd>↑</kbd>
        <kbd>↓</kbd> move <kbd>Enter</kbd> open <kbd>Esc</kbd> back
      </p>
    </div>
  )
}

function play(as: string, action: string): void {
  actAs(as)
  const [row] = session.value.visible(index.value, action).page(0, 1)
  const record = row === undefined ? undefined : world.value.records[row]
  go('records', record?.id)
}
