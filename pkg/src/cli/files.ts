/** Files that are named on a command line. */

import { readFileSync, statSync } from 'node:fs'
import type { JsonObject } from '../types.js'
import { usage } from './failure.js'

/** The engine refuses larger ones; a device or an endless file is not even read. */
const MAX_BYTES = 1_048_576

/** What it holds. The engine reads it with care, whatever it is. */
export function readJson(file: string): JsonObject {
  const text = readText(file)
  try {
    return JSON.parse(text) as JsonObject
  } catch (error) {
    throw usage(`\`${file}\` cannot be read as JSON: ${(error as Error).message}`)
  }
}

export function readText(file: string): string {
  const { size, isFile } = stat(file)
  if (!isFile) throw usage(`\`${file}\` is not a file`)
  if (size > MAX_BYTES) throw usage(`\`${file}\` is larger than ${MAX_BYTES} bytes`)
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw usage(`\`${file}\` cannot be read: ${(error as Error).message}`)
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
