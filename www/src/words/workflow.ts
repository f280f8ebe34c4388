/**
 * How the workflow is drawn and called. The drawing is fixed; whether a step may be taken is asked of the engine, and
 * a test checks that the drawing is the engine's machine.
 */

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
  { name: 'pending-approval', label: 'Pending approval', meaning: 'Curators are looking at it.', progress: 2 },
  { name: 'approved', label: 'Approved', meaning: 'Ready, and seen by the community.', progress: 3 },
  { name: 'published', label: 'Published', meaning: 'Everybody can read it.', progress: 4 },
  { name: 'deleted', label: 'Deleted', meaning: 'Given up before it was approved.', progress: 0 },
]

export interface ActionWords {
  name: string
  /** On a button. */
  label: string
  /** After "may": "may approve it". */
  verb: string
  /** After it was done: "Approved." */
  done: string
}

export const ACTIONS: readonly ActionWords[] = [
  { name: 'read', label: 'Read', verb: 'read it', done: 'Read.' },
  { name: 'update', label: 'Edit', verb: 'edit it', done: 'Saved.' },
  { name: 'request-approval', label: 'Request approval', verb: 'ask for approval', done: 'Sent for approval.' },
  { name: 'approve', label: 'Approve', verb: 'approve it', done: 'Approved.' },
  {
    name: 'request-changes',
    label: 'Request changes',
    verb: 'send it back for changes',
    done: 'Sent back for changes.',
  },
  { name: 'revert-approve', label: 'Revert approval', verb: 'take the approval back', done: 'Approval taken back.' },
  { name: 'publish', label: 'Publish', verb: 'publish it', done: 'Published.' },
  { name: 'unpublish', label: 'Unpublish', verb: 'unpublish it', done: 'Unpublished.' },
  { name: 'delete', label: 'Delete', verb: 'delete it', done: 'Deleted.' },
  { name: 'create', label: 'Create another here', verb: 'create a record in this community', done: 'Created.' },
]

export interface Step {
  action: string
  from: string
  to: string
}

/** The arrows of the drawing: forward above, back below, and the one that leaves. */
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
export const LEAVE: Step = { action: 'delete', from: 'editing', to: 'deleted' }
export const STEPS: readonly Step[] = [...FORWARD, ...BACK, LEAVE]

/** Actions that make a work list: what moves a record onward. */
export const WORK: readonly string[] = ['update', ...FORWARD.map(({ action }) => action)]

export function stateWords(name: string): StateWords {
  return STATES.find((state) => state.name === name) ?? { name, label: name, meaning: '', progress: 0 }
}

export function actionWords(name: string): ActionWords {
  return ACTIONS.find((action) => action.name === name) ?? { name, label: name, verb: name, done: `${name}.` }
}
