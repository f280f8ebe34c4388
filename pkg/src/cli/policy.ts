/** The engine under the policy that `--policy` names. */

import { createEngine } from '../entry/node.js'
import type { PresetName } from '../generated/presets.js'
import type { SyncEngine } from '../sync/engine.js'
import type { Bundle } from '../tools/bundle.js'
import type { JsonObject } from '../types.js'
import { readBundle } from './bundle.js'
import { failureOf, Failure, EXIT, usage } from './failure.js'
import { readJson } from './files.js'

export interface Opened {
  engine: SyncEngine
  /** What the policy came in. */
  bundle?: Bundle
}

/** A word is the name of a shipped policy; anything with a slash or `.json` is a file. */
export async function openEngine(policy: string | undefined, trusted?: string): Promise<Opened> {
  try {
    if (trusted !== undefined) return await signed(policy, trusted)
    if (policy === undefined) return { engine: (await createEngine()) as SyncEngine }
    if (/[/\\]|\.json$/.test(policy))
      return { engine: (await createEngine({ policy: unsigned(policy) })) as SyncEngine }
    // Any word may be tried: the engine knows which presets there are, and says so.
    return { engine: (await createEngine({ policy: policy as PresetName })) as SyncEngine }
  } catch (error) {
    const { code, message, path } = failureOf(error)
    throw new Failure(EXIT.usage, code, `the policy cannot be used: ${message}`, { path, cause: error })
  }
}

/** Who trusts some keys loads nothing else than what they signed. `FILE#NAME` where a bundle holds several policies. */
async function signed(policy: string | undefined, trusted: string): Promise<Opened> {
  if (policy === undefined) throw usage('where keys are trusted, `--policy` names a bundle: FILE, or FILE#NAME')
  const [, file = policy, name] = /^(.*)#([^#/\\]+)$/.exec(policy) ?? []
  const bundle = await readBundle(file, trusted)
  return { engine: (await createEngine({ policy: bundle.policy(name) })) as SyncEngine, bundle }
}

function unsigned(file: string): JsonObject {
  const document = readJson(file)
  if (!Object.hasOwn(document ?? {}, 'lictor_bundle')) return document
  throw usage(`\`${file}\` is a signed bundle; say whose bundles to take: \`--trusted FILE\`, or LICTOR_TRUSTED`)
}
