/** The accounts of a store, for commands on them. The tools are loaded only for these. */

import type { Command } from 'commander'
import type { HostStore } from '../store/host.js'
import type { SyncEngine } from '../sync/engine.js'
import type { Accounts } from '../tools/accounts/index.js'
import { Failure, isNamed } from './failure.js'
import { type Tools as Session, withStore } from './session.js'

export interface WithAccounts extends Session {
  accounts: Accounts
}

/** `making`: what the work comes to where there is no store; it is tried first, and then one is made. */
export async function withAccounts(
  command: Command,
  work: (tools: WithAccounts) => Promise<void>,
  making?: (accounts: Accounts) => Promise<unknown>,
): Promise<void> {
  const on = async (store: HostStore, engine: SyncEngine, run: (own: Accounts) => Promise<unknown>): Promise<void> => {
    const { openAccounts } = await import('../tools/entry/node.js')
    const accounts = await openAccounts(store, { policy: engine.document })
    try {
      await run(accounts)
    } catch (error) {
      throw bare(error)
    }
  }
  await withStore(command, ({ store, ...rest }) => on(store, rest.engine, (accounts) => work({ ...rest, accounts })), {
    create: making !== undefined,
    ...(making && { trial: (engine, store) => on(store, engine, making) }),
  })
}

/** On a command line nobody knows of a list of users, or of subjects: their places are left out of what is told. */
function bare(error: unknown): unknown {
  if (!isNamed(error, 'LictorError') || !('faults' in error) || !Array.isArray(error.faults) || 'line' in error)
    return error
  const faults = error.faults as { path: string; message: string; line?: number }[]
  if (faults.some(({ line }) => line !== undefined)) return error
  const texts = faults.map(({ path, message }) => {
    const place = path.replace(/^(users\[0\]|call(\.subjects\[\d+\])?|actions\.[^.]+)\.?/, '')
    return PLAIN.includes(place) ? message : `${place}: ${message}`
  })
  return new Failure(1, error.code, texts.join('; '), { path: error.path, cause: error })
}

/** Places that the message names well enough. */
const PLAIN = ['', 'user', 'role', 'id', 'name', 'email', 'username', 'password', 'action', 'argument', 'system_role']
