/**
 * Entries as bytes: blocks of JSON text in UTF-8, at most 256 KiB each, with a checksum. Chunks of the snapshot and
 * batches of the log are both made of them. Encryption is `seal.ts`.
 */

import type { Entry } from '../../sync/protocol.js'
import { keyText } from '../../store/entities.js'

/** A block is at most this long, unless one entry alone is longer. */
export const BLOCK_BYTES = 256 * 1024

export type Bytes = Uint8Array<ArrayBuffer>

/** An entry with its key as text, by which entries are sorted. */
export interface Keyed {
  key: string
  entry: Entry
}

export interface Packed {
  /** The key of the first entry. */
  first: string
  bytes: Bytes
}

const OPEN = 0x5b
const COMMA = 0x2c
const CLOSE = 0x5d

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

/** Each block is one JSON list, so that it is read with one call. */
export function pack(entries: Iterable<Keyed>): Packed[] {
  const blocks: Packed[] = []
  const encoder = new TextEncoder()
  const buffer = new Uint8Array(BLOCK_BYTES)
  // Each entry comes after `[` or `,`, and one byte stays free for `]`.
  let used = 0
  let first = ''
  const close = (): void => {
    if (used === 0) return
    buffer[used] = CLOSE
    // A copy, not a view: structured clone would store the whole buffer behind a view.
    blocks.push({ first, bytes: buffer.slice(0, used + 1) })
    used = 0
  }
  const fits = (text: string): boolean => {
    const { read, written } = encoder.encodeInto(text, buffer.subarray(used + 1, BLOCK_BYTES - 1))
    if (read < text.length) return false
    buffer[used] = used === 0 ? OPEN : COMMA
    used += 1 + written
    return true
  }
  for (const { key, entry } of entries) {
    const text = JSON.stringify(entry)
    if (used > 0 && fits(text)) continue
    close()
    first = key
    if (!fits(text)) blocks.push({ first, bytes: encoder.encode(`[${text}]`) })
  }
  close()
  return blocks
}

/** The entries of a block, or null if the bytes are not a block. */
export function unpack(bytes: Bytes): Entry[] | null {
  try {
    const list: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return Array.isArray(list) ? (list as Entry[]) : null
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
