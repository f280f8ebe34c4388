import type { JSX } from 'preact'
import { firstView, subjectId } from '../model/account.js'
import { ownRoles } from '../model/community.js'
import { nameOf } from '../model/people.js'
import { go, href } from '../model/route.js'
import { titleOf } from '../model/say.js'
import { communities, held, source } from '../model/state.js'
import { either } from '../words/names.js'
import { actionWords } from '../words/workflow.js'
import { Avatar } from './Avatar.js'
import { Icon } from './icons.js'
import { actAs, openPeople } from './PeopleDialog.js'

/** Scenes to begin with; each opens a record the engine found for that person and that step. */
const SCENES: readonly { as: string; action: string; text: string }[] = [
  { as: '14', action: 'request-approval', text: 'An author finishes a draft and submits it' },
  { as: '18', action: 'approve', text: 'A curator approves it, but cannot publish' },
  { as: '4', action: 'publish', text: 'A publisher releases it to everybody' },
]

/** What stands beside the list while no record is open. */
export function Home(): JSX.Element {
  const id = subjectId.value
  return (
    <div class="home" data-testid="home">
      <p class="eyebrow">A research repository, here and on a server</p>
      <h1>It knows what you may do, before you ask.</h1>
      <p class="lead">
        Who may read, edit, approve or publish each of {held().toLocaleString('en')} records is decided on this device,
        by the engine the server decides with. Pull the plug and go on working: the server has the last word, and
        nothing you wrote is lost.
      </p>
      <div class="now">
        <Avatar id={id} name={nameOf(id)} />
        <p>
          <b>You are {nameOf(id)}</b>: {jobs()}.
        </p>
        <button type="button" class="plain" onClick={openPeople}>
          Be somebody else
        </button>
      </div>
      <h2>Four people, four jobs</h2>
      <ol class="scenes">
        {SCENES.map((scene) => (
          <li key={scene.as}>
            <button
              type="button"
              class="scene"
              data-testid={`scene-${scene.action}`}
              onClick={() => void play(scene.as, scene.action)}
            >
              <Avatar id={scene.as} name={nameOf(scene.as)} />
              <span>
                <b>{scene.text}</b>
                <small>
                  {nameOf(scene.as)} · {actionWords(scene.action).label}
                </small>
              </span>
              <Icon name="right" />
            </button>
          </li>
        ))}
        <li>
          <button type="button" class="scene" data-testid="scene-members" onClick={() => void playCommunity()}>
            <Avatar id={HOST} name={nameOf(HOST)} />
            <span>
              <b>An administrator lets somebody in</b>
              <small>{nameOf(HOST)} · Coastal Observatories</small>
            </span>
            <Icon name="right" />
          </button>
        </li>
      </ol>
      <p class="also">
        Open this page in a second browser as somebody else, work offline in both, and see{' '}
        <a href={href('outbox')}>what the server makes of it</a>. Or see{' '}
        <a href={href('matrix')}>who may do what in which state</a>, or <a href={href('facts')}>take facts away</a> and
        watch the engine say that it does not know.
      </p>
      <p class="keys">
        <kbd>/</kbd> search <kbd>↑</kbd>
        <kbd>↓</kbd> move <kbd>Enter</kbd> open <kbd>Esc</kbd> back
      </p>
    </div>
  )
}

/** "curator in Alpine Hydrology, member in Urban Sound Archive". */
function jobs(): string {
  const words = Object.keys(communities.value).flatMap((id) => {
    const roles = ownRoles(id)
    return roles.length === 0 ? [] : [`${either(roles, 'and')} in ${titleOf(id)}`]
  })
  return words.length === 0 ? 'in no community' : words.join(', ')
}

/** Runs a community that somebody asks to join. */
const HOST = '18'

async function playCommunity(): Promise<void> {
  await actAs(HOST)
  await firstView()
  go('communities', 'coastal-observatories')
}

async function play(as: string, action: string): Promise<void> {
  await actAs(as)
  await firstView()
  go('records', source.value?.list({ action }).ids[0])
}
