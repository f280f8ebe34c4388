import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { nameOf, titleOf } from '../model/people.js'
import { go } from '../model/route.js'
import { busy, runCreate } from '../model/run.js'
import { facts, subject, subjectId, theEngine, world } from '../model/state.js'
import { namesFor } from '../words/names.js'
import { Dialog } from './Dialog.js'
import { AnswerMark } from './icons.js'
import { tell } from './tell.js'
import { gist } from '../words/gist.js'

const open = signal(false)
const TYPES = ['Dataset', 'Journal article', 'Software', 'Photo']

export function openNewRecord(): void {
  open.value = true
}

export function NewRecordDialog(): JSX.Element {
  return (
    <Dialog open={open} title="New record" testid="new-dialog">
      <Form />
    </Dialog>
  )
}

function Form(): JSX.Element {
  const { facts: all } = world.value
  const names = namesFor(all, subjectId.value)
  const choices = Object.keys(all.communities ?? {}).map((id) => ({
    id,
    decision: theEngine().check(
      { subject: subject.value, action: 'create', resource: { type: 'record', community: id } },
      facts.value,
    ),
  }))
  const [community, setCommunity] = useState(choices.find(({ decision }) => decision.decision === 'allow')?.id ?? '')
  const [title, setTitle] = useState('')
  const [type, setType] = useState(TYPES[0] ?? '')

  const store = async (): Promise<void> => {
    const metadata = {
      title: title.trim(),
      creators: [nameOf(all, subjectId.value)],
      abstract: '',
      year: new Date().getFullYear(),
      type,
    }
    const outcome = await runCreate(community, metadata)
    tell('create', outcome)
    if (outcome.t !== 'done') return
    open.value = false
    go('records', outcome.id)
  }

  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        void store()
      }}
    >
      <fieldset>
        <legend>Community</legend>
        {choices.map(({ id, decision }) => (
          <label key={id} class="choice" data-answer={decision.decision}>
            <input
              type="radio"
              name="community"
              value={id}
              checked={community === id}
              disabled={decision.decision !== 'allow'}
              data-testid={`new-in-${id}`}
              onChange={() => setCommunity(id)}
            />
            <span>
              <b>{titleOf(all, id)}</b>
              <small>{gist('create', decision, names)}</small>
            </span>
            <AnswerMark answer={decision.decision} />
          </label>
        ))}
      </fieldset>
      <label class="labelled">
        Title
        <input
          class="field"
          required
          maxLength={300}
          data-testid="new-title"
          value={title}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
      </label>
      <label class="labelled">
        Type
        <select value={type} onChange={(event) => setType(event.currentTarget.value)}>
          {TYPES.map((word) => (
            <option key={word}>{word}</option>
          ))}
        </select>
      </label>
      <div class="buttons">
        <button
          type="submit"
          class="solid"
          data-testid="new-save"
          disabled={community === '' || title.trim() === '' || busy.value}
        >
          Create it
        </button>
        <span class="hint">
          {community === ''
            ? `${names.subject} may not create a record anywhere.`
            : 'It stays on this device, and you will own it.'}
        </span>
      </div>
    </form>
  )
}
