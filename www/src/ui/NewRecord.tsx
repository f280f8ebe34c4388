import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { subjectId } from '../model/account.js'
import { nameOf } from '../model/people.js'
import { go } from '../model/route.js'
import { busy, runCreate } from '../model/run.js'
import type { Level } from '../model/document.js'
import { names, titleOf } from '../model/say.js'
import { communities, source } from '../model/state.js'
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
  const choices = Object.keys(communities.value).flatMap((id) => {
    const decision = source.value?.actions({ type: 'record', community: id })['create']
    return decision ? [{ id, decision }] : []
  })
  const [community, setCommunity] = useState(choices.find(({ decision }) => decision.decision === 'allow')?.id ?? '')
  const [title, setTitle] = useState('')
  const [type, setType] = useState(TYPES[0] ?? '')
  const [level, setLevel] = useState<Level>('public')

  const store = async (): Promise<void> => {
    const metadata = {
      title: title.trim(),
      creators: [nameOf(subjectId.value)],
      abstract: '',
      year: new Date().getFullYear(),
      type,
    }
    const outcome = await runCreate(community, metadata, { record: level, files: level })
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
              <b>{titleOf(id)}</b>
              <small>{gist('create', decision, names.value)}</small>
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
      <label class="labelled">
        Who reads it once it is published
        <select
          data-testid="new-level"
          value={level}
          onChange={(event) => setLevel(event.currentTarget.value as Level)}
        >
          <option value="public">everybody</option>
          <option value="restricted">restricted: owner, curators, those given access</option>
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
            ? `${names.value.subject} may not create a record anywhere.`
            : 'It is saved on this device at once, and you will own it.'}
        </span>
      </div>
    </form>
  )
}
