import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { JsonObject } from 'lictor'
import { type Draft, draftOf, listOf } from '../../model/list-draft.js'
import { fetchLists, type Found, type Held, readList, saveList, shelf, tryList } from '../../model/lists.js'
import { type Fault, Problem } from '../../model/rest.js'
import { complaint, message, newId } from '../../model/run.js'
import { recordById } from '../../model/state.js'
import { foundPhrase, OPERATIONS, remedyFor } from '../../words/lists.js'
import { attempt, working } from '../attempt.js'
import { Dialog } from '../Dialog.js'
import { Actors } from './Actors.js'
import { Choice, Entry, Faults, faultsAt } from './fields.js'
import { Matter } from './Matter.js'

const open = signal(false)
/** What is written at: a list that is there, or a new one, which may name a record. */
const at = signal<{ held: Held | null; record: string }>({ held: null, record: '' })

/** What there is to choose from comes from the server first. */
export const newList = (record: string): Promise<void> =>
  attempt(null, async () => {
    await fetchLists()
    at.value = { held: null, record }
    open.value = true
  })

export const editList = (id: string): Promise<void> =>
  attempt(null, async () => {
    at.value = { held: await readList(id), record: '' }
    open.value = true
  })

export function ListDialog(): JSX.Element {
  const { held, record } = at.value
  return (
    <Dialog open={open} title={held ? 'Access list' : 'New access list'} testid="list-dialog">
      <Form held={held} record={record} key={held?.etag ?? 'new'} />
    </Dialog>
  )
}

/** What the server made of it: faults at their places, what was found, or why not. */
interface Answer {
  faults: readonly Fault[]
  refusal?: { status: number; text: string }
  found?: Found
}

/** The first field with a fault: of ticks, the first of them. */
const MARKED = '[aria-invalid]:is(input, select, textarea), fieldset[aria-invalid] input'

function Form({ held, record }: { held: Held | null; record: string }): JSX.Element | null {
  const [draft, setDraft] = useState<Draft>(() => draftOf(held, record))
  // Made up here: what was written though no answer came is not written twice.
  const [id] = useState(newId)
  const [answer, setAnswer] = useState<Answer>({ faults: [] })
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    const told = form.current?.querySelector<HTMLElement>(answer.faults.length > 0 ? MARKED : '.ask, .found')
    told?.focus()
    told?.scrollIntoView({ block: 'nearest' })
  }, [answer])
  const words = shelf.value?.words
  if (!words) return null
  const set = (some: Partial<Draft>): void => setDraft({ ...draft, ...some })

  const send = async (work: (list: JsonObject) => Promise<Answer>): Promise<void> => {
    const made = listOf(draft)
    if ('faults' in made) return setAnswer(made)
    const list = held ? made.list : { id, ...made.list }
    working.value = true
    try {
      setAnswer(await work(list))
    } catch (error) {
      const { status, faults } = error instanceof Problem ? error : { status: 0, faults: [] }
      setAnswer({ faults, refusal: { status, text: complaint(error) } })
    } finally {
      working.value = false
    }
  }
  const tried = (): Promise<void> => send(async (list) => ({ faults: [], found: await tryList(list, held) }))
  const save = (): Promise<void> =>
    send(async (list) => {
      await saveList(list, held)
      message.value = { kind: 'good', text: held ? 'Access list changed.' : 'Access list made.' }
      open.value = false
      return { faults: [] }
    })

  return (
    <Faults.Provider value={answer.faults}>
      <form
        class="form list-form"
        data-testid="list-form"
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <Entry at="name" label="Name, for people" value={draft.name} set={(name) => set({ name })} />
        <div class="part">
          <Choice
            at="effect"
            label="It"
            value={draft.effect}
            set={(effect) => set({ effect })}
            options={[
              { name: 'allow', label: 'lets do' },
              { name: 'deny', label: 'forbids' },
            ]}
          />
          <Entry
            at="operation"
            label="Operation"
            value={draft.operation}
            set={(operation) => set({ operation })}
            words={OPERATIONS.map(({ name }) => name)}
          />
        </div>
        <Actors types={words.actors} actors={draft.actors} set={(actors) => set({ actors })} />
        <Matter words={words} draft={draft} set={set} />
        <details
          class="rule"
          open={['priority', 'priority_group'].some((place) => faultsAt(answer.faults, place).length > 0)}
        >
          <summary>Before or after other lists</summary>
          <p class="hint">
            Of the lists of one group that speak of a record, those with the highest priority count, and the others do
            not.
          </p>
          <div class="part">
            <Entry
              at="priority"
              label="Priority"
              numeric
              value={draft.priority}
              set={(priority) => set({ priority })}
            />
            <Entry at="priority_group" label="Group" value={draft.group} set={(group) => set({ group })} />
          </div>
        </details>
        <Outcome answer={answer} held={held} />
        <div class="buttons">
          <button type="submit" class="solid" data-testid="list-save" disabled={working.value}>
            {held ? 'Save' : 'Make it'}
          </button>
          <button
            type="button"
            class="plain"
            data-testid="list-try"
            disabled={working.value}
            onClick={() => void tried()}
          >
            Try it
          </button>
          <span class="hint">Trying writes nothing.</span>
        </div>
      </form>
    </Faults.Provider>
  )
}

/** What came of the last try, and what to do about it. */
function Outcome({ answer: { faults, refusal, found }, held }: { answer: Answer; held: Held | null }): JSX.Element {
  // What is wrong with all of it, or no fault of the form, has no field.
  const shown = faults.length > 0 && (refusal?.status ?? 400) === 400 && faults.every(({ path }) => path !== 'body')
  return (
    <div role="status" data-testid="list-outcome">
      {shown && <p class="notice notice-bad">Mend what is marked above. Nothing was written.</p>}
      {!shown && refusal && (
        <div class="ask">
          <p>
            {refusal.text} {remedyFor(refusal.status)}
          </p>
          {refusal.status === 412 && held && (
            <button type="button" class="plain" data-testid="list-theirs" onClick={() => void editList(held.list.id)}>
              Take theirs
            </button>
          )}
        </div>
      )}
      {found && (
        <div class="found" data-testid="list-found" data-total={found.total}>
          <p>{foundPhrase(found)}</p>
          <ul class="hint">
            {found.ids.slice(0, NAMED).map((id) => (
              <li key={id}>{recordById(id)?.metadata.title ?? id}</li>
            ))}
            {found.total > NAMED && <li>and more</li>}
          </ul>
        </div>
      )}
    </div>
  )
}

/** Titles that are told of what a trial found. */
const NAMED = 4
