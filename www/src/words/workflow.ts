/**
 * How the workflow is drawn and called. The drawing is fixed; whether a step may be taken is asked of the engine, and
 * a test checks that the drawing is the engine's machine.
 */
import { ACTIONS, type ActionWords, DEEDS } from './actions.js'

export interface StateWords {
  name: string
  label: string
  /** What it means for the people around the record. */
  meaning: string
  /** How far along: 0 to 4 of four parts, for the meter. */
  progress: number
}

export const STATES: readonly StateWords[] = [
  { name: 'editing', label: 'Editing', meaning: 'The author is writing it.', progress: 1 },
  { name: 'pending-approval', label: 'In review', meaning: 'Curators are looking at it.', progress: 2 },
  { name: 'approved', label: 'Approved', meaning: 'Ready, and seen by the community.', progress: 3 },
  { name: 'published', label: 'Published', meaning: 'It can be read as far as its visibility goes.', progress: 4 },
  { name: 'deleted', label: 'Deleted', meaning: 'Given up as a draft, or taken away later.', progress: 0 },
]

/** States of requests: reviews, invitations, requests to join. */
const ANSWERED: { [state: string]: string } = {
  submitted: 'Open',
  accepted: 'Accepted',
  declined: 'Declined',
  cancelled: 'Withdrawn',
  expired: 'Expired',
}

export interface Step {
  action: string
  from: string
  to: string
}

/** The arrows of the drawing: forward above, back below, and those that leave the road. */
export const FORWARD: readonly Step[] = [
  { action: 'request-approval', from: 'editing', to: 'pending-approval' },
  { action: 'approve', from: 'pending-approval', to: 'approved' },
  { action: 'publish', from: 'approved', to: 'published' },
]
export const BACK: readonly Step[] = [
  { action: 'request-changes', from: 'pending-approval', to: 'editing' },
  { action: 'revert-approve', from: 'approved', to: 'pending-approval' },
  { action: 'unpublish', from: 'published', to: 'approved' },
]
export const LEAVE: readonly Step[] = [
  { action: 'delete', from: 'editing', to: 'deleted' },
  { action: 'remove', from: 'published', to: 'deleted' },
  { action: 'restore', from: 'deleted', to: 'published' },
]
/** Ways out of a review that are offered beside it; the last is the clock's. */
export const REVIEW: readonly Step[] = [
  { action: 'decline', from: 'pending-approval', to: 'editing' },
  { action: 'cancel', from: 'pending-approval', to: 'editing' },
  { action: 'expire', from: 'pending-approval', to: 'editing' },
]
export const STEPS: readonly Step[] = [...FORWARD, ...BACK, ...LEAVE, ...REVIEW]

/** Actions that make a work list: what moves a record onward. */
export const WORK: readonly string[] = ['update', ...FORWARD.map(({ action }) => action)]

export function stateWords(name: string): StateWords {
  const found = STATES.find((state) => state.name === name)
  return found ?? { name, label: ANSWERED[name] ?? name, meaning: '', progress: 0 }
}

export function actionWords(name: string): ActionWords {
  const found = [...ACTIONS, ...DEEDS].find((action) => action.name === name)
  return found ?? { name, label: name, verb: name, done: `${name}.`, group: 'workflow' }
}
