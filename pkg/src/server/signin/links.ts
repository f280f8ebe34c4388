/**
 * Tokens of secret links: the link's id and a mark that only this server can make (HMAC-SHA-256). Nothing is stored for them;
 * a link that is taken back, or has ended, is good for nothing, whoever holds its token.
 */

import type { SecretLinks } from '../context.js'

const KEY = { name: 'HMAC', hash: 'SHA-256' }
const encoder = new TextEncoder()

/** `secret` is the server's own, the same on all its processes; at least 32 bytes. */
export function signedLinks(secret: Uint8Array | string): Required<SecretLinks> {
  const bytes = typeof secret === 'string' ? encoder.encode(secret) : new Uint8Array(secret)
  if (bytes.length < 32) throw new TypeError('signedLinks: the secret has 32 bytes or more, from a random source')
  const key = crypto.subtle.importKey('raw', bytes, KEY, false, ['sign', 'verify'])
  return {
    async token(link) {
      const mark = await crypto.subtle.sign('HMAC', await key, encoder.encode(link))
      return `${textOf(encoder.encode(link))}.${textOf(new Uint8Array(mark))}`
    },
    async resolve(token) {
      const [id, mark, more] = token.split('.').map(bytesOf)
      if (!id || !mark || more !== undefined) return null
      if (!(await crypto.subtle.verify('HMAC', await key, mark, id))) return null
      return new TextDecoder().decode(id)
    },
  }
}

/** Base64 as it may stand in an address. */
function textOf(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]{1,1024}$/.test(text)) return null
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
  } catch {
    // Not of a length that base64 has: no token of ours.
    return null
  }
}
