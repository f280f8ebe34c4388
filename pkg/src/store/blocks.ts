/**
 * Entities as bytes: blocks of lines `key TAB json` (or `key` alone: deleted), each block with a checksum; records have
 * `TAB milliseconds` behind, when they were written. Snapshot chunks and log rows are both made of them. No storage here: `database.ts` writes them.
 */

import type { Entry } from './entities.js'
import { StoreError } from './store.js'

/** A block is at most this long, unless one entity alone is longer. */
export const BLOCK_BYTES = 256 * 1024

export interface Block {
  bytes: Uint8Array<ArrayBuffer>
  /** How many lines. */
  count: number
  sum: number
}

/** Neither a key (ASCII, percent-encoded) nor JSON text holds a raw tab or line feed, so lines need no escaping. */
export function pack(entries: Iterable<Entry>): Block[] {
  const blocks: Block[] = []
  const encoder = new TextEncoder()
  const buffer = new Uint8Array(BLOCK_BYTES)
  let used = 0
  let count = 0
  const close = (): void => {
    // A copy, not a view: structured clone would store the whole buffer behind a view.
    if (count > 0) blocks.push(block(buffer.slice(0, used), count))
    used = 0
    count = 0
  }
  for (const entry of entries) {
    const line = lineOf(entry)
    let { read, written } = encoder.encodeInto(line, buffer.subarray(used))
    if (read < line.length) {
      close()
      ;({ read, written } = encoder.encodeInto(line, buffer))
    }
    if (read < line.length) {
      blocks.push(block(encoder.encode(line), 1))
      continue
    }
    used += written
    count += 1
  }
  close()
  return blocks
}

/** The blocks of one commit: at least one, because a commit of nothing moves the revision and needs its row. */
export function packCommit(entries: readonly Entry[]): Block[] {
  return entries.length > 0 ? pack(entries) : [block(new Uint8Array(0), 0)]
}

/** The entries of a block, or StoreError `corrupt` naming `what`; nothing stored is touched. */
export function unpack(stored: unknown, what: string): Entry[] {
  if (!isBlock(stored)) throw corrupt(what, 'it is not a block')
  if (checksum(stored.bytes) !== stored.sum) throw corrupt(what, 'its checksum does not match')
  const lines = new TextDecoder('utf-8', { ignoreBOM: true }).decode(stored.bytes).split('\n')
  if (lines.pop() !== '' || lines.length !== stored.count) throw corrupt(what, 'lines are missing')
  return lines.map(entryOf)
}

function lineOf({ key, text, updated }: Entry): string {
  if (text === null) return `${key}\n`
  return updated === undefined ? `${key}\t${text}\n` : `${key}\t${text}\t${updated}\n`
}

function entryOf(line: string): Entry {
  const tab = line.indexOf('\t')
  if (tab < 0) return { key: line, text: null }
  const key = line.slice(0, tab)
  const second = line.indexOf('\t', tab + 1)
  if (second < 0) return { key, text: line.slice(tab + 1) }
  return { key, text: line.slice(tab + 1, second), updated: Number(line.slice(second + 1)) }
}

export function sizeOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes.length, 0)
}

export function corrupt(what: string, why: string, cause?: unknown): StoreError {
  return new StoreError(
    'corrupt',
    `${what} is damaged: ${why}; nothing was changed, so the data can still be examined`,
    { cause },
  )
}

function block(bytes: Uint8Array<ArrayBuffer>, count: number): Block {
  return { bytes, count, sum: checksum(bytes) }
}

/**
 * FNV-1a, 32 bits. Chromium keeps values above 64 KiB as plain files without a checksum of its own; this notices
 * damage, not malice.
 */
function checksum(bytes: Uint8Array): number {
  let sum = 0x811c9dc5
  for (let i = 0; i < bytes.length; i++) sum = Math.imul(sum ^ (bytes[i] ?? 0), 0x01000193)
  return sum >>> 0
}

function isBlock(value: unknown): value is Block {
  if (typeof value !== 'object' || value === null) return false
  const { bytes, count, sum } = value as Partial<Block>
  return bytes instanceof Uint8Array && typeof count === 'number' && typeof sum === 'number'
}
