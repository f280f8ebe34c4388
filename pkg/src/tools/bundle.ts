/**
 * Signed policies. Whoever answers for a policy signs a bundle of it; a host is told whose bundles it takes, and takes none that is
 * older than the last one it took.
 */

import * as glue from '../../wasm-tools/tools.js'
import { type Fault, guarded, LictorError } from '../errors.js'
import type { HostStore } from '../store/host.js'
import type { JsonObject } from '../types.js'
import { written } from './accounts/write.js'
import { type PolicyGiven, whole } from './author.js'
import { text } from './text.js'
import { ready } from './wasm.js'

/** A pair of keys, each one word. Whoever has the secret one signs what hosts take that trust the other. */
export interface BundleKeys {
  secret: string
  key: string
}

/** A public key; with the moment after which nothing is taken any more that it signed. */
export type TrustedKey = string | { key: string; until?: string | number }

export interface BundleInput {
  /** Each goes by the name its document has. */
  policies: PolicyGiven[]
  /** Higher than that of the bundle before. */
  version: number
  /** When it is signed, as RFC 3339 writes it; now if left out. */
  time?: string
}

export interface OpenBundleOptions {
  trusted: TrustedKey[]
  /** Milliseconds since 1970, for keys that end; the host's clock if left out. */
  now?: number
}

interface Opened {
  version: number
  time: string
  key: string
  hash: string
  policies: { [name: string]: { hash: string; document: JsonObject } }
}

/** Where a store keeps which bundle was taken last. */
const CELL = 'server/bundle'

/** Keys nobody has had. */
export async function makeBundleKeys(): Promise<BundleKeys> {
  await ready()
  return guarded(() => glue.bundleKeys()) as BundleKeys
}

/** Makes a bundle and signs it. What is no policy is not signed. */
export async function signBundle({ policies, time, version }: BundleInput, secret: string): Promise<string> {
  await ready()
  const input = { policies: await Promise.all(policies.map(whole)), version, time: time ?? new Date().toISOString() }
  return `${JSON.stringify(
    guarded(() => glue.signBundle(input, text(secret, 'secret'))),
    null,
    2,
  )}\n`
}

/** Reads a bundle that one of the trusted keys signed; anything else is an error that says why. */
export async function openBundle(bundle: string, options: OpenBundleOptions): Promise<Bundle> {
  await ready()
  const { trusted, now = Date.now() } = options
  const found = guarded(() => glue.openBundle(text(bundle, 'bundle'), trusted, now)) as Opened | { faults: Fault[] }
  if ('faults' in found) throw new LictorError(found.faults)
  return new Bundle(found)
}

/** A bundle that a trusted key signed. Make it with `openBundle`. */
export class Bundle {
  readonly version: number
  /** When it was signed, by the clock of whoever did. */
  readonly time: string
  /** Who signed it. */
  readonly key: string
  /** Names all it says. */
  readonly hash: string
  /** The content hashes of its policies, by name. */
  readonly policies: { readonly [name: string]: string }
  readonly #documents: Opened['policies']

  /** @internal */
  constructor({ version, time, key, hash, policies }: Opened) {
    this.version = version
    this.time = time
    this.key = key
    this.hash = hash
    this.policies = Object.fromEntries(Object.entries(policies).map(([name, own]) => [name, own.hash]))
    this.#documents = policies
  }

  /** A policy of it; the name may be left out where it holds one. */
  policy(name?: string): JsonObject {
    const known = Object.keys(this.#documents)
    const chosen = name ?? (known.length === 1 ? known[0] : undefined)
    const held = chosen !== undefined && Object.hasOwn(this.#documents, chosen) && this.#documents[chosen]
    if (held) return held.document
    const message =
      name === undefined ? 'the bundle holds several policies; name one' : 'the bundle holds no such policy'
    throw new LictorError([{ code: 'not_found', path: 'policy', message: `${message}: ${known.join(', ')}` }])
  }

  /**
   * Takes it for a store, which remembers that: from then on no older one is taken, whoever signed it. The same one may be taken
   * again. A host takes it before it works on the store under a policy of it.
   */
  async take(store: HostStore): Promise<void> {
    const { version, hash } = this
    await written(store, async () => {
      const before = await store.cell(CELL)
      if (before !== null) {
        const last = JSON.parse(before) as { version: number; hash: string }
        if (last.hash === hash) return { result: undefined }
        if (version <= last.version) throw rolledBack(last.version, version)
      }
      const cells = [{ key: CELL, text: JSON.stringify({ version, hash }) }]
      return { result: undefined, write: { cells, guards: [{ key: CELL, text: before }] } }
    })
  }
}

function rolledBack(from: number, to: number): LictorError {
  const message =
    from === to
      ? `another bundle of version ${to} was taken before; sign this one with a higher version`
      : `rolled back from ${from} to ${to}; what is older is not taken, so sign it with a version above ${from}`
  return new LictorError([{ code: 'rolled_back', path: 'bundle.version', message }])
}
