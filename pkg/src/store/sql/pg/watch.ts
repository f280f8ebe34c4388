/** Hears of commits of other processes: notifications on a connection of its own, or looking where there are none. */

import type pg from 'pg'
import type { Names } from './names.js'

export interface Watched {
  /** Makes a connection that is in no pool. */
  connect(): pg.Client
  names: Names
  /** Whether the server has notifications; otherwise `look` is called every `poll` milliseconds. */
  notifies: boolean
  poll: number
  /** Asks for the revision and tells it. Called too when notifications may have been missed. */
  look(): Promise<void>
  tell(revision: string): void
}

const FIRST_NAP = 100
const LONGEST_NAP = 5000

/** Starts, and gives how to stop. */
export function watch(watched: Watched): () => void {
  return watched.notifies ? listen(watched) : look(watched)
}

function look({ look, poll }: Watched): () => void {
  const timer = setInterval(() => {
    // A failure is told to whoever asks the store next; the next look may succeed.
    look().catch(() => {})
  }, poll)
  timer.unref()
  return () => clearInterval(timer)
}

function listen({ connect, names, look, tell }: Watched): () => void {
  let stopped = false
  let nap = FIRST_NAP
  let timer: ReturnType<typeof setTimeout> | undefined
  let current: pg.Client | undefined

  const again = (client: pg.Client): void => {
    if (stopped || current !== client) return
    current = undefined
    client.end().catch(() => {})
    timer = setTimeout(() => void start(), nap)
    timer.unref()
    nap = Math.min(nap * 2, LONGEST_NAP)
  }

  const start = async (): Promise<void> => {
    const client = connect()
    current = client
    client.on('error', () => again(client))
    client.on('end', () => again(client))
    client.on('notification', ({ payload }) => payload !== undefined && tell(payload))
    try {
      await client.connect()
      await client.query(`LISTEN ${names.channel}`)
      // What was committed while nobody listened.
      await look()
      nap = FIRST_NAP
    } catch {
      again(client)
    }
  }

  void start()
  return () => {
    stopped = true
    clearTimeout(timer)
    current?.end().catch(() => {})
  }
}
