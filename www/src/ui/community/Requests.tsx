import type { JSX } from 'preact'
import { nameOf } from '../../model/people.js'
import { communityOf, creatorOf, isMine, openRequests, receiverOf, type Request } from '../../model/requests.js'
import { href } from '../../model/route.js'
import { busy, runTransition } from '../../model/run.js'
import { titleOf } from '../../model/say.js'
import { recordById } from '../../model/state.js'
import { Avatar } from '../Avatar.js'
import { tell } from '../tell.js'

const ANSWERS: { [answer: string]: string } = { accept: 'Accept', decline: 'Decline', cancel: 'Withdraw' }

/** Open requests, of one community or of all, with the answers this person may give. */
export function Requests({ community }: { community?: string }): JSX.Element | null {
  const open = openRequests.value
    .filter((request) => request.answers.length > 0 || (isMine(request) && request.type !== 'review'))
    .filter((request) => community === undefined || communityOf(request) === community)
  if (open.length === 0) return null
  return (
    <section class="panel" aria-labelledby="requests-head" data-testid="requests">
      <h2 id="requests-head">Waiting for an answer</h2>
      <ul class="requests">
        {open.map((request) => (
          <Item key={request.id} request={request} />
        ))}
      </ul>
    </section>
  )
}

function Item({ request }: { request: Request }): JSX.Element {
  const { id, type, value, answers } = request
  const about = type === 'invitation' ? receiverOf(request) : creatorOf(request)
  const answer = async (action: string): Promise<void> => tell(action, await runTransition(id, action))
  return (
    <li data-testid={`request-${id}`} data-type={type}>
      <Avatar id={about} name={nameOf(about)} />
      <span>
        <span>{sentence(request)}</span>
        {typeof value['message'] === 'string' && <q>{value['message']}</q>}
      </span>
      <span class="buttons">
        {answers.map((action) => (
          <button
            key={action}
            type="button"
            class={action === 'accept' ? 'solid' : 'plain'}
            data-testid={`answer-${action}`}
            disabled={busy.value}
            onClick={() => void answer(action)}
          >
            {ANSWERS[action]}
          </button>
        ))}
      </span>
    </li>
  )
}

function sentence(request: Request): JSX.Element {
  const place = titleOf(communityOf(request))
  const role = String(request.value['role'] ?? 'member')
  const who = nameOf(creatorOf(request))
  switch (request.type) {
    case 'invitation':
      return isMine(request) ? (
        <>
          You are invited to <b>{place}</b> as {role}.
        </>
      ) : (
        <>
          {nameOf(receiverOf(request))} is invited to <b>{place}</b> as {role}.
        </>
      )
    case 'membership-request':
      return (
        <>
          {isMine(request) ? 'You ask' : `${who} asks`} to join <b>{place}</b>.
        </>
      )
    case 'inclusion':
      return (
        <>
          {who} asks <b>{place}</b> to include {topic(request)}.
        </>
      )
    default:
      return (
        <>
          {who} asks to see all of {topic(request)}.
        </>
      )
  }
}

/** The record a request is about, by its title where it can be seen. */
function topic({ value }: Request): JSX.Element {
  const { topic } = value
  const id = typeof topic === 'object' && topic !== null && 'record' in topic ? String(topic['record']) : ''
  return <a href={href('records', id)}>{recordById(id)?.metadata.title ?? id}</a>
}
