/**
 * Listeners of the server. They hear what the engine says happened: `before-...` ahead of the write, everything else
 * once it is written. Where an event's `commit` is false (presets that reproduce older software) the change is written
 * only if a listener calls `save`, so those are told ahead of the write too.
 */

import type { Event, JsonObject, Revision, Subject } from '../../types.js'
import type { Change } from '../../store/store.js'

export interface ServerEvent {
  name: string
  /** The document it is about, as it will be or is now. */
  record: JsonObject
  subject: Subject
  resource: { type: string; id: string }
  payload: JsonObject
  /** False: nothing is written unless a listener calls `save`. */
  commit: boolean
  save(): void
  /** Where the store stands after the write; not known before it. */
  revision?: Revision
}

/**
 * One that runs ahead of the write can refuse it by throwing (a `Problem` is answered as it is), and runs again if the
 * write met another one. One that runs after it harms nobody by throwing.
 */
export type Listener = (event: ServerEvent) => void | Promise<void>

export class Emitter {
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #report: (error: unknown) => void

  constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  /** `*` hears everything. Gives the function that ends it. */
  on(name: string, listener: Listener): () => void {
    const set = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, set)
    set.add(listener)
    return () => set.delete(listener)
  }

  /** Tells of what comes ahead of the write. False: a listener had to save, and none did. */
  async before(events: Event[], changes: Change[]): Promise<boolean> {
    let saved = true
    for (const event of events.filter(isEarly)) {
      let committed = event.commit
      const told = toldOf(event, changes, () => (committed = true))
      for (const listener of this.#of(event.name)) await listener(told)
      saved &&= committed
    }
    return saved
  }

  /** Tells of what was written. */
  async after(events: Event[], changes: Change[], revision: Revision): Promise<void> {
    for (const event of events.filter((event) => !isEarly(event))) {
      const told = { ...toldOf(event, changes, () => undefined), revision }
      for (const listener of this.#of(event.name)) {
        try {
          await listener(told)
        } catch (error) {
          this.#report(error)
        }
      }
    }
  }

  clear(): void {
    this.#listeners.clear()
  }

  #of(name: string): Listener[] {
    return [...(this.#listeners.get(name) ?? []), ...(this.#listeners.get('*') ?? [])]
  }
}

function isEarly(event: Event): boolean {
  return !event.commit || event.name.startsWith('before-')
}

function toldOf(event: Event, changes: Change[], save: () => void): ServerEvent {
  const { id } = event.resource
  const about = changes.find(({ key }) => (key.relation === 'record' || key.relation === 'community') && key.id === id)
  const record = about?.op === 'put' ? (about.value as JsonObject) : {}
  return { ...event, record, save }
}
