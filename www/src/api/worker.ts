/** The repository in the service worker, where no server is: kept in this browser's IndexedDB. */
import type { Handler } from 'lictor/server'
import { openIndexedDBStore } from 'lictor/store'
import { startEngine } from '../policy.js'
import { openRepository } from './repository.js'

export async function openInWorker(base: string): Promise<Handler> {
  const engine = await startEngine()
  const store = await openIndexedDBStore({ name: 'lictor-demo server', columns: engine })
  return openRepository({ engine, store, base })
}
