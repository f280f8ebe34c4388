/** The repository on Node: in a SQLite file that survives a restart, or in memory. */
import { mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Handler } from 'lictor/server'
import { type HostStore, openMemoryStore } from 'lictor/store'
import { type Engine, startEngine } from '../policy.js'
import { openRepository } from './repository.js'

export interface NodeOptions {
  /** Path of the SQLite file; null keeps everything in memory. */
  file: string | null
  /** Forgets what the file holds. */
  fresh?: boolean
}

export interface NodeRepository {
  handler: Handler
  store: HostStore
  close(): Promise<void>
}

const HOUR = 3_600_000

export async function openOnNode({ file, fresh = false }: NodeOptions): Promise<NodeRepository> {
  const engine = await startEngine()
  const store = await openStore(engine, file, fresh)
  const handler = await openRepository({ engine, store, base: '/api' })
  const timer = setInterval(() => void handler.housekeeping(), HOUR)
  const close = async (): Promise<void> => {
    clearInterval(timer)
    await handler.close()
    await store.close()
  }
  return { handler, store, close }
}

async function openStore(engine: Engine, file: string | null, fresh: boolean): Promise<HostStore> {
  if (file === null) return openMemoryStore({}, { columns: engine })
  if (fresh) for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
  mkdirSync(dirname(file), { recursive: true })
  // Imported where it is used: memory needs no driver.
  const { openSqliteStore } = await import('lictor/store/sqlite')
  return openSqliteStore(file, { columns: engine })
}
