/** Logos of communities: PNG, JPEG or SVG up to 1 MB, told by what is in the file and not by its name. */

import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { idText } from '../store/entities.js'
import { EXIT, Failure } from './failure.js'

const MAX_BYTES = 1_048_576
/** Less than a cell may hold. A logo's text is a third longer than its bytes, so there are two at most. */
const CELL = 1_000_000

export interface Logo {
  /** What `metadata.logo` says of it. */
  about: { media_type: string; size: number; sha256: string }
  /** Its bytes as a data URL. They are kept beside the facts: no decision looks at them. */
  text: string
}

/** The cells a community's logo is kept in, written in the same transaction as the community: one after the other its text. */
export function logoCells(community: string, { text }: Logo): { key: string; text: string }[] {
  const parts = Math.ceil(text.length / CELL)
  return Array.from({ length: parts }, (_, i) => ({
    key: `logo/${idText(community, 'id')}/${i}`,
    text: text.slice(i * CELL, (i + 1) * CELL),
  }))
}

export function readLogo(file: string): Logo {
  const bytes = readFile(file)
  const type = mediaType(bytes)
  if (type === undefined) throw refused(`\`${file}\` is neither PNG nor JPEG nor SVG`)
  const about = { media_type: type, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
  return { about, text: `data:${type};base64,${bytes.toString('base64')}` }
}

function readFile(file: string): Buffer {
  try {
    // Asked before reading: a device or a disk image must not be read.
    const found = statSync(file)
    if (!found.isFile()) throw refused(`\`${file}\` is not a file`)
    if (found.size > MAX_BYTES) throw refused(`\`${file}\` has ${found.size} bytes; a logo has at most ${MAX_BYTES}`)
    return readFileSync(file)
  } catch (error) {
    if (error instanceof Failure) throw error
    throw refused(`\`${file}\` cannot be read: ${(error as Error).message}`)
  }
}

function mediaType(bytes: Buffer): string | undefined {
  // A signature alone is no image: the first chunk, or the first marker, must be there too.
  if (bytes.subarray(0, 16).toString('latin1') === '\x89PNG\r\n\x1a\n\0\0\0\rIHDR') return 'image/png'
  if (bytes.length > 4 && bytes.readUIntBE(0, 3) === 0xffd8ff && (bytes[3] ?? 0) >= 0xc0) return 'image/jpeg'
  return isSvg(bytes) ? 'image/svg+xml' : undefined
}

/** Whether the first element is `svg`: after a declaration, comments and a document type. */
function isSvg(bytes: Buffer): boolean {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return false
  }
  for (;;) {
    text = text.trimStart()
    const end = text.startsWith('<!--')
      ? '-->'
      : text.startsWith('<?')
        ? '?>'
        : /^<!doctype\s+svg\b/i.test(text)
          ? '>'
          : null
    if (end === null) return /^<(\w+:)?svg[\s>/]/.test(text)
    const at = text.indexOf(end)
    if (at < 0) return false
    text = text.slice(at + end.length)
  }
}

function refused(message: string): Failure {
  return new Failure(EXIT.refused, 'invalid_logo', message, { path: 'logo' })
}
