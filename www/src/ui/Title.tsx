import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { RepositoryRecord } from '../model/document.js'
import { busy, runUpdate } from '../model/run.js'
import { Icon } from './icons.js'
import { tell } from './tell.js'

/** The title, and the field to change it where the engine allows the update. */
export function Title({ record, mayEdit }: { record: RepositoryRecord; mayEdit: boolean }): JSX.Element {
  const [draft, setDraft] = useState<string | null>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const editing = draft !== null && mayEdit
  useEffect(() => {
    if (editing) field.current?.select()
  }, [editing])

  const { title } = record.metadata
  if (!editing) {
    return (
      <div class="title">
        <h1 id="record-title" data-testid="record-title">
          {title}
        </h1>{' '}
        {mayEdit && (
          <button
            type="button"
            class="round"
            ref={button}
            aria-label="Edit the title"
            title="Edit the title"
            data-testid="edit-title"
            onClick={() => setDraft(title)}
          >
            <Icon name="pencil" />
          </button>
        )}
      </div>
    )
  }
  const done = (): void => {
    setDraft(null)
    // The button comes back with the next frame.
    requestAnimationFrame(() => button.current?.focus())
  }
  const store = async (): Promise<void> => {
    const wanted = draft.trim()
    if (wanted !== '' && wanted !== title) tell('update', await runUpdate(record.id, wanted))
    done()
  }
  return (
    <form
      class="title-form"
      onSubmit={(event) => {
        event.preventDefault()
        void store()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation()
          done()
        }
        if (event.key === 'Enter' && event.target === field.current) {
          event.preventDefault()
          void store()
        }
      }}
    >
      <h1 id="record-title" class="sr">
        {title}
      </h1>
      <textarea
        ref={field}
        rows={2}
        aria-label="Title"
        data-testid="title-input"
        value={draft}
        onInput={(event) => setDraft(event.currentTarget.value)}
      />
      <div class="buttons">
        <button type="submit" class="solid" disabled={busy.value} data-testid="title-save">
          Save
        </button>
        <button type="button" class="plain" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  )
}
