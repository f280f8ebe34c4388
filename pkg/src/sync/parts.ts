/**
 * A whole view in parts: what a server sends and a device stores, without being read in between. A part is two lines of
 * UTF-8: what is in it, and a JSON list of entries of one seal, in the order of their keys.
 */

export type Bytes = Uint8Array<ArrayBuffer>

/** The first line. */
export interface PartHead {
  /** The restricted community under whose key all of it is kept. */
  seal?: string
  /** The keys of the entries, as text. Of what is not sealed the first is enough. */
  keys: string[]
}

export interface Part extends PartHead {
  /** Both lines, without an end. */
  bytes: Bytes
}

/** An entry as JSON text, with its key as text, by which entries are sorted. */
export interface Written {
  key: string
  text: string
}

/** A part is at most this long, unless one entry alone is longer. */
export const PART_BYTES = 256 * 1024

const OPEN = 0x5b
const COMMA = 0x2c
const CLOSE = 0x5d
const LINE = 0x0a

const encoder = new TextEncoder()

/** Entries of one seal, sorted by key. Keys are ASCII without quotes (`store/entities.ts`), so their length is known. */
export function* pack(entries: Iterable<Written>, seal?: string): Generator<Part> {
  const buffer = new Uint8Array(PART_BYTES)
  let keys: string[] = []
  let used = 0
  // Beyond the keys: braces, names, the seal, the end of the line and of the list.
  const around = 32 + (seal === undefined ? 0 : 8 + encoder.encode(JSON.stringify(seal)).length)
  let head = around
  const part = (list: Uint8Array): Part => {
    const about: PartHead = seal === undefined ? { keys } : { seal, keys }
    const line = encoder.encode(JSON.stringify(about))
    const bytes = new Uint8Array(line.length + list.length + 2)
    bytes.set(line)
    bytes[line.length] = LINE
    bytes.set(list, line.length + 1)
    bytes[bytes.length - 1] = CLOSE
    return { ...about, bytes }
  }
  for (const { key, text } of entries) {
    const named = seal !== undefined || keys.length === 0 ? key.length + 3 : 0
    // Each entry comes after `[` or `,`.
    const room = PART_BYTES - head - named - used - 1
    const { read, written } = room > 0 ? encoder.encodeInto(text, buffer.subarray(used + 1, used + 1 + room)) : NOTHING
    if (read < text.length) {
      if (used > 0) yield part(buffer.subarray(0, used))
      keys = [key]
      head = around + key.length + 3
      const again = encoder.encodeInto(text, buffer.subarray(1, PART_BYTES - head))
      if (again.read < text.length) {
        yield part(encoder.encode(`[${text}`))
        keys = []
        head = around
        used = 0
      } else {
        buffer[0] = OPEN
        used = 1 + again.written
      }
      continue
    }
    buffer[used] = used === 0 ? OPEN : COMMA
    used += 1 + written
    head += named
    if (named > 0) keys.push(key)
  }
  if (used > 0) yield part(buffer.subarray(0, used))
}

const NOTHING = { read: 0, written: 0 }

/** What a part says of itself, and its list; null for bytes that are no part. */
export function readPart(bytes: Bytes): { head: PartHead; list: Bytes } | null {
  const end = bytes.indexOf(LINE)
  if (end < 0) return null
  const head = readHead(bytes.subarray(0, end))
  return head && { head, list: bytes.subarray(end + 1) }
}

export function readHead(line: Bytes): PartHead | null {
  let head: unknown
  try {
    head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line))
  } catch {
    return null
  }
  if (typeof head !== 'object' || head === null || !('keys' in head)) return null
  const { keys, seal } = head as { keys: unknown; seal?: unknown }
  const isSound = Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'string')
  return isSound && (seal === undefined || typeof seal === 'string') ? (head as PartHead) : null
}
