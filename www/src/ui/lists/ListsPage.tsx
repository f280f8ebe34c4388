import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { status, subjectId } from '../../model/account.js'
import { moved } from '../../model/community.js'
import { type AccessList, fetchLists, keepsAllLists, keepsLists, shelf } from '../../model/lists.js'
import { workOffline } from '../../model/network.js'
import { nameOf } from '../../model/people.js'
import { complaint } from '../../model/run.js'
import { names } from '../../model/say.js'
import { recordById } from '../../model/state.js'
import { standing } from '../../words/connection.js'
import { effectPhrase, matterPhrase, whoPhrase } from '../../words/lists.js'
import { working } from '../attempt.js'
import { Icon } from '../icons.js'
import { editList, newList } from './ListDialog.js'
import { askToRemove } from './RemoveDialog.js'

/** The access lists this person may manage. They are the server's, so the page is empty without it, and says so. */
export function ListsPage(): JSX.Element {
  const [fault, setFault] = useState('')
  const away = standing(status.value, workOffline.value).kind === 'off'
  const [person, token, keeps] = [subjectId.value, moved.value, keepsLists.value]
  useEffect(() => {
    if (away || !keeps) return
    fetchLists().then(
      () => setFault(''),
      (error: unknown) => setFault(complaint(error)),
    )
  }, [person, token, away, keeps])
  const found = shelf.value?.person === person ? shelf.value : null
  return (
    <div class="page page-wide" data-testid="lists-page">
      <h1>Access lists</h1>
      <p class="lead">
        Beside the rules, a list lets some people do something to some records, or keeps them from it.{' '}
        {keepsAllLists.value
          ? `${names.value.subject} keeps them all.`
          : 'Whoever manages a record makes lists that name it.'}{' '}
        A device is told what lists come to for its own user, and never the lists.
      </p>
      {!keeps && (
        <p class="nothing" data-testid="lists-none">
          {names.value.subject} manages no access lists, and no record that one could be made for.
        </p>
      )}
      {keeps && away && (
        <p class="caution" data-testid="lists-offline">
          Access lists stay with the server, so they are looked at and changed with a connection only. What they come to
          for {names.value.subject} is known here all the same.
        </p>
      )}
      {keeps && !away && fault !== '' && <p class="caution">{fault}</p>}
      {keeps && !away && found && (
        <>
          <div class="buttons">
            <button
              type="button"
              class="solid"
              data-testid="new-list"
              disabled={working.value}
              onClick={() => void newList('')}
            >
              <Icon name="plus" />
              New access list
            </button>
            <span class="hint">
              {found.total > found.lists.length ? `The first ${found.lists.length} of ${found.total} are shown.` : ''}
            </span>
          </div>
          <Table lists={found.lists} />
        </>
      )}
    </div>
  )
}

const HEADS = ['List', 'What', 'Who', 'Which records', 'Priority'] as const

/** A table on a wide screen, and one card below the other on a phone: told as a table either way. */
function Table({ lists }: { lists: AccessList[] }): JSX.Element {
  if (lists.length === 0) return <p class="nothing">There is none yet.</p>
  return (
    <table class="lists" role="table" data-testid="lists">
      <thead role="rowgroup">
        <tr role="row">
          {HEADS.map((head) => (
            <th key={head} scope="col" role="columnheader">
              {head}
            </th>
          ))}
          <td role="cell" />
        </tr>
      </thead>
      <tbody role="rowgroup">
        {lists.map((list) => (
          <Row key={list.id} list={list} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ list }: { list: AccessList }): JSX.Element {
  const { id, name, effect, operation, priority = 0, priority_group: group = 'default' } = list
  const called = name ?? id
  return (
    <tr role="row" data-testid={`list-${id}`}>
      <th scope="row" role="rowheader">
        {called}
        {called !== id && <code>{id}</code>}
      </th>
      <td role="cell" data-effect={effect ?? 'allow'}>
        <b>{effectPhrase(list)}</b>
        <code>{operation}</code>
      </td>
      <td role="cell">{whoPhrase(list, nameOf)}</td>
      <td role="cell">
        {matterPhrase(list, (record) => recordById(record)?.metadata.title ?? record)}
        {list.query && <code>{JSON.stringify(list.query)}</code>}
      </td>
      <td role="cell" class="list-level">
        {priority} <small>in {group}</small>
      </td>
      <td role="cell" class="list-deeds">
        <button
          type="button"
          class="round"
          aria-label={`Edit ${called}`}
          title="Edit"
          data-testid={`edit-${id}`}
          disabled={working.value}
          onClick={() => void editList(id)}
        >
          <Icon name="pencil" />
        </button>
        <button
          type="button"
          class="round"
          aria-label={`Remove ${called}`}
          title="Remove"
          data-testid={`remove-${id}`}
          disabled={working.value}
          onClick={() => void askToRemove(id)}
        >
          <Icon name="close" />
        </button>
      </td>
    </tr>
  )
}
