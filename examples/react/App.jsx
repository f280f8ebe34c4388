// Records with a button for each thing the user may do, online or not. `serve.mjs` beside this says how it is run.
import { useState } from 'react'
import { useCan, useList, useOutbox, useRecord, useStatus } from 'lictor/react'

const ACTIONS = ['update', 'request-approval', 'approve', 'request-changes', 'publish', 'delete']

export function App({ client }) {
  const { sync } = useStatus(client)
  const [page, setPage] = useState(1)
  // The records there are for the user, a page of them; drawn again when one comes or goes.
  const { ids, pages, complete } = useList(client, { action: 'read', page, size: 10 })
  return (
    <main>
      <h1>Records</h1>
      <p role="status">{sync}</p>
      <ul>
        {ids.map((id) => (
          <Row key={id} client={client} id={id} />
        ))}
      </ul>
      {page > 1 && <button onClick={() => setPage(page - 1)}>back</button>}
      {page < pages && <button onClick={() => setPage(page + 1)}>on</button>}
      {!complete && <p>There may be more on the server.</p>}
      <Outbox client={client} />
    </main>
  )
}

function Row({ client, id }) {
  const record = useRecord(client, id)
  if (record === undefined) return null
  return (
    <li>
      {record.value.title} <em>{record.value.state}</em>{' '}
      {ACTIONS.map((action) => (
        <Act key={action} client={client} id={id} action={action} />
      ))}
    </li>
  )
}

/** A button, only where it works. */
function Act({ client, id, action }) {
  const { decision } = useCan(client, action, { type: 'record', id })
  if (decision !== 'allow') return null
  const run = () => {
    const title = action === 'update' ? prompt('Title', client.record(id).value.title) : undefined
    if (title === null) return
    client.do({
      action,
      target: { relation: 'record', id },
      args: title ? { set: [{ path: 'title', value: title }] } : {},
    })
  }
  return <button onClick={run}>{action}</button>
}

/** What was done here and is not decided yet, or was refused: nothing of it is lost. */
function Outbox({ client }) {
  const open = useOutbox(client).filter(({ state }) => !state.startsWith('accepted'))
  return (
    <ol>
      {open.map(({ intent, state, verdict }) => (
        <li key={intent.n}>
          {intent.action}: {state} {verdict?.code}{' '}
          {state === 'rejected' && <button onClick={() => client.dismiss(intent.n)}>dismiss</button>}
        </li>
      ))}
    </ol>
  )
}
