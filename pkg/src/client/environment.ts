/**
 * The world outside: network, time, chance, locks, other tabs. Everything comes in through here, so that a simulator
 * can drive the very code that runs in a browser. No other file of the client touches a global.
 */

export interface DeviceClock {
  /** Milliseconds since 1970, as the device believes. It may be years off, and may jump. */
  wall(): number
  /** Milliseconds since some start; never goes back. */
  monotonic(): number
}

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request<T>(
    name: string,
    options: { signal?: AbortSignal; steal?: boolean },
    held: (lock: unknown) => Promise<T>,
  ): Promise<T>
}

/** The part of `BroadcastChannel` that is used. */
export interface TabChannel {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  close(): void
}

/** Signs that the network may be back. Hints: only a request that works is proof, so none of them stops a try. */
export interface Connectivity {
  subscribe(changed: () => void): () => void
}

export interface Environment {
  fetch: (url: string, init: RequestInit) => Promise<Response>
  clock: DeviceClock
  /** So many random bytes. */
  random: (bytes: number) => Uint8Array
  /** Runs `work` once after `ms` milliseconds; the function returned calls it off. */
  schedule: (work: () => void, ms: number) => () => void
  /** Null where tabs cannot lock; then the fence alone decides who leads. */
  locks: Locks | null
  /** A channel to the other tabs of this name, or null where there is none. */
  channel: ((name: string) => TabChannel) | null
  connectivity: Connectivity
}

/** What the host gave, and the browser's (or Node's) own for the rest. */
export function environmentOf(given: Partial<Environment>): Environment {
  return {
    fetch: given.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    clock: given.clock ?? { wall: () => Date.now(), monotonic: () => performance.now() },
    random: given.random ?? ((bytes) => crypto.getRandomValues(new Uint8Array(bytes))),
    schedule: given.schedule ?? timer,
    locks: given.locks === undefined ? browserLocks() : given.locks,
    channel: given.channel === undefined ? browserChannel() : given.channel,
    connectivity: given.connectivity ?? browserConnectivity(),
  }
}

function timer(work: () => void, ms: number): () => void {
  const handle = setTimeout(work, ms)
  return () => clearTimeout(handle)
}

function browserLocks(): Locks | null {
  // Node has no tabs. Where `navigator` lacks locks (an old browser, a page without https) the fence decides alone.
  const found = typeof window === 'undefined' && typeof WorkerGlobalScope === 'undefined' ? undefined : navigator.locks
  return found === undefined ? null : { request: (name, options, held) => found.request(name, options, held) }
}

/** Named by every worker's global scope; the DOM's types leave it out. */
declare const WorkerGlobalScope: unknown

function browserChannel(): Environment['channel'] {
  const inBrowser = typeof window !== 'undefined' || typeof WorkerGlobalScope !== 'undefined'
  return inBrowser && typeof BroadcastChannel !== 'undefined' ? (name) => new BroadcastChannel(name) : null
}

function browserConnectivity(): Connectivity {
  const target = typeof globalThis.addEventListener === 'function' ? globalThis : null
  return {
    subscribe(changed) {
      for (const name of SIGNS) target?.addEventListener(name, changed)
      return () => {
        for (const name of SIGNS) target?.removeEventListener(name, changed)
      }
    },
  }
}

/** The network came or went, or somebody looks at the page again after a while. */
const SIGNS = ['online', 'offline', 'pageshow', 'focus']

/** A number from 0 up to 1, from the same source of chance as everything else. */
export function fraction(random: Environment['random']): number {
  return random(4).reduce((sum, byte) => (sum + byte) / 256, 0)
}

/** Lower-case text without look-alikes, five bits a letter: ids of records and idempotency keys. */
export function randomId(random: Environment['random']): string {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz'
  return Array.from(random(26), (byte) => letters[byte & 31]).join('')
}
