/** Bearer tokens for scripts and tests. */

import type { Subject } from '../../types.js'
import type { Authenticate } from '../context/make.js'
import { unauthenticated } from '../problem.js'

/**
 * `authenticate` for fixed tokens. No token: nobody is signed in. A token that is not known: 401, since to go on as
 * nobody would hide a mistake. Tokens are compared by their digests, so the time taken says nothing about them.
 */
export function bearerTokens(tokens: { [token: string]: Subject }): Authenticate {
  const digests = (): Promise<{ digest: Uint8Array; subject: Subject }[]> =>
    Promise.all(Object.entries(tokens).map(async ([token, subject]) => ({ digest: await digestOf(token), subject })))
  // Made with the first request: some runtimes allow no work before it.
  let known: ReturnType<typeof digests> | undefined
  return async (request) => {
    const header = request.headers.get('authorization')
    if (header === null) return null
    const token = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(header)?.[1]
    if (token === undefined) return unauthenticated('the header is `Authorization: Bearer TOKEN`').response()
    const digest = await digestOf(token)
    let found: Subject | undefined
    for (const entry of await (known ??= digests())) if (equal(entry.digest, digest)) found = entry.subject
    return found ?? unauthenticated('this token is not known; sign in again').response()
  }
}

/** The first sign-in that knows who asks, in this order: a bearer token, else a session. */
export function firstOf(...ways: Authenticate[]): Authenticate {
  return async (request) => {
    for (const way of ways) {
      const found = await way(request)
      if (found !== null) return found
    }
    return null
  }
}

async function digestOf(token: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))
}

/** Looks at every byte, whatever the first ones say. */
export function equal(one: Uint8Array, other: Uint8Array): boolean {
  let differ = one.length ^ other.length
  for (let i = 0; i < one.length; i++) differ |= (one[i] ?? 0) ^ (other[i] ?? 0)
  return differ === 0
}
