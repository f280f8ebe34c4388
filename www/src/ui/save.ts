/** Gives the user a file. */
import type { OutboxExport } from 'lictor/client'
import { theClient } from '../model/account.js'

/** The user's own words that are on no server: all, or those of one command. */
export function saveOutbox(idem?: string): void {
  const all = JSON.parse(theClient().export()) as OutboxExport
  const intents = idem === undefined ? all.intents : all.intents.filter((intent) => intent.idem === idem)
  const text = JSON.stringify({ ...all, intents }, null, 2)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = 'my-changes.json'
  link.click()
  URL.revokeObjectURL(link.href)
}
