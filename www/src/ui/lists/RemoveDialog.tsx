import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { type Held, readList, removeList } from '../../model/lists.js'
import { attempt, working } from '../attempt.js'
import { Dialog } from '../Dialog.js'

const open = signal(false)
const held = signal<Held | null>(null)

/** Asks first, about the list as it is now. */
export const askToRemove = (id: string): Promise<void> =>
  attempt(null, async () => {
    held.value = await readList(id)
    open.value = true
  })

export function RemoveDialog(): JSX.Element {
  const away = (found: Held): Promise<void> =>
    attempt('Access list removed.', async () => {
      open.value = false
      await removeList(found)
    })
  return (
    <Dialog open={open} title="Remove an access list" testid="remove-dialog">
      {held.value && <Question held={held.value} away={away} />}
    </Dialog>
  )
}

function Question({ held, away }: { held: Held; away: (held: Held) => Promise<void> }): JSX.Element {
  const { name, id, effect } = held.list
  return (
    <div class="form">
      <p>
        <b>{name ?? id}</b> is gone for good then.{' '}
        {effect === 'deny'
          ? 'Those whom it keeps out may do again what the rules let them.'
          : 'Those whom it lets in may do no more than the rules let them.'}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="solid"
          data-testid="list-remove"
          disabled={working.value}
          onClick={() => void away(held)}
        >
          Remove it
        </button>
        <button type="button" class="plain" onClick={() => (open.value = false)}>
          Keep it
        </button>
      </div>
    </div>
  )
}
