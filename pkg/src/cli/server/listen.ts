/**
 * The server of `lictor/server` behind Node's, from its start to the signal that ends it. Imported where it is used, here
 * and elsewhere: other commands do not load it.
 */

import type { AdminAccounts, Authenticate, SignIn } from '../../server/index.js'
import type { Served } from '../../server/node.js'
import type { HostStore } from '../../store/host.js'
import type { SyncEngine } from '../../sync/engine.js'
import { EXIT, Failure } from '../failure.js'

export interface ListenOptions {
  engine: SyncEngine
  store: HostStore
  host: string
  port: number
  authenticate: Authenticate
  routes?: SignIn['routes']
  described?: SignIn['described']
  accounts?: AdminAccounts
  /** Only for requests that name this machine as their host: a page elsewhere whose name leads here names itself. */
  localOnly: boolean
}

/** Between two runs of scheduled work. Each does what is due, so the exact time does not matter. */
const HOUR = 3_600_000

/** Listens, calls `started`, and comes back once a signal has ended it. */
export async function listen(options: ListenOptions, started: (served: Served) => void): Promise<void> {
  const { engine, store, authenticate, routes, described, accounts, localOnly } = options
  const { createHandler } = await import('../../server/index.js')
  const handler = createHandler({
    engine,
    store,
    authenticate,
    ...(routes && { routes }),
    ...(described && { described }),
    ...(accounts && { accounts }),
  })
  const stopped = signal()
  const work = (): void => void handler.housekeeping()
  try {
    const served = await start(localOnly ? local(handler) : handler, options)
    started(served)
    work()
    const timer = setInterval(work, HOUR)
    await stopped
    clearInterval(timer)
    await served.close()
  } finally {
    await handler.close()
  }
}

export function isLoopback(host: string): boolean {
  return ['localhost', '::1', '[::1]'].includes(host) || /^127(\.\d{1,3}){3}$/.test(host)
}

function local(handler: (request: Request) => Promise<Response>): (request: Request) => Promise<Response> {
  return async (request) => {
    if (isLoopback(new URL(request.url).hostname)) return handler(request)
    return new Response('this server answers only to localhost\n', { status: 421 })
  }
}

async function start(handler: (request: Request) => Promise<Response>, { host, port }: ListenOptions): Promise<Served> {
  const { serve } = await import('../../server/node.js')
  try {
    return await serve(handler, { port, hostname: host })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const why =
      code === 'EADDRINUSE' ? 'something else listens there; `--port 0` takes any that is free' : String(error)
    throw new Failure(EXIT.refused, 'address', `cannot listen at ${host} port ${port}: ${why}`, { cause: error })
  }
}

function signal(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => resolve())
  })
}
