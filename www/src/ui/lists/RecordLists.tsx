import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { status, subjectId } from '../../model/account.js'
import { moved } from '../../model/community.js'
import { fetchLists, keepsAllLists, listsOf, shelf, type Spoken } from '../../model/lists.js'
import { workOffline } from '../../model/network.js'
import { nameOf } from '../../model/people.js'
import { complaint } from '../../model/run.js'
import { standing } from '../../words/connection.js'
import { effectPhrase, meantPhrase } from '../../words/lists.js'
import { working } from '../attempt.js'
import { Icon } from '../icons.js'
import { editList, newList } from './ListDialog.js'

/** The access lists that speak of a record, for those who manage it or keep them all. `manages` is the engine's answer. */
export function RecordLists({ id, manages }: { id: string; manages: boolean }): JSX.Element | null {
  const may = manages || keepsAllLists.value
  const [found, setFound] = useState<{ id: string; spoken: Spoken[] } | null>(null)
  const [fault, setFault] = useState('')
  const away = standing(status.value, workOffline.value).kind === 'off'
  const [person, token, lists] = [subjectId.value, moved.value, shelf.value]
  useEffect(() => {
    if (away || !may) return
    if (lists?.person !== person) return void fetchLists().catch((error: unknown) => setFault(complaint(error)))
    listsOf(id).then(
      (spoken) => {
        setFault('')
        setFound({ id, spoken })
      },
      (error: unknown) => setFault(complaint(error)),
    )
  }, [id, person, token, away, may, lists])
  if (!may) return null
  const spoken = found?.id === id ? found.spoken : null
  return (
    <section class="panel" aria-labelledby="lists-head" data-testid="record-lists">
      <h2 id="lists-head">Access lists</h2>
      {away ? (
        <p class="aside">They stay with the server: go online to see those that speak of this record.</p>
      ) : (
        <>
          {fault !== '' && <p class="caution">{fault}</p>}
          <ul class="shared">
            {spoken?.map((one) => (
              <Line key={one.id} spoken={one} />
            ))}
            {spoken?.length === 0 && <li class="nothing">None that you may manage speaks of it.</li>}
          </ul>
          <div class="buttons">
            <button
              type="button"
              class="plain"
              data-testid="list-for-record"
              disabled={working.value}
              onClick={() => void newList(id)}
            >
              <Icon name="plus" />
              New list for this record
            </button>
          </div>
        </>
      )}
    </section>
  )
}

const COUNTS: { [answer in Spoken['counts']]: string } = {
  allow: '',
  deny: 'does not count now',
  unknown: 'may count',
}

function Line({ spoken }: { spoken: Spoken }): JSX.Element {
  const { id, effect, counts } = spoken
  const name = shelf.value?.lists.find((one) => one.id === id)?.name ?? id
  return (
    <li data-testid={`speaks-${id}`} data-counts={counts}>
      <Icon name={effect === 'deny' ? 'bar' : 'check'} />
      <span>
        {name}
        <br />
        <small>
          {effectPhrase(spoken)} it: {meantPhrase(spoken, nameOf)}
          {COUNTS[counts] !== '' && ` (${COUNTS[counts]})`}
        </small>
      </span>
      <button
        type="button"
        class="round"
        aria-label={`Edit ${name}`}
        title="Edit"
        disabled={working.value}
        onClick={() => void editList(id)}
      >
        <Icon name="pencil" />
      </button>
    </li>
  )
}
