/** What became of a command, and why, in words. */
import type { FieldEdit, Intent, OutboxItem, Verdict } from 'lictor/client'
import { actionWords } from './workflow.js'

export const STATES: { [state in OutboxItem['state']]: { label: string; meaning: string } } = {
  saved: { label: 'Saved here', meaning: 'On this device, not sent yet.' },
  sent: { label: 'Sent', meaning: 'On its way; the server has not answered yet.' },
  accepted: { label: 'Accepted', meaning: 'The server carried it out.' },
  accepted_changed: { label: 'Accepted', meaning: 'The server carried it out, on a record that others had changed.' },
  rejected: { label: 'Refused', meaning: 'The server did not carry it out. Your words are kept here.' },
}

const CODES: { [code in NonNullable<Verdict['code']>]: string } = {
  denied: 'You may not do this any more.',
  policy_changed: 'The rules changed while you were away, and you may not do this under the new ones.',
  not_found: 'There is no such record for you any more.',
  workflow: 'The record is in another state now.',
  precondition: 'Somebody else changed the same field while you were away.',
  validation: 'It breaks a rule of writing.',
  expired: 'It was made too long ago.',
  cause_rejected: 'It rests on another change that was refused.',
}

/** Why it was refused. What the server said goes with it where it says more than the code. */
export function refusal({ code, message }: Verdict): string {
  const plain = code === undefined ? 'The server refused it.' : CODES[code]
  return code === 'workflow' || code === 'validation' ? `${plain} ${sentence(message ?? '')}`.trim() : plain
}

export const REFUSAL_CODES: readonly string[] = Object.keys(CODES)

const FIELDS: { [path: string]: string } = {
  'metadata.title': 'Title',
  'metadata.abstract': 'Abstract',
  'access.record': 'Metadata visibility',
  'access.files': 'Files visibility',
  'access.embargo': 'Embargo',
}

export function fieldName({ path }: Pick<FieldEdit, 'path'>): string {
  const text = typeof path === 'string' ? path : path.join('.')
  return FIELDS[text] ?? text
}

/** "Edit: Abstract", "Approve". */
export function deedOf({ action, args }: Intent): string {
  const { label } = actionWords(action)
  if (action === 'create') return 'New record'
  return 'set' in args ? `${label}: ${args.set.map(fieldName).join(', ')}` : label
}

function sentence(text: string): string {
  if (text === '') return ''
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}
