/** What was done on this device, newest first: the engine's events, each with the revision it was stored at. */
import { signal } from '@preact/signals'
import type { Event, Revision } from 'lictor'
import { load, save } from './memory.js'

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

export function note(events: Event[], context: Omit<LogEntry, 'event' | 'at'>): void {
  const at = new Date().toISOString()
  const entries = events.map(({ name }) => ({ ...context, at, event: name }))
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
