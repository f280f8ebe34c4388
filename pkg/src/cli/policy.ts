/** The engine under the policy that `--policy` names. */

import { readFileSync, statSync } from 'node:fs'
import { createEngine } from '../entry/node.js'
import type { SyncEngine } from '../sync/engine.js'
import type { JsonObject } from '../types.js'
import { failureOf, Failure, EXIT, usage } from './failure.js'

/** The engine refuses larger ones; a device or an endless file is not even read. */
const MAX_BYTES = 1_048_576

/** A word is the name of a shipped policy; anything with a slash or `.json` is a file. */
export async function openEngine(policy: string | undefined): Promise<SyncEngine> {
  try {
    if (policy === undefined) return (await createEngine()) as SyncEngine
    if (/[/\\]|\.json$/.test(policy)) return (await createEngine({ policy: readDocument(policy) })) as SyncEngine
    // Any word may be tried: the engine knows which presets there are, and says so.
    return (await createEngine({ policy: policy as 'oarepo' })) as SyncEngine
  } catch (error) {
    const { code, message, path } = failureOf(error)
    throw new Failure(EXIT.usage, code, `the policy cannot be used: ${message}`, { path, cause: error })
  }
}

function readDocument(file: string): JsonObject {
  const { size, isFile } = stat(file)
  if (!isFile) throw usage(`\`${file}\` is not a file`)
  if (size > MAX_BYTES) throw usage(`\`${file}\` is larger than ${MAX_BYTES} bytes`)
  let document: unknown
  try {
    document = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw usage(`\`${file}\` cannot be read as JSON: ${(error as Error).message}`)
  }
  // The engine reads it with care, whatever it is.
  return document as JsonObject
}

function stat(file: string): { size: number; isFile: boolean } {
  try {
    const found = statSync(file)
    return { size: found.size, isFile: found.isFile() }
  } catch (error) {
    throw usage(`\`${file}\` cannot be read: ${(error as Error).message}`)
  }
}
