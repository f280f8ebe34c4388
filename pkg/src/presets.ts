// The default policy travels with the engine; the others are modules of their own, loaded by name.
import repository from 'preset:repository'
import { LictorError } from './errors.js'
import type { PresetName } from './generated/presets.js'
import type { JsonObject } from './types.js'

const others: { [name: string]: () => Promise<{ default: JsonObject }> } = {
  oarepo: () => import('lictor/presets/oarepo'),
  'oarepo-3.0.5': () => import('lictor/presets/oarepo-3.0.5'),
  communities: () => import('lictor/presets/communities'),
  'invenio-communities-29': () => import('lictor/presets/invenio-communities-29'),
  'invenio-rdm-36': () => import('lictor/presets/invenio-rdm-36'),
  ils: () => import('lictor/presets/ils'),
  'ils-9': () => import('lictor/presets/ils-9'),
  'explicit-acls': () => import('lictor/presets/explicit-acls'),
  'explicit-acls-4.5.0': () => import('lictor/presets/explicit-acls-4.5.0'),
}

/** The preset `createEngine()` loads when none is named. */
export const DEFAULT_PRESET = 'repository' satisfies PresetName

/** The document of a shipped policy. */
export async function loadPreset(name: string): Promise<JsonObject> {
  if (name === DEFAULT_PRESET) return repository
  const load = Object.hasOwn(others, name) ? others[name] : undefined
  if (load === undefined) {
    const known = [DEFAULT_PRESET, ...Object.keys(others)].join(', ')
    throw new LictorError([
      { code: 'unknown_preset', path: 'policy', message: `unknown preset \`${name}\`; known: ${known}` },
    ])
  }
  return (await load()).default
}
