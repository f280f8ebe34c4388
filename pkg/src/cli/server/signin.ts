/** Ways of `lictor serve` to know who asks. A host of its own, with sessions and single sign-on, uses `lictor/server`. */

import { readFileSync, statSync } from 'node:fs'
import type { AdminAccounts, Authenticate, SignIn as Routed } from '../../server/index.js'
import type { HostStore } from '../../store/host.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { Subject } from '../../types.js'
import { usage } from '../failure.js'

export interface SignIn {
  /** What it is, in a word or two. */
  about: string
  authenticate: Authenticate
  /** Whether it may be used only by requests to this machine's own name. */
  localOnly: boolean
  /** What it answers under `/auth`. */
  routes?: Routed['routes']
  described?: Routed['described']
  /** What administrators manage. */
  accounts?: AdminAccounts
}

/** Shorter ones can be guessed. */
const TOKEN = /^[\x21-\x7e]{16,4096}$/
const HEADER = /^[A-Za-z][A-Za-z0-9-]{0,63}$/
const MAX_BYTES = 1_048_576

export function nobody(): SignIn {
  return { about: 'none, everybody is anonymous', authenticate: () => null, localOnly: false }
}

/** With the accounts of the store: `POST /auth/login`. */
export async function byPasswords(store: HostStore, engine: SyncEngine): Promise<SignIn> {
  const [{ openAccounts }, { passwordSignIn }] = await Promise.all([
    import('../../tools/entry/node.js'),
    import('../../server/index.js'),
  ])
  const accounts = await openAccounts(store, { policy: engine.document })
  // It speaks plain HTTP; in front of it TLS ends elsewhere.
  const signIn = passwordSignIn({ accounts, origin: 'http://localhost' })
  return { about: 'passwords', ...signIn, accounts, localOnly: false }
}

/** Whoever has an account in the store that may not be used is nobody, however they sign in. */
export async function admitting(store: HostStore, engine: SyncEngine, signIn: SignIn): Promise<SignIn> {
  const [{ openAccounts }, { onlyAdmitted }] = await Promise.all([
    import('../../tools/entry/node.js'),
    import('../../server/index.js'),
  ])
  const accounts = await openAccounts(store, { policy: engine.document })
  return { ...signIn, authenticate: onlyAdmitted(store, signIn.authenticate), accounts }
}

export async function byTokens(file: string): Promise<SignIn> {
  const tokens = new Map<string, Subject>()
  for (const [i, line] of readSecret(file).split('\n').entries()) {
    const [user, token, ...rest] = line.trim().split(/\s+/)
    if (!user || user.startsWith('#')) continue
    // The line is named and not quoted: it may hold a token.
    if (token === undefined || rest.length > 0 || !TOKEN.test(token)) {
      throw usage(`line ${i + 1} of \`${file}\` is not a user and a token of at least 16 characters`)
    }
    if (tokens.has(token)) throw usage(`line ${i + 1} of \`${file}\` has a token that stands there already`)
    tokens.set(token, { type: 'user', id: user })
  }
  if (tokens.size === 0) throw usage(`\`${file}\` holds no tokens; give lines of USER and TOKEN`)
  const { bearerTokens } = await import('../../server/index.js')
  return { about: 'bearer tokens', authenticate: bearerTokens(Object.fromEntries(tokens)), localOnly: false }
}

export function byHeader(name: string): SignIn {
  if (!HEADER.test(name)) throw usage('the name of a header has letters, digits and `-`')
  return {
    about: `the header ${name}, for development`,
    authenticate: (request) => {
      const id = request.headers.get(name)
      return id === null || id === '' ? null : { type: 'user', id }
    },
    localOnly: true,
  }
}

/** Like a private key: whoever can read it can be anybody in it. */
export function readSecret(file: string): string {
  try {
    const found = statSync(file)
    if (!found.isFile() || found.size > MAX_BYTES)
      throw usage(`\`${file}\` is not a file of at most ${MAX_BYTES} bytes`)
    if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
      throw usage(`\`${file}\` can be read by others on this machine; run \`chmod 600\` on it`)
    }
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && !('code' in error && error.code === 'usage')) {
      throw usage(`\`${file}\` cannot be read: ${error.message}`)
    }
    throw error
  }
}
