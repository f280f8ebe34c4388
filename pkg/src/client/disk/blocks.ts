/**
 * Entries as bytes: blocks are parts as a server sends them (`sync/parts.ts`), with a checksum. Chunks of the snapshot and
 * batches of the log are both made of them. Encryption is `seal.ts`.
 */

import type { Bytes, Part, Written } from '../../sync/parts.js'
import { pack, readPart } from '../../sync/parts.js'
import type { Entry } from '../../sync/protocol.js'
import { keyText } from '../../store/entities.js'

export type { Bytes } from '../../sync/parts.js'

/** An entry with its key as text, by which entries are sorted. */
export interface Keyed {
  key: string
  entry: Entry
}

export function keyed(entry: Entry): Keyed {
  return { key: keyText(entry.k), entry }
}

/** Sorted by key, one entry each; of two with the same key the later one stays. */
export function sorted(entries: readonly Entry[]): Keyed[] {
  const list = entries.map(keyed)
  // What comes from a server is mostly in order already; then comparing neighbours once is all.
  if (list.every(({ key }, i) => i === 0 || (list[i - 1]?.key ?? '') < key)) return list
  list.sort((a, b) => compare(a.key, b.key))
  return list.filter(({ key }, i) => list[i + 1]?.key !== key)
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The blocks of entries of one seal, sorted by key. */
export function packed(entries: readonly Keyed[], seal: string | undefined): Generator<Part> {
  return pack(written(entries), seal)
}

function* written(entries: readonly Keyed[]): Generator<Written> {
  for (const { key, entry } of entries) yield { key, text: JSON.stringify(entry) }
}

/** The entries of a block, or null if the bytes are not a block. */
export function unpack(bytes: Bytes): Entry[] | null {
  const part = readPart(bytes)
  return part && (listIn(part.list) as Entry[] | null)
}

/** A JSON list, or null if the bytes are none. */
export function listIn(bytes: Bytes): unknown[] | null {
  try {
    const list: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return Array.isArray(list) ? list : null
  } catch {
    return null
  }
}

/**
 * FNV-1a over words of 32 bits, the end over bytes. Chromium keeps large values as plain files without a checksum of its
 * own; this notices damage, not malice.
 */
export function checksum(bytes: Bytes): number {
  let sum = 0x811c9dc5
  const words = bytes.byteOffset % 4 === 0 ? bytes.length >> 2 : 0
  const view = new Uint32Array(bytes.buffer, words === 0 ? 0 : bytes.byteOffset, words)
  for (let i = 0; i < words; i++) sum = Math.imul(sum ^ (view[i] ?? 0), 0x01000193)
  for (let i = words << 2; i < bytes.length; i++) sum = Math.imul(sum ^ (bytes[i] ?? 0), 0x01000193)
  return sum >>> 0
}
