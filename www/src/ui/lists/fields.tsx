/** Fields of the form of an access list. Each shows the faults that the server found at its place. */
import { createContext, type JSX } from 'preact'
import { useContext, useId } from 'preact/hooks'
import type { Fault } from '../../model/rest.js'

export const Faults = createContext<readonly Fault[]>([])

/** The faults at a place of the list, or anywhere in it. */
export const faultsAt = (faults: readonly Fault[], at: string): Fault[] =>
  faults.filter(({ path }) => path === `body.${at}` || path.startsWith(`body.${at}.`) || path.startsWith(`body.${at}[`))

/** What belongs to a field that has faults, for those who do not see that they stand beside it. */
function useFaults(at: string): {
  shown: JSX.Element | null
  aria: { 'aria-invalid'?: true; 'aria-describedby'?: string }
} {
  const found = faultsAt(useContext(Faults), at)
  const id = useId()
  if (found.length === 0) return { shown: null, aria: {} }
  const shown = <FaultList faults={found} at={at} id={id} />
  return { shown, aria: { 'aria-invalid': true, 'aria-describedby': id } }
}

function FaultList({ faults, at, id }: { faults: readonly Fault[]; at: string; id?: string }): JSX.Element {
  return (
    <ul class="faults" data-testid={`fault-${at}`} {...(id !== undefined && { id })}>
      {faults.map(({ path, message }) => (
        <li key={`${path} ${message}`}>
          {path !== `body.${at}` && <code>{path.slice('body.'.length)}</code>} {message}
        </li>
      ))}
    </ul>
  )
}

/** The faults of several together, or of one of them as a whole. */
export function FaultsOf({ at }: { at: string }): JSX.Element | null {
  const own = useContext(Faults).filter(({ path }) => path.replace(/\[\d+\]$/, '') === `body.${at}`)
  return own.length === 0 ? null : <FaultList faults={own} at={at} />
}

interface EntryProps {
  /** Its place in the list: `query`, `actors[0].path`. */
  at: string
  label: string
  value: string
  set: (value: string) => void
  hint?: string
  /** More than one line. */
  rows?: number
  /** Words to choose from; others may be written. */
  words?: readonly string[]
  numeric?: boolean
}

export function Entry({ at, label, value, set, hint, rows, words, numeric = false }: EntryProps): JSX.Element {
  const { shown, aria } = useFaults(at)
  const list = useId()
  const common = {
    ...aria,
    value,
    'data-testid': `list-${at}`,
    placeholder: hint ?? '',
    onInput: (event: { currentTarget: { value: string } }) => set(event.currentTarget.value),
  }
  return (
    <div class="labelled">
      <label class="labelled">
        {label}
        {rows === undefined ? (
          <input
            class="field"
            {...common}
            {...(words && { list })}
            {...(numeric && { type: 'number', step: 1, inputMode: 'numeric' as const })}
          />
        ) : (
          <textarea rows={rows} spellcheck={false} {...common} />
        )}
      </label>
      {words && (
        <datalist id={list}>
          {words.map((word) => (
            <option key={word} value={word} />
          ))}
        </datalist>
      )}
      {shown}
    </div>
  )
}

interface ChoiceProps {
  at: string
  label: string
  value: string
  set: (value: string) => void
  options: readonly { name: string; label: string }[]
  hint?: string
}

export function Choice({ at, label, value, set, options, hint }: ChoiceProps): JSX.Element {
  const { shown, aria } = useFaults(at)
  return (
    <div class="labelled">
      <label class="labelled">
        {label}
        <select {...aria} value={value} data-testid={`list-${at}`} onChange={(event) => set(event.currentTarget.value)}>
          {options.map((option) => (
            <option key={option.name} value={option.name}>
              {option.label}
            </option>
          ))}
        </select>
      </label>
      {hint && <p class="hint">{hint}</p>}
      {shown}
    </div>
  )
}

interface TicksProps {
  at: string
  label: string
  names: readonly string[]
  word: (name: string) => string
  value: readonly string[]
  set: (value: string[]) => void
  hint?: string
}

/** Some of a few. */
export function Ticks({ at, label, names, word, value, set, hint }: TicksProps): JSX.Element {
  const { shown, aria } = useFaults(at)
  return (
    <fieldset {...aria}>
      <legend>{label}</legend>
      <div class="ticks">
        {names.map((name) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={value.includes(name)}
              data-testid={`list-${at}-${name}`}
              onChange={({ currentTarget: { checked } }) =>
                set(checked ? [...value, name] : value.filter((other) => other !== name))
              }
            />
            {word(name)}
          </label>
        ))}
      </div>
      {hint && <p class="hint">{hint}</p>}
      {shown}
    </fieldset>
  )
}
