import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { RepositoryRecord } from '../model/document.js'
import { busy, runUpdate } from '../model/run.js'
import { Icon } from './icons.js'
import { tell } from './tell.js'

interface Props {
  record: RepositoryRecord
  field: 'title' | 'abstract'
  mayEdit: boolean
}

/** Title or abstract, and the field to change it where the engine allows the update. */
export function Text({ record, field, mayEdit }: Props): JSX.Element {
  const [draft, setDraft] = useState<string | null>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const editing = draft !== null && mayEdit
  useEffect(() => {
    if (editing) area.current?.select()
  }, [editing])

  const text = record.metadata[field]
  if (!editing) {
    return (
      <div class={field}>
        {field === 'title' ? (
          <h1 id="record-title" data-testid="record-title">
            {text}
          </h1>
        ) : (
          <p data-testid="record-abstract">{text || <em>No abstract yet.</em>}</p>
        )}{' '}
        {mayEdit && (
          <button
            type="button"
            class="round"
            ref={button}
            aria-label={`Edit the ${field}`}
            title={`Edit the ${field}`}
            data-testid={`edit-${field}`}
            onClick={() => setDraft(text)}
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
    // A record has a title; an abstract it may do without.
    const worth = wanted !== text && (wanted !== '' || field === 'abstract')
    if (worth) tell('update', await runUpdate(record.id, [{ path: `metadata.${field}`, value: wanted }]))
    done()
  }
  return (
    <form
      class={`${field}-form`}
      onSubmit={(event) => {
        event.preventDefault()
        void store()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation()
          done()
        }
        if (event.key === 'Enter' && event.target === area.current && field === 'title') {
          event.preventDefault()
          void store()
        }
      }}
    >
      {field === 'title' && (
        <h1 id="record-title" class="sr">
          {text}
        </h1>
      )}
      <textarea
        ref={area}
        rows={field === 'title' ? 2 : 5}
        aria-label={field === 'title' ? 'Title' : 'Abstract'}
        data-testid={`${field}-input`}
        value={draft}
        onInput={(event) => setDraft(event.currentTarget.value)}
      />
      <div class="buttons">
        <button type="submit" class="solid" disabled={busy.value} data-testid={`${field}-save`}>
          Save
        </button>
        <button type="button" class="plain" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  )
}
