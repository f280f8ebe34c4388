// Client, server and stores as a strict consumer puts them together.
import { createEngine } from 'lictor'
import { openClient, openMemoryDisk } from 'lictor/client'
import { createHandler } from 'lictor/server'
import { openMemoryStore, type HostStore } from 'lictor/store'

const engine = await createEngine()
const store: HostStore = await openMemoryStore({}, { columns: engine })
export const handler = createHandler({ engine, store, authenticate: () => null })
export const client = await openClient({
  engine,
  createEngine,
  url: '/sync',
  user: { type: 'user', id: 7 },
  disk: () => openMemoryDisk(),
})
