/**
 * The second place that remembers an outbox. A cleared database opens empty and without an error; only a mark kept
 * elsewhere can tell that from a new one. It names the outbox and how far it had come, and nothing a user wrote.
 */

import { isObject } from './base.js'

export interface Mark {
  /** The identity of the outbox database. */
  born: string
  device: string
  /** The next number when it was last written: an outbox that stands lower has lost its end. */
  next: number
}

export interface MarkPlace {
  read(): Promise<Mark | null>
  /** A hint: it may fail or be lost, and then a clearing goes unnoticed. */
  write(mark: Mark): Promise<void>
  remove(): Promise<void>
}

/** Null where there is none (workers) or the user forbids it. */
export function localStorageMark(name: string): MarkPlace | null {
  try {
    // Reading the property throws where storage is forbidden.
    const storage = globalThis.localStorage
    storage.getItem(name)
    return {
      read: async () => markOf(parsed(storage.getItem(name))),
      write: async (mark) => storage.setItem(name, JSON.stringify(mark)),
      remove: async () => storage.removeItem(name),
    }
  } catch {
    return null
  }
}

export function markOf(value: unknown): Mark | null {
  if (!isObject(value)) return null
  const { born, device, next } = value
  if (typeof born !== 'string' || typeof device !== 'string' || typeof next !== 'number') return null
  return { born, device, next }
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}
