/** `lictor/server/node`: the handler behind Node's own HTTP server. */

import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Handler } from './handler.js'

export interface ServeOptions {
  /** 0: one that is free. */
  port?: number
  /** Only this machine if not said. */
  hostname?: string
}

export interface Served {
  url: string
  port: number
  /** Takes no new connections, lets running requests end (for `grace` milliseconds), then closes all. */
  close(grace?: number): Promise<void>
}

export async function serve(
  handler: Handler | ((request: Request) => Promise<Response>),
  { port = 0, hostname = '127.0.0.1' }: ServeOptions = {},
): Promise<Served> {
  const server = createAdaptorServer({ fetch: (request: Request) => handler(request), overrideGlobalObjects: false })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const bound = (server.address() as AddressInfo).port
  const host = hostname.includes(':') ? `[${hostname}]` : hostname
  return {
    url: `http://${host}:${bound}`,
    port: bound,
    close: (grace = 5_000) =>
      new Promise<void>((resolve, reject) => {
        const force = setTimeout(() => {
          if ('closeAllConnections' in server) server.closeAllConnections()
        }, grace)
        server.close((error) => {
          clearTimeout(force)
          if (error) reject(error)
          else resolve()
        })
        if ('closeIdleConnections' in server) server.closeIdleConnections()
      }),
  }
}
