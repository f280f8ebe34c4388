/** `lictor demo`: a small repository in memory, with users to be, on this machine only. */

import type { Command } from 'commander'
import { USERS, play, start } from '../demo/world.js'
import { usage } from '../failure.js'
import { givenTo, settingsOf, withCommonOptions } from '../options.js'
import { Output } from '../output.js'
import { openEngine } from '../policy.js'
import { isLoopback, listen } from '../server/listen.js'
import { examples } from './help.js'
import { withAddress } from './serve.js'

/** No secret: it opens nothing but the demo. */
const tokenOf = (name: string): string => `demo-${name}`

export function addDemo(program: Command): void {
  const demo = program.command('demo').description('serve a small repository to try things on; it keeps nothing')
  withAddress(demo)
  withCommonOptions(demo).action(serveDemo)
  examples(demo, ['lictor demo', 'lictor demo --port 0 --json'])
}

async function serveDemo({ host, port }: { host: string; port: number }, command: Command): Promise<void> {
  if (!isLoopback(host)) throw usage('the demo has tokens everybody knows, so it listens on loopback only')
  const settings = settingsOf(command)
  const { store: place, policy } = givenTo(command)
  if (place !== undefined || policy !== undefined) {
    throw usage('the demo has a store and a policy of its own; `lictor serve` takes others')
  }
  const output = new Output(settings)
  const { bearerTokens } = await import('../../server/index.js')
  const { openMemoryStore } = await import('../../store/index.js')
  const { engine } = await openEngine(undefined)
  const store = await openMemoryStore(start, { columns: engine })
  try {
    await play(engine, store)
    const tokens = USERS.map(({ id, name }) => [tokenOf(name), { type: 'user', id }] as const)
    const authenticate = bearerTokens(Object.fromEntries(tokens))
    await listen({ engine, store, host, port, authenticate, localOnly: true }, ({ url }) => {
      const users = USERS.map((user) => ({ ...user, token: tokenOf(user.name) }))
      output.result({ url, users }, [
        `The demo is at ${url} until you press Ctrl-C, and keeps nothing.`,
        'Be one of these by the header `Authorization: Bearer TOKEN`; without it you are anonymous:',
        ...users.map(({ id, name, about, token }) => `- user ${id}, ${name}: ${about}; token ${token}`),
        'Try:',
        `  curl ${url}/communities/`,
        `  curl -H 'Authorization: Bearer ${tokenOf('ben')}' ${url}/astro/`,
        `  curl -H 'Authorization: Bearer ${tokenOf('ben')}' -H 'Content-Type: application/json' -d '{}' ${url}/astro/flare/approve`,
      ])
    })
  } finally {
    await store.close()
  }
}
