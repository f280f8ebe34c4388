/** How a store names its positions: `${epoch}.${n}`. Opaque to everybody else; compare for equality only. */

import type { Revision } from './store.js'

export function revisionText(epoch: string, n: number): Revision {
  return `${epoch}.${n}`
}

/** The parts of a revision this module made, or null. */
export function revisionParts(revision: Revision): { epoch: string; n: number } | null {
  const found = /^([0-9a-f]{32})\.(\d{1,15})$/.exec(revision)
  return found?.[1] && found[2] ? { epoch: found[1], n: Number(found[2]) } : null
}

/**
 * The identity of a newly made store, so that one made after a clearing never repeats a revision. Not
 * `crypto.randomUUID`: pages served over plain http on a LAN have IndexedDB and no `randomUUID`.
 */
export function newEpoch(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
