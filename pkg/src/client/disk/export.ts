/**
 * What a user takes away from an outbox: own texts that the server refused, or never got. Before a logout, or when a
 * community was lost. Accepted intents are on the server and are left out.
 */

import type { Intent, Verdict } from '../../sync/protocol.js'
import type { OutboxState } from './disk.js'

/** The document that `exportOutbox` writes. */
export interface OutboxExport {
  format: 'lictor outbox'
  version: 1
  device: string
  /** In the order they were made. */
  intents: ExportedIntent[]
}

export interface ExportedIntent {
  status: 'refused' | 'unsent'
  /** The idempotency key: the same intent in two exports has the same. */
  idem: string
  made: { wall: number }
  action: Intent['action']
  target: Intent['target']
  /** What was written: the record, the fields with what they replace, the parameters. */
  args: Intent['args']
  /** Why it was refused, and for `precondition` the fields as they were then. */
  refused?: Pick<Verdict, 'code' | 'message' | 'because' | 'theirs'>
}

/** JSON text, for `new Blob([text], { type: 'application/json' })`. `unsent` may yet be sent: export and then decide. */
export function exportOutbox(state: OutboxState): string {
  const document: OutboxExport = {
    format: 'lictor outbox',
    version: 1,
    device: state.device,
    intents: state.kept.flatMap(({ intent, verdict }): ExportedIntent[] => {
      if (verdict && verdict.r !== 'rejected') return []
      const { idem, made, action, target, args } = intent
      const own = { idem, made, action, target, args }
      if (!verdict) return [{ status: 'unsent', ...own }]
      const { code, message, because, theirs } = verdict
      return [{ status: 'refused', ...own, refused: { code, message, because, theirs } }]
    }),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
