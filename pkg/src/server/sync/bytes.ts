/** Bytes as text, and keys made of the server's secret. */

export type Bytes = Uint8Array<ArrayBuffer>

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

/** The bytes, or null for text that no encoder wrote. */
export function fromBase64Url(text: string): Bytes | null {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return null
  const found = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(found, (char) => char.charCodeAt(0))
}

export function utf8(text: string): Bytes {
  // A copy: the type of what `encode` gives does not say that nobody shares it.
  return new Uint8Array(new TextEncoder().encode(text))
}

/** One secret, many purposes: no key says anything about another. */
export async function hmacKey(secret: Bytes, purpose: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8(`lictor/sync/${purpose}`) }
  const key = { name: 'HMAC', hash: 'SHA-256', length: 256 }
  return crypto.subtle.deriveKey(how, root, key, false, ['sign', 'verify'])
}

export async function hmac(key: CryptoKey, text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(text)))
}
