import type { JSX } from 'preact'
import { useContext } from 'preact/hooks'
import { type Draft, names, newProperty, type PropertyDraft } from '../../model/list-draft.js'
import type { ListWords } from '../../model/lists.js'
import { recordById } from '../../model/state.js'
import { kindWord, TYPES, typeLabel } from '../../words/lists.js'
import { stateWords } from '../../words/workflow.js'
import { Icon } from '../icons.js'
import { Choice, Entry, Faults, faultsAt, FaultsOf, Ticks } from './fields.js'

interface Props {
  words: ListWords
  draft: Draft
  set: (some: Partial<Draft>) => void
}

/** Of which records a list speaks: by their ids, or of some kinds and narrowed as its type says. */
export function Matter({ words, draft, set }: Props): JSX.Element {
  const { type } = draft
  const faults = useContext(Faults)
  return (
    <fieldset class="parts">
      <legend>Which records</legend>
      <Choice
        at="type"
        label="It speaks of"
        value={type}
        set={(name) => set({ type: name })}
        options={words.types.map((name) => ({ name, label: typeLabel(name) }))}
        hint={TYPES[type]?.hint ?? ''}
      />
      {type === 'id' ? (
        <Records value={draft.records} set={(records) => set({ records })} />
      ) : (
        <Ticks
          at="schemas"
          label="Kinds"
          names={words.schemas}
          word={kindWord}
          value={draft.schemas}
          set={(schemas) => set({ schemas })}
        />
      )}
      {type === 'query' && (
        <Entry at="query" label="Query, as JSON" rows={5} value={draft.query} set={(query) => set({ query })} />
      )}
      {type === 'property_value' && <Properties rows={draft.properties} set={(properties) => set({ properties })} />}
      <details class="rule" open={draft.states !== null || faultsAt(faults, 'states').length > 0}>
        <summary>Only in some states</summary>
        <Ticks
          at="states"
          label="States"
          names={words.states}
          word={(state) => stateWords(state).label}
          value={draft.states ?? []}
          set={(states) => set({ states: states.length > 0 ? states : null })}
          hint={
            draft.states?.length === 0
              ? 'None: it speaks of no record.'
              : type === 'id'
                ? 'None ticked: whatever state they are in.'
                : 'None ticked: while they are published, and no longer.'
          }
        />
      </details>
    </fieldset>
  )
}

/** Ids, with the titles of those that this device holds. */
function Records({ value, set }: { value: string; set: (value: string) => void }): JSX.Element {
  const ids = names(value)
  return (
    <>
      <Entry at="records" label="Their ids, a line each" rows={2} hint="jcpqs-8bq91" value={value} set={set} />
      <ul class="hint" data-testid="list-titles">
        {ids.map((id) => (
          <li key={id}>
            <code>{id}</code> {recordById(id)?.metadata.title ?? 'is not on this device'}
          </li>
        ))}
      </ul>
    </>
  )
}

const MATCHES = [
  { name: 'term', label: 'is' },
  { name: 'match', label: 'has a word of' },
]
const JOINTS = [
  { name: 'must', label: 'must' },
  { name: 'must_not', label: 'must not' },
  { name: 'should', label: 'one of these' },
  { name: 'filter', label: 'must, unscored' },
]

function Properties({
  rows,
  set,
}: {
  rows: readonly PropertyDraft[]
  set: (rows: PropertyDraft[]) => void
}): JSX.Element {
  return (
    <>
      {rows.map((row, i) => {
        const at = (part: keyof PropertyDraft): { at: string; value: string; set: (value: string) => void } => ({
          at: `property_values[${i}].${part}`,
          value: row[part],
          set: (value) => set(rows.with(i, { ...row, [part]: value })),
        })
        return (
          <div class="part" key={i}>
            <Entry {...at('name')} label="Field" hint="metadata.type" />
            <Choice {...at('match_operation')} label="How" options={MATCHES} />
            <Entry {...at('value')} label="Value" hint="Dataset" />
            <Choice {...at('bool_operation')} label="As" options={JOINTS} />
            <button
              type="button"
              class="round"
              aria-label={`Take away the value of ${row.name}`}
              title="Take away"
              onClick={() => set(rows.toSpliced(i, 1))}
            >
              <Icon name="close" />
            </button>
          </div>
        )
      })}
      <FaultsOf at="property_values" />
      <button type="button" class="small-button" onClick={() => set([...rows, newProperty()])}>
        <Icon name="plus" />A value
      </button>
    </>
  )
}
