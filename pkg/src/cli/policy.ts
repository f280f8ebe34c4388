/** The engine under the policy that `--policy` names. */

import { createEngine } from '../entry/node.js'
import type { PresetName } from '../generated/presets.js'
import type { SyncEngine } from '../sync/engine.js'
import { failureOf, Failure, EXIT } from './failure.js'
import { readJson } from './files.js'

/** A word is the name of a shipped policy; anything with a slash or `.json` is a file. */
export async function openEngine(policy: string | undefined): Promise<SyncEngine> {
  try {
    if (policy === undefined) return (await createEngine()) as SyncEngine
    if (/[/\\]|\.json$/.test(policy)) return (await createEngine({ policy: readJson(policy) })) as SyncEngine
    // Any word may be tried: the engine knows which presets there are, and says so.
    return (await createEngine({ policy: policy as PresetName })) as SyncEngine
  } catch (error) {
    const { code, message, path } = failureOf(error)
    throw new Failure(EXIT.usage, code, `the policy cannot be used: ${message}`, { path, cause: error })
  }
}
