/** What the commands of `lictor policy` are given, and the tools they ask. The tools are loaded only for these. */

import type { PresetName } from '../generated/presets.js'
import type { PolicyGiven, PolicyInUse } from '../tools/author.js'
import type { FactsInput, Json } from '../types.js'
import { usage } from './failure.js'
import { readJson, readText } from './files.js'
import { givenValues } from './given.js'

export function author(): Promise<typeof import('../tools/entry/node.js')> {
  return import('../tools/entry/node.js')
}

/** A word is the name of a shipped policy; anything with a slash or `.json` is a file. */
export function givenPolicy(name: string | undefined, changes?: string): PolicyGiven {
  const file = name !== undefined && /[/\\]|\.json$/.test(name)
  return {
    ...(name !== undefined && { policy: file ? readJson(name) : (name as PresetName) }),
    ...(changes !== undefined && { changes: readJson(changes) }),
  }
}

/** `place=value`, each place once. */
export function settingsGiven(texts: string[] | undefined): Pick<PolicyInUse, 'settings'> {
  if (texts === undefined) return {}
  const settings = givenValues(texts).map(({ key, value }): [string, string] => {
    if (typeof value !== 'string') throw usage(`the value of \`${key}\` is a word: ${key}=WORD`)
    return [key, value]
  })
  return { settings: Object.fromEntries(settings) }
}

export function readFacts(file: string): FactsInput {
  return readJson(file) as FactsInput
}

/** YAML holds JSON, so one reader does for both. */
export async function yamlOrJson(file: string, root: string): Promise<Json> {
  const text = readText(file)
  const { readYaml } = await import('../tools/yaml.js')
  return readYaml(text, root).value
}
