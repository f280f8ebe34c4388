// What runs inside a page: opens the client, and does what a test asks through `globalThis`.

import { createEngine } from 'lictor'
import { openClient } from 'lictor/client'
import { useCan, useList, useOutbox, useRecord, useStatus } from 'lictor/react'
import { createElement, render } from 'react'

/** `hurry` makes all waiting shorter, so that a test need not wait for heartbeats. */
export async function openHere({ user = '4', hurry = 10, ...options } = {}) {
  const client = await openClient({
    engine: await createEngine({ policy: 'oarepo' }),
    url: '/sync',
    user: { type: 'user', id: user },
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, user } }),
    schedule: (work, ms) => {
      const handle = setTimeout(work, ms / hurry)
      return () => clearTimeout(handle)
    },
    ...options,
  })
  globalThis.client = client
  globalThis.titleOf = (id) => client.record(id)?.value.title
  globalThis.retitle = (id, value) =>
    client.do({ action: 'update', target: { relation: 'record', id }, args: { set: [{ path: 'title', value }] } })
  globalThis.states = () => client.outbox().map(({ state }) => state)
}

/** Draws a record with what may be done to it, and counts how often. */
export function draw(client, id) {
  const drawn = { count: 0 }
  function View() {
    drawn.count += 1
    const can = useCan(client, 'update', { type: 'record', id })
    const record = useRecord(client, id)
    const waiting = useOutbox(client).filter(({ verdict }) => verdict === undefined).length
    return createElement('p', null, [record?.value.title ?? 'nothing', can.decision, `${waiting} waiting`].join(' | '))
  }
  const Line = () => createElement('p', null, ` | ${useStatus(client).sync}`)
  render(createElement('div', null, createElement(View), createElement(Line)), document.body)
  return drawn
}

/** Draws a page of the records that may be changed, and counts how often. */
export function drawList(client, query) {
  const drawn = { count: 0 }
  function List() {
    drawn.count += 1
    // An object of its own each time, as components write it.
    const { ids, page, pages, total } = useList(client, { action: 'update', ...query })
    return createElement('p', null, `${ids.join(',')} | ${page} of ${pages} | ${total}`)
  }
  render(createElement(List), document.body)
  return drawn
}
