/** What of a kept intent its user wrote, and what others did: the fields as the user saw them, or as a refusal showed them. */

import type { IntentArgs } from '../../sync/protocol.js'
import type { Kept } from './disk.js'

/** Without what the user saw before. */
export function unseen(args: IntentArgs): IntentArgs {
  if (!('set' in args)) return args
  return { ...args, set: args.set.map(({ was: _, ...edit }) => edit) }
}

/** The intent and its verdict, with nothing in it that others wrote. */
export function ownWords(kept: Kept): Kept {
  const own = { ...kept, intent: { ...kept.intent, args: unseen(kept.intent.args) } }
  if (kept.verdict === undefined) return own
  const { theirs: _, ...verdict } = kept.verdict
  return { ...own, verdict }
}

export function quotesOthers({ intent: { args }, verdict }: Kept): boolean {
  return verdict?.theirs !== undefined || ('set' in args && args.set.some((edit) => 'was' in edit))
}
