/**
 * A whole view as it arrives: lines of an answer that is never held as one text. First what the view is as a whole, then
 * its parts (two lines each, `sync/parts.ts`), and a line that says it was all: what lacks that broke off.
 */

import type { Bytes, Part } from '../sync/parts.js'
import { readHead } from '../sync/parts.js'
import { TransportError } from './transport.js'

/** No line of ours is longer: a record is at most a megabyte. */
const LONGEST = 16 * 1024 * 1024
const LINE = 0x0a

/** Lines of a body, without their ends. `heard` is called whenever something comes. */
export async function* linesOf(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<Bytes> {
  const reader = body.getReader()
  let pieces: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      heard()
      let from = 0
      for (let end = value.indexOf(LINE); end >= 0; end = value.indexOf(LINE, from)) {
        yield joined([...pieces, value.subarray(from, end)])
        pieces = []
        length = 0
        from = end + 1
      }
      if (from < value.length) pieces.push(value.subarray(from))
      length += value.length - from
      if (length > LONGEST) throw new TransportError('garbled', 'the answer has a line without an end')
    }
    // What comes after the last end is no line, or not a whole one.
  } finally {
    // Without it the connection stays open, and browsers allow few.
    await reader.cancel().catch(() => {})
  }
}

/** The parts of a view, to the line that says it was all. */
export async function* partsOf(lines: AsyncGenerator<Bytes>): AsyncGenerator<Part> {
  try {
    for (let count = 0; ; count++) {
      const about = await next(lines)
      const head = readHead(about)
      if (head === null) {
        const end = parsed(about)
        if (end.t === 'end' && end.parts === count) return
        throw new TransportError('garbled', 'the answer holds what is no part of a view')
      }
      yield { ...head, bytes: joined([about, new Uint8Array([LINE]), await next(lines)]) }
    }
  } finally {
    await lines.return(undefined)
  }
}

/** The next line as JSON. */
export async function nextJson(lines: AsyncGenerator<Bytes>): Promise<{ [name: string]: unknown }> {
  try {
    return parsed(await next(lines))
  } catch (error) {
    await lines.return(undefined)
    throw error
  }
}

async function next(lines: AsyncGenerator<Bytes>): Promise<Bytes> {
  const { done, value } = await lines.next()
  if (done) throw new TransportError('offline', 'the answer broke off')
  return value
}

function parsed(line: Bytes): { [name: string]: unknown } {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(line))
  } catch (cause) {
    throw new TransportError('garbled', 'the answer is not JSON', { cause })
  }
  if (typeof value === 'object' && value !== null) return value as { [name: string]: unknown }
  throw new TransportError('garbled', 'the answer is not an object')
}

function joined(pieces: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
