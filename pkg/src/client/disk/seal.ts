/**
 * Encryption of what must not outlive a session: AES-GCM under keys that come with the session and are nowhere stored.
 * Deleting is not erasing on any browser, so a lost key is the only eraser there is. Hygiene, not protection against
 * the owner of the device.
 */

import type { Bytes } from './blocks.js'
import type { Keys } from './disk.js'
import { DiskError } from './disk.js'

interface Held {
  key: CryptoKey
  /** Says under which key something is, without saying anything about the key. */
  mark: string
}

/** The keys of one call. Nothing keeps a sealer, so the keys go with it. */
export class Sealer {
  private constructor(private readonly held: ReadonlyMap<string, Held>) {}

  /** A key that is none (of another length, not base64) counts as not given. */
  static async of(keys: Keys): Promise<Sealer> {
    const held = new Map<string, Held>()
    await Promise.all(
      Object.entries(keys).map(async ([seal, text]) => {
        const found = await imported(text)
        if (found) held.set(seal, found)
      }),
    )
    return new Sealer(held)
  }

  /** The mark of a seal's key, or undefined without it. */
  mark(seal: string): string | undefined {
    return this.held.get(seal)?.mark
  }

  /** `about` is bound to the bytes: they open only where they were put. */
  async seal(seal: string, about: string, bytes: Bytes): Promise<{ iv: Bytes; bytes: Bytes; mark: string }> {
    const held = this.held.get(seal)
    if (!held) {
      const why = secure() ? 'pull again to get it' : 'and encryption needs a page served over https'
      throw new DiskError('unavailable', `there is no key for the entries of community \`${seal}\`; ${why}`)
    }
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const sealed = await crypto.subtle.encrypt(parameters(iv, about), held.key, bytes)
    return { iv, bytes: new Uint8Array(sealed), mark: held.mark }
  }

  /** Null for a wrong key. */
  async open(seal: string, about: string, iv: Bytes, bytes: Bytes): Promise<Bytes | null> {
    const held = this.held.get(seal)
    if (!held) return null
    try {
      return new Uint8Array(await crypto.subtle.decrypt(parameters(iv, about), held.key, bytes))
    } catch {
      return null
    }
  }
}

async function imported(text: string): Promise<Held | null> {
  if (!secure()) return null
  let raw: Bytes
  try {
    raw = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return null
  }
  if (raw.length !== 32) return null
  const [key, digest] = await Promise.all([
    crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']),
    crypto.subtle.digest('SHA-256', new Uint8Array([...new TextEncoder().encode('lictor seal '), ...raw])),
  ])
  const mark = Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return { key, mark }
}

function parameters(iv: Bytes, about: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(about) }
}

/** Pages served over plain http have no WebCrypto. */
function secure(): boolean {
  return typeof crypto === 'object' && crypto.subtle !== undefined
}
