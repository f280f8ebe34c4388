/** What was done on this device, newest first: the engine's events, each with the revision it was stored at. */
import { signal } from '@preact/signals'
import type { Event, Revision } from 'lictor'
import { load, save, whenSavedElsewhere } from './memory.js'

export interface LogEntry {
  at: string
  who: string
  event: string
  record: string
  title: string
  revision: Revision
  offline: boolean
}

const KEPT = 200

export const log = signal<LogEntry[]>(parse(load('log', '[]')))
whenSavedElsewhere('log', (text) => {
  log.value = parse(text)
})

/** What announces no event (an edit) is noted under the name of the action. */
export function note(action: string, events: Event[], context: Omit<LogEntry, 'event' | 'at'>): void {
  const at = new Date().toISOString()
  const names = events.length > 0 ? events.map(({ name }) => name) : [action]
  const entries = names.map((event) => ({ ...context, at, event }))
  log.value = [...entries.reverse(), ...log.value].slice(0, KEPT)
  save('log', JSON.stringify(log.value))
}

export function clearLog(): void {
  log.value = []
  save('log', '[]')
}

function parse(text: string): LogEntry[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? (value as LogEntry[]) : []
  } catch {
    return []
  }
}
