/** Files that are named on a command line. */

import { readFileSync, readSync, statSync } from 'node:fs'
import type { JsonObject } from '../types.js'
import { usage } from './failure.js'

/** The engine refuses larger ones; a device or an endless file is not even read. */
const MAX_BYTES = 1_048_576

/** What it holds. The engine reads it with care, whatever it is. */
export function readJson(file: string): JsonObject {
  return jsonIn(readText(file), file)
}

/** The same of a text; `name` says where it stands. */
export function jsonIn(text: string, name: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject
  } catch (error) {
    throw usage(`\`${name}\` cannot be read as JSON: ${(error as Error).message}`)
  }
}

/** `-` is standard input. */
export function readText(file: string, max = MAX_BYTES): string {
  if (file === '-') return readInput(max)
  const { size, isFile } = stat(file)
  if (!isFile) throw usage(`\`${file}\` is not a file`)
  if (size > max) throw usage(`\`${file}\` is larger than ${max} bytes`)
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw usage(`\`${file}\` cannot be read: ${(error as Error).message}`)
  }
}

function readInput(max: number): string {
  const chunk = Buffer.alloc(65_536)
  const parts: Buffer[] = []
  for (let size = 0, read = 0; ; size += read) {
    if (size > max) throw usage(`standard input is larger than ${max} bytes`)
    read = readSome(chunk)
    if (read === 0) return Buffer.concat(parts).toString('utf8')
    parts.push(Buffer.from(chunk.subarray(0, read)))
  }
}

function readSome(chunk: Buffer): number {
  try {
    return readSync(0, chunk)
  } catch (error) {
    throw usage(`standard input cannot be read: ${(error as Error).message}`)
  }
}

function stat(file: string): { size: number; isFile: boolean } {
  try {
    const found = statSync(file)
    return { size: found.size, isFile: found.isFile() }
  } catch (error) {
    throw usage(`\`${file}\` cannot be read: ${(error as Error).message}`)
  }
}
