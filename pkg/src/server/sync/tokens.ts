/**
 * Tokens: where a device's view stands, as text that only this server can make and read. Nothing in one is global: it
 * tells what its device saw, and nothing about what others did.
 */

import type { Token } from '../../sync/protocol.js'
import type { Bytes } from './bytes.js'
import { fromBase64Url, hmac, hmacKey, toBase64Url, utf8 } from './bytes.js'

export interface Claims {
  tenant: string
  /** The policy's content hash. */
  policy: string
  policyRevision: number
  /** The view's revision, of this device alone. */
  view: number
  /** When that was so, in milliseconds since 1970. */
  asOf: number
  /** The identity of the store. */
  epoch: string
  device: string
  user: string
}

/** A token that one of the server's secrets made. */
export interface Opened extends Claims {
  /** Made under a secret of before. */
  former: boolean
}

/** No token of ours is longer. */
const MAX = 4096

export class Tokens {
  /** The first key signs. */
  readonly #keys: Promise<CryptoKey[]>

  constructor(secrets: Bytes[]) {
    this.#keys = Promise.all(secrets.map((secret) => hmacKey(secret, 'token')))
  }

  async seal(claims: Claims): Promise<Token> {
    const [key] = await this.#keys
    if (key === undefined) throw new Error('there is no secret to sign tokens with')
    const { tenant, policy, policyRevision, view, asOf, epoch, device, user } = claims
    const body = toBase64Url(utf8(JSON.stringify([tenant, policy, policyRevision, view, asOf, epoch, device, user])))
    return `${body}.${toBase64Url(await hmac(key, body))}`
  }

  /** What the token says, or null for one that this server did not make. */
  async open(token: string): Promise<Opened | null> {
    const dot = token.indexOf('.')
    if (token.length > MAX || dot < 0) return null
    const body = token.slice(0, dot)
    const mac = fromBase64Url(token.slice(dot + 1))
    if (mac === null) return null
    for (const [i, key] of (await this.#keys).entries()) {
      if (!(await crypto.subtle.verify('HMAC', key, mac, utf8(body)))) continue
      const claims = peek(token)
      return claims && { ...claims, former: i > 0 }
    }
    return null
  }
}

/** What a token says, unchecked: for tokens out of the server's own store. */
export function peek(token: Token): Claims | null {
  const bytes = fromBase64Url(token.split('.')[0] ?? '')
  if (bytes === null) return null
  try {
    const [tenant, policy, policyRevision, view, asOf, epoch, device, user] = JSON.parse(
      new TextDecoder().decode(bytes),
    ) as [string, string, number, number, number, string, string, string]
    return { tenant, policy, policyRevision, view, asOf, epoch, device, user }
  } catch {
    return null
  }
}
