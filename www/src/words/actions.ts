/** What the actions of the policy are called. A test asks for words for every action of records. */

export type Group = 'workflow' | 'access' | 'communities' | 'administration'

export interface ActionWords {
  name: string
  /** On a button. */
  label: string
  /** After "may": "may approve it". */
  verb: string
  /** After it was done: "Approved." */
  done: string
  group: Group
}

export const GROUPS: readonly { group: Group; label: string }[] = [
  { group: 'workflow', label: 'Reading and workflow' },
  { group: 'access', label: 'Who sees it' },
  { group: 'communities', label: 'Communities' },
  { group: 'administration', label: 'Administration' },
]

const words = (group: Group, name: string, label: string, verb: string, done: string): ActionWords => ({
  name,
  label,
  verb,
  done,
  group,
})

export const ACTIONS: readonly ActionWords[] = [
  words('workflow', 'read', 'Read', 'read it', 'Read.'),
  words('workflow', 'read-files', 'Open files', 'open its files', 'Opened.'),
  words('workflow', 'update', 'Edit', 'edit it', 'Saved.'),
  words('workflow', 'request-approval', 'Submit for review', 'submit it for review', 'Submitted.'),
  words('workflow', 'approve', 'Approve', 'approve it', 'Approved.'),
  words('workflow', 'request-changes', 'Request changes', 'send it back for changes', 'Sent back for changes.'),
  words('workflow', 'cancel', 'Withdraw', 'withdraw it from review', 'Withdrawn from review.'),
  words('workflow', 'revert-approve', 'Revert approval', 'take the approval back', 'Approval taken back.'),
  words('workflow', 'publish', 'Publish', 'publish it', 'Published.'),
  words('workflow', 'unpublish', 'Unpublish', 'unpublish it', 'Unpublished.'),
  words('workflow', 'delete', 'Delete', 'delete it', 'Deleted.'),
  words('access', 'manage', 'Decide who sees it', 'decide who sees it', 'Changed.'),
  words('access', 'lift-embargo', 'Lift the embargo', 'lift its embargo', 'Embargo lifted.'),
  words('access', 'request-access', 'Ask for access', 'ask for access to it', 'Access asked for.'),
  words('communities', 'create', 'Create another here', 'create a record in this community', 'Created.'),
  words('communities', 'include', 'Add to a community', 'add it to a community', 'Asked for.'),
  words('communities', 'exclude', 'Take out of a community', 'take it out of a community', 'Taken out.'),
  words('administration', 'remove', 'Take away', 'take it away', 'Taken away.'),
  words('administration', 'restore', 'Restore', 'restore it', 'Restored.'),
  words('administration', 'read-tombstone', 'See the tombstone', 'see its tombstone', 'Read.'),
  words('administration', 'mark', 'Mark for purging', 'mark it for purging', 'Marked for purging.'),
  words('administration', 'unmark', 'Keep it after all', 'keep it after all', 'Kept.'),
  words('administration', 'expire', 'Let the review expire', 'let its review expire', 'Expired.'),
]

/** Ways an action is done, and what is done to requests. */
export const DEEDS: readonly ActionWords[] = [
  words('workflow', 'decline', 'Decline', 'decline it', 'Declined.'),
  words('access', 'grant', 'Give access', 'give access to it', 'Access given.'),
  words('access', 'revoke', 'Take access back', 'take access back', 'Access taken back.'),
  words('access', 'link', 'Make a link', 'make a secret link', 'Link made.'),
  words('access', 'unlink', 'Remove a link', 'remove a secret link', 'Link removed.'),
  words('communities', 'accept', 'Accept', 'accept it', 'Accepted.'),
]
