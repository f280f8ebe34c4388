/**
 * `lictor/react`: a client's answers in components, which are drawn again when an answer is another one. Works with
 * React 18 and later, and with `preact/compat` under its name.
 */

import { useCallback, useSyncExternalStore } from 'react'
import type { Answered, Client, OutboxItem, Page, PageQuery, ShownRecord, Status } from '../client/index.js'
import type { Resource } from '../types.js'

/** Whether the user may, now. */
export function useCan(client: Client, action: string, resource: Resource): Answered {
  return useShown(client, () => client.current({ action, resource }))
}

/** A record as it is shown, with what the user did to it; undefined if it is not on this device. */
export function useRecord(client: Client, id: string): ShownRecord | undefined {
  return useShown(client, () => client.currentRecord(id))
}

/**
 * A page of the records the user may do something to (`read` if nothing is named), as far as they are on this device. Drawn
 * again when a record comes, goes or changes places; what is in one is for `useRecord`.
 */
export function useList(client: Client, query?: PageQuery): Page {
  return useShown(client, () => client.currentList(query))
}

/** What the user did on this device, and what became of it. */
export function useOutbox(client: Client): readonly OutboxItem[] {
  return useShown(client, () => client.outbox())
}

/** How things stand: network, storage, what waits to be sent. */
export function useStatus(client: Client): Status {
  return useShown(client, () => client.status())
}

function useShown<T>(client: Client, show: () => T): T {
  const subscribe = useCallback((changed: () => void) => client.subscribe(changed), [client])
  return useSyncExternalStore(subscribe, show, show)
}
