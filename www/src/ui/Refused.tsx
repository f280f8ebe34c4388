import type { IntentArgs, OutboxItem, Verdict } from 'lictor/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { theClient } from '../model/account.js'
import { busy, runAgain } from '../model/run.js'
import { fieldName } from '../words/outbox.js'
import { saveOutbox } from './save.js'
import { tell } from './tell.js'

interface Text {
  name: string
  own: string
  theirs?: string
}

/** A refused command with the user's own words, which can be edited and sent again, exported, or let go. */
export function Refused({ item: { intent }, verdict }: { item: OutboxItem; verdict: Verdict }): JSX.Element {
  const texts = textsOf(intent.args, verdict)
  const [drafts, setDrafts] = useState(texts.map(({ own }) => own))
  const [sure, setSure] = useState(false)
  const again = async (): Promise<void> => tell(intent.action, await runAgain(intent.n, withTexts(intent.args, drafts)))
  return (
    <form
      class="refused"
      onSubmit={(event) => {
        event.preventDefault()
        void again()
      }}
    >
      {texts.map(({ name, own, theirs }, i) => (
        <label key={name} class="labelled">
          Your {name.toLowerCase()}
          <textarea
            rows={own.length > 80 ? 4 : 2}
            data-testid="refused-text"
            value={drafts[i]}
            onInput={(event) => setDrafts(drafts.with(i, event.currentTarget.value))}
          />
          {theirs !== undefined && (
            <span class="theirs" data-testid="theirs">
              <small>There now</small> {theirs}
            </span>
          )}
        </label>
      ))}
      <div class="buttons">
        <button type="submit" class="solid" data-testid="send-again" disabled={busy.value}>
          Send again
        </button>
        <button type="button" class="plain" data-testid="export" onClick={() => saveOutbox(intent.idem)}>
          Export
        </button>
        <button
          type="button"
          class="plain"
          data-testid="dismiss"
          onClick={() => (sure || texts.length === 0 ? void theClient().dismiss(intent.n) : setSure(true))}
        >
          {sure ? 'Delete my words' : 'Dismiss'}
        </button>
      </div>
    </form>
  )
}

/** What the user wrote, as far as it is text. */
function textsOf(args: IntentArgs, { theirs = [] }: Verdict): Text[] {
  if ('record' in args) return [{ name: 'Title', own: titleIn(args.record) }]
  if (!('set' in args)) return []
  return args.set.flatMap((edit) => {
    if (!('value' in edit) || typeof edit.value !== 'string') return []
    const path = typeof edit.path === 'string' ? edit.path : edit.path.join('.')
    const now = theirs.find((one) => one.path.join('.') === path)?.value
    return [{ name: fieldName(edit), own: edit.value, ...(typeof now === 'string' && { theirs: now }) }]
  })
}

/** The same command with other words. A field keeps its place; what is no text stays as it was. */
function withTexts(args: IntentArgs, drafts: string[]): IntentArgs | undefined {
  if ('record' in args) {
    const metadata = { ...(args.record['metadata'] as object), title: drafts[0] ?? '' }
    return { ...args, record: { ...args.record, metadata } }
  }
  if (!('set' in args)) return undefined
  const left = [...drafts]
  return {
    set: args.set.map((edit) => {
      if (!('value' in edit)) return { path: edit.path, remove: true }
      return { path: edit.path, value: typeof edit.value === 'string' ? (left.shift() ?? '') : edit.value }
    }),
  }
}

function titleIn(record: { [key: string]: unknown }): string {
  const metadata = record['metadata']
  return typeof metadata === 'object' && metadata !== null && 'title' in metadata ? String(metadata.title) : ''
}
