/** What a command works with: its settings, the engine, and a store that is closed however the command ends. */

import type { Command } from 'commander'
import type { HostStore } from '../store/host.js'
import type { SyncEngine } from '../sync/engine.js'
import type { Subject } from '../types.js'
import { type Settings, settingsOf } from './options.js'
import { Output } from './output.js'
import { takeFor } from './bundle.js'
import { openEngine, type Opened } from './policy.js'
import { isMissing, openExisting, openStore } from './store.js'

export interface Tools extends Opened {
  settings: Settings
  output: Output
}

/** For commands that open no store, or in their own way. `policy`: what they take where none is named. */
export async function withEngine(
  command: Command,
  work: (tools: Tools) => Promise<void> | void,
  { policy }: { policy?: string } = {},
): Promise<void> {
  const settings = settingsOf(command)
  const opened = await openEngine(settings.policy ?? policy, settings.trusted)
  await work({ settings, output: new Output(settings), ...opened })
}

export interface StoreOptions {
  /** Whether the store is made where there is none. */
  create?: boolean
  /** What is tried on an empty store first, where one would be made: what is refused leaves no file behind. */
  trial?: (engine: SyncEngine, store: HostStore, output: Output) => Promise<unknown>
  policy?: string
}

/** For commands on a store. */
export async function withStore(
  command: Command,
  work: (tools: Tools & { store: HostStore }) => Promise<void>,
  { create = false, trial, ...options }: StoreOptions = {},
): Promise<void> {
  const withTools = async (tools: Tools): Promise<void> => {
    const { settings, engine, bundle } = tools
    const missing = isMissing(settings.store)
    if (trial && missing) await tryOut(tools, trial)
    if (bundle && !missing) await takeFor(settings.store, bundle)
    const store = await (create ? openStore : openExisting)(settings.store, engine)
    try {
      // Where it was made just now.
      await bundle?.take(store)
      await work({ ...tools, store })
    } finally {
      await store.close()
    }
  }
  await withEngine(command, withTools, options)
}

async function tryOut({ engine, output }: Tools, trial: NonNullable<StoreOptions['trial']>): Promise<void> {
  const { openMemoryStore } = await import('../store/index.js')
  const store = await openMemoryStore({ complete: true }, { columns: engine })
  try {
    await trial(engine, store, output)
  } finally {
    await store.close()
  }
}

/** Who asks: the operator, who has the store in hand, unless a user is named. */
export function askerOf({ as }: { as?: string }): Subject {
  return as === undefined ? { type: 'system' } : subjectOf(as)
}

/** A user's id, `anonymous` or `system`. `user:ID` where an id is one of these words. */
export function subjectOf(text: string): Subject {
  if (text === 'anonymous' || text === 'system') return { type: text }
  return { type: 'user', id: text.startsWith('user:') ? text.slice('user:'.length) : text }
}
