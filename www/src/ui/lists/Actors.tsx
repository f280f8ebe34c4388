import type { JSX } from 'preact'
import { type ActorDraft, names, SEVERAL } from '../../model/list-draft.js'
import { nameOf, people } from '../../model/people.js'
import { actorWords, SYSTEM_ROLES } from '../../words/lists.js'
import { Icon } from '../icons.js'
import { Choice, Entry, FaultsOf } from './fields.js'

interface Props {
  types: readonly string[]
  actors: readonly ActorDraft[]
  set: (actors: ActorDraft[]) => void
}

/** Of whom a list speaks: each a line of its own, whoever is meant by any of them is meant. */
export function Actors({ types, actors, set }: Props): JSX.Element {
  const put = (i: number, actor: ActorDraft): void => set(actors.with(i, actor))
  return (
    <fieldset class="parts">
      <legend>Who</legend>
      {actors.map((actor, i) => (
        <div class="part" key={i} data-testid={`actor-${i}`}>
          <Choice
            at={`actors[${i}].type`}
            label="Whom it names"
            value={actor.type}
            set={(type) => put(i, emptyActor(type))}
            options={types.map((name) => ({ name, label: actorWords(name).label }))}
          />
          {actorWords(actor.type).fields.map(({ key, label, hint }) => (
            <Field
              key={key}
              at={`actors[${i}].${key}`}
              name={key}
              label={label}
              hint={hint}
              value={actor[key] ?? ''}
              set={(value) => put(i, { ...actor, [key]: value })}
            />
          ))}
          <button
            type="button"
            class="round"
            aria-label={`Take away: ${actorWords(actor.type).label}`}
            title="Take away"
            onClick={() => set(actors.toSpliced(i, 1))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <FaultsOf at="actors" />
      <button
        type="button"
        class="small-button"
        data-testid="add-actor"
        onClick={() => set([...actors, emptyActor(types[0] ?? 'user')])}
      >
        <Icon name="plus" />
        {actors.length === 0 ? 'Somebody' : 'Somebody else'}
      </button>
    </fieldset>
  )
}

const emptyActor = (type: string): ActorDraft =>
  Object.fromEntries([['type', type], ...actorWords(type).fields.map(({ key }) => [key, first(key)])]) as ActorDraft

const first = (key: string): string => (key === 'system_role' ? (SYSTEM_ROLES[0]?.name ?? '') : '')

interface FieldProps {
  at: string
  name: string
  label: string
  hint: string
  value: string
  set: (value: string) => void
}

function Field({ at, name, label, hint, value, set }: FieldProps): JSX.Element {
  if (name === 'users') return <Persons at={at} value={value} set={set} />
  if (name === 'system_role') {
    const known = SYSTEM_ROLES.some((role) => role.name === value)
    const options = known ? SYSTEM_ROLES : [...SYSTEM_ROLES, { name: value, label: value }]
    return <Choice at={at} label={label} value={value} set={set} options={options} />
  }
  const lines = SEVERAL.includes(name) ? { rows: 2 } : {}
  return <Entry at={at} label={label} hint={hint} value={value} set={set} {...lines} />
}

/** People by their names; a list holds their ids. */
function Persons({ at, value, set }: Pick<FieldProps, 'at' | 'value' | 'set'>): JSX.Element {
  const ids = names(value)
  const others = people.filter(({ id }) => !ids.includes(id))
  return (
    <div class="persons">
      <Choice
        at={at}
        label="People"
        value=""
        set={(id) => set([...ids, id].join('\n'))}
        options={[{ name: '', label: 'Add somebody …' }, ...others.map(({ id, name }) => ({ name: id, label: name }))]}
      />
      <ul class="chips" aria-label="People it names">
        {ids.map((id) => (
          <li key={id}>
            <button
              type="button"
              class="chip"
              aria-label={`Take away ${nameOf(id)}`}
              onClick={() => set(ids.filter((other) => other !== id).join('\n'))}
            >
              {nameOf(id)} <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
