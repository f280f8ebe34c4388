/** Requests are records of types of their own: reviews, invitations, requests to join, to be included, to see more. */
import { computed } from '@preact/signals'
import type { JsonObject, Resource } from 'lictor'
import { client, outbox, subjectId, version } from './account.js'
import { confirmedRequests, source } from './state.js'

export interface Request {
  id: string
  type: string
  value: JsonObject
  /** What the subject may answer now. */
  answers: string[]
}

export const REQUEST_TYPES = ['invitation', 'membership-request', 'inclusion', 'access-request', 'review'] as const

const ANSWERS = ['accept', 'decline', 'cancel']

export function requestOf(id: string): JsonObject | undefined {
  void version.value
  return client.value?.record(id)?.value
}

/** All that are open, with what the subject may answer. */
export const openRequests = computed<Request[]>(() => {
  void version.value
  void outbox.value
  return confirmedRequests.value.flatMap((id): Request[] => {
    const value = client.value?.record(id)?.value
    if (!value || value['status'] !== 'submitted') return []
    const type = String(value['$type'])
    const decisions = source.value?.actions(resource(type, id)) ?? {}
    return [{ id, type, value, answers: ANSWERS.filter((action) => decisions[action]?.decision === 'allow') }]
  })
})

const resource = (type: string, id: string): Resource => ({ type, id })

/** Those that wait for the subject's own answer: an invitation to them, a request to a community they manage. */
export const waitingForMe = computed(() =>
  openRequests.value.filter(({ type, answers }) => type !== 'review' && answers.includes('accept')),
)

export const communityOf = ({ type, value }: Request): string => {
  const { receiver } = value
  if (type === 'review' || type === 'inclusion')
    return typeof receiver === 'object' && receiver !== null && 'community' in receiver
      ? String(receiver['community'])
      : ''
  return typeof value['community'] === 'string' ? value['community'] : ''
}

/** Whoever made it. */
export const creatorOf = ({ value }: Request): string => String([value['creator']].flat()[0] ?? '')

/** Whom an invitation invites. */
export const receiverOf = ({ value }: Request): string => String([value['receiver']].flat()[0] ?? '')

export const isMine = (request: Request): boolean =>
  (request.type === 'invitation' ? receiverOf(request) : creatorOf(request)) === subjectId.value
