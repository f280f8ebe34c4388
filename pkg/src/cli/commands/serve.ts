/** `lictor serve`: the server on a store, until it is told to stop. */

import { type Command, InvalidArgumentError } from 'commander'
import { withCommonOptions } from '../options.js'
import { usage } from '../failure.js'
import { type SignIn, admitting, byHeader, byPasswords, byTokens, nobody } from '../server/signin.js'
import { isLoopback, listen } from '../server/listen.js'
import { withStore } from '../session.js'
import { named } from '../store.js'
import { examples } from './help.js'
import { TRUSTED } from './policy-bundle.js'

interface Options {
  host: string
  port: number
  tokens?: string
  passwords?: boolean
  devTrustHeader?: string
}

export function addServe(program: Command): void {
  const serve = program.command('serve').description('serve the repository over HTTP; its OpenAPI is at /openapi.json')
  withAddress(serve)
  serve.option('--tokens <file>', 'bearer tokens: lines of USER and TOKEN, in a file only you can read')
  serve.option('--passwords', 'people sign in with the accounts of `lictor users`, at POST /auth/login')
  serve.option('--dev-trust-header <name>', 'DEVELOPMENT ONLY: believe this header about who asks; on loopback only')
  serve.option('--trusted <file>', `${TRUSTED}; \`--policy\` names one (LICTOR_TRUSTED)`)
  withCommonOptions(serve).action(serveStore)
  examples(serve, [
    'lictor serve',
    'lictor serve --port 9000 --tokens tokens.txt --store postgres://localhost/repo',
    'lictor serve --passwords',
    'lictor serve --policy bundle.json --trusted trusted.txt',
    'lictor serve --dev-trust-header x-user',
  ])
}

/** Without a sign-in everybody is anonymous: safe, and of use for what is public. */
export function withAddress(command: Command): Command {
  return command
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <number>', '0 for any that is free', portNumber, 8080)
}

async function serveStore(options: Options, command: Command): Promise<void> {
  const fixed = await signInOf(options)
  await withStore(
    command,
    async ({ engine, store, settings, output }) => {
      const signIn = fixed ? await admitting(store, engine, fixed) : await byPasswords(store, engine)
      await listen({ ...options, ...signIn, engine, store }, ({ url }) => {
        const about = { url, store: named(settings.store), policy: engine.policy.name, sign_in: signIn.about }
        output.result(about, [
          `lictor is at ${url} (store ${about.store}, policy ${about.policy}, sign-in: ${signIn.about})`,
        ])
        if (signIn.localOnly) output.note('warning: whoever reaches this port can be anybody; this is for development')
        if (!isLoopback(options.host))
          output.note('note: others can reach this, and it speaks plain HTTP; put TLS in front')
      })
    },
    { create: true },
  )
}

/** Nothing, where the store has to be asked. */
async function signInOf({ host, tokens, passwords, devTrustHeader }: Options): Promise<SignIn | undefined> {
  const given = [tokens, passwords, devTrustHeader].filter((way) => way !== undefined)
  if (given.length > 1) throw usage('give one of `--tokens`, `--passwords` and `--dev-trust-header`')
  if (passwords) return undefined
  if (devTrustHeader === undefined) return tokens === undefined ? nobody() : byTokens(tokens)
  if (!isLoopback(host)) throw usage('`--dev-trust-header` is for development and listens on loopback only')
  return byHeader(devTrustHeader)
}

function portNumber(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('a port is a number from 0 to 65535')
  return port
}
