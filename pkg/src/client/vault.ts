/**
 * The keys of restricted communities, kept so that only a passphrase, or a passkey's PRF, gives them back. WebCrypto does
 * all of it: RSA-OAEP wraps the keys, AES-GCM wraps the private half, PBKDF2 (or HKDF, for a PRF) makes that key.
 *
 * Why a key pair: keys come with every pull, also on days when nobody types the passphrase. With the public half a new
 * key is wrapped at once; the private half is in memory only while it unwraps.
 */

import type { Bytes } from './disk/blocks.js'
import { isObject } from './disk/base.js'
import type { Keys } from './disk/disk.js'
import { Sealer } from './disk/seal.js'
import { ClientError } from './errors.js'

/** What OWASP advises for PBKDF2-HMAC-SHA-256. */
export const ITERATIONS = 600_000

export type Way = 'passphrase' | 'prf'

/** What opens a device: a passphrase, or the `prf` output of a passkey (WebAuthn). */
export type Secret = { passphrase: string } | { prf: BufferSource }

/** What is to open a device from now on: one of them, or either of both. */
export interface Secrets {
  passphrase?: string
  prf?: BufferSource
}

/** The private half under one secret. How it was made stands beside it, so that it can be made dearer later. */
interface Lock {
  way: Way
  salt: Bytes
  /** Of PBKDF2; a PRF has all its strength already. */
  iterations?: number
  iv: Bytes
  wrapped: Bytes
}

interface WrappedKey {
  community: string
  /** Says which key it is, as on the blocks it opens. */
  mark: string
  wrapped: Bytes
}

/** The row on the disk. It only ever gains fields. */
export interface Vault {
  /** Another one with every `protect`. */
  id: string
  public: Bytes
  locks: Lock[]
  keys: WrappedKey[]
}

const PAIR = { name: 'RSA-OAEP', hash: 'SHA-256' } as const
const MAKING = { ...PAIR, modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]) } as const

/** Shorter ones are guessed in days, however often they are hashed. */
const SHORTEST = 8

/** A row as this version understands it; null for none, or for damage. */
export function vaultOf(row: unknown): Vault | null {
  if (!isObject(row) || typeof row.id !== 'string' || !(row.public instanceof Uint8Array)) return null
  return Array.isArray(row.locks) && Array.isArray(row.keys) ? (row as unknown as Vault) : null
}

/** A new vault, empty, that each of these secrets opens. */
export async function makeVault(id: string, secrets: Secret[], iterations: number): Promise<Vault> {
  const crypto = subtle()
  const pair = await crypto.generateKey(MAKING, true, ['encrypt', 'decrypt'])
  const open = await crypto.exportKey('spki', pair.publicKey)
  const locks = await Promise.all(secrets.map((secret) => lock(id, secret, iterations, pair.privateKey)))
  return { id, public: new Uint8Array(open), locks, keys: [] }
}

/** The vault with exactly these keys; itself if it has them. */
export async function keepKeys(vault: Vault, keys: Keys): Promise<Vault> {
  const sealer = await Sealer.of(keys)
  const held = (one: WrappedKey): boolean => sealer.mark(one.community) === one.mark
  const kept = vault.keys.filter(held)
  const known = new Set(kept.map(({ community }) => community))
  const fresh = Object.entries(keys).filter(([community]) => !known.has(community) && sealer.mark(community))
  if (fresh.length === 0 && kept.length === vault.keys.length) return vault
  const crypto = subtle()
  const pair = await crypto.importKey('spki', vault.public, PAIR, false, ['encrypt'])
  const wrapped = await Promise.all(
    fresh.map(async ([community, key]): Promise<WrappedKey> => {
      const label = about(vault.id, community)
      const bytes = await crypto.encrypt({ ...PAIR, label }, pair, new TextEncoder().encode(key))
      return { community, mark: sealer.mark(community) ?? '', wrapped: new Uint8Array(bytes) }
    }),
  )
  return { ...vault, keys: [...kept, ...wrapped] }
}

export interface Opened {
  keys: Keys
  /** The lock as it would be made today, where the stored one is weaker. */
  raised?: Lock
}

/** What a secret gives back. A wrong one is told, and nothing else happens. */
export async function openVault(vault: Vault, secret: Secret, iterations: number): Promise<Opened> {
  const way = wayOf(secret)
  const found = vault.locks.find((one) => one.way === way)
  if (found === undefined) {
    const others = vault.locks.map((one) => `\`${one.way}\``).join(' or ')
    throw new ClientError('secret', `no ${way} opens this device; use ${others}`)
  }
  const weak = found.iterations !== undefined && found.iterations < iterations
  const key = await keyOf(secret, found)
  const crypto = subtle()
  const parameters = { name: 'AES-GCM', iv: found.iv, additionalData: about(vault.id, way) }
  const half = await crypto
    .unwrapKey('pkcs8', found.wrapped, key, parameters, PAIR, weak, ['decrypt'])
    .catch((cause: unknown) => {
      throw new ClientError('secret', `that ${way} does not open this device; nothing was changed`, { cause })
    })
  const keys = await Promise.all(
    vault.keys.map(async ({ community, wrapped }): Promise<[string, string][]> => {
      const bytes = crypto.decrypt({ ...PAIR, label: about(vault.id, community) }, half, wrapped)
      // One that is damaged must not keep the others shut.
      return bytes.then(
        (bytes) => [[community, new TextDecoder().decode(bytes)]],
        () => [],
      )
    }),
  )
  const opened = { keys: Object.fromEntries(keys.flat()) }
  return weak ? { ...opened, raised: await lock(vault.id, secret, iterations, half) } : opened
}

async function lock(id: string, secret: Secret, iterations: number, half: CryptoKey): Promise<Lock> {
  const way = wayOf(secret)
  const [salt, iv] = [randomBytes(32), randomBytes(12)]
  const made = way === 'passphrase' ? { way, salt, iterations } : { way, salt }
  const key = await keyOf(secret, made)
  const parameters = { name: 'AES-GCM', iv, additionalData: about(id, way) }
  return { ...made, iv, wrapped: new Uint8Array(await subtle().wrapKey('pkcs8', half, key, parameters)) }
}

async function keyOf(
  secret: Secret,
  { salt, iterations = ITERATIONS }: Pick<Lock, 'salt' | 'iterations'>,
): Promise<CryptoKey> {
  const crypto = subtle()
  const made = { name: 'AES-GCM', length: 256 } as const
  const uses: KeyUsage[] = ['wrapKey', 'unwrapKey']
  if ('prf' in secret) {
    const info = new TextEncoder().encode('lictor vault')
    const from = await crypto.importKey('raw', secret.prf, 'HKDF', false, ['deriveKey'])
    return crypto.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info }, from, made, false, uses)
  }
  // The same words typed on another keyboard may be other code points.
  const words = new TextEncoder().encode(secret.passphrase.normalize('NFKC'))
  const from = await crypto.importKey('raw', words, 'PBKDF2', false, ['deriveKey'])
  return crypto.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, from, made, false, uses)
}

export function secretsOf({ passphrase, prf }: Secrets): Secret[] {
  return [...(passphrase === undefined ? [] : [{ passphrase }]), ...(prf === undefined ? [] : [{ prf }])]
}

/** Refuses what protects nothing, before anything is written. */
export function checkSecrets(secrets: Secret[]): void {
  if (secrets.length === 0) throw new ClientError('secret', 'give a `passphrase`, the `prf` of a passkey, or both')
  for (const secret of secrets) {
    if ('prf' in secret) {
      if (secret.prf.byteLength >= 32) continue
      throw new ClientError('secret', 'the `prf` of a passkey has 32 bytes; give it as the authenticator gave it')
    }
    if ([...secret.passphrase].length >= SHORTEST) continue
    throw new ClientError('secret', `a passphrase has at least ${SHORTEST} characters; take a longer one`)
  }
}

function wayOf(secret: Secret): Way {
  return 'prf' in secret ? 'prf' : 'passphrase'
}

/** What is wrapped opens only where it was put. */
function about(id: string, what: string): Bytes {
  return new TextEncoder().encode(JSON.stringify(['lictor vault', 1, id, what]))
}

function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length))
}

function subtle(): SubtleCrypto {
  if (typeof crypto === 'object' && crypto.subtle !== undefined) return crypto.subtle
  throw new ClientError('storage', 'encryption needs a page served over https')
}
