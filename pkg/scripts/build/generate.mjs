import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/paths.mjs'
import { Failure } from '../lib/run.mjs'
import { unlessFresh } from '../lib/stamp.mjs'

export const presets = 'src/policy/presets'
const output = 'pkg/src/generated/presets.ts'

/** Types of the presets, from the documents the engine itself compiles. */
export function generate() {
  return unlessFresh({
    name: 'generated types',
    inputs: [presets, 'pkg/scripts/build/generate.mjs'],
    outputs: [output],
    work: () => {
      mkdirSync(join(root, 'pkg/src/generated'), { recursive: true })
      writeFileSync(join(root, output), typesOf(readPresets()))
    },
  })
}

/**
 * The words a document declares, in all of its machines. The only place that knows where in a policy document they stand. A
 * machine that names no states has those of the document.
 */
function wordsOf({ machines = {}, ...own }) {
  const all = [own, ...Object.values(machines)]
  return {
    action: all.flatMap(({ actions = [] }) => actions),
    transition: all.flatMap(({ transitions = [] }) => transitions.map(({ name }) => name)),
    state: all.flatMap(({ states = [] }) => states),
    ...(Object.keys(machines).length > 0 && { own: own.actions }),
    role: all.flatMap(({ roles = [], reserved_roles = [] }) => [...roles, ...reserved_roles]),
  }
}

function readPresets() {
  const folder = join(root, presets)
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  return files.sort().map((file) => {
    try {
      return { name: file.replace(/\.json$/, ''), document: JSON.parse(readFileSync(join(folder, file), 'utf8')) }
    } catch (error) {
      throw new Failure(`${presets}/${file} is not JSON: ${error.message}`)
    }
  })
}

function typesOf(found) {
  const interfaces = found.map(({ name, document }) => {
    const fields = Object.entries(wordsOf(document)).map(([field, words]) => `  ${field}: ${union(words)}\n`)
    return `export interface ${typeName(name)} {\n${fields.join('')}}\n`
  })
  const index = found.map(({ name }) => `  ${quote(name)}: ${typeName(name)}\n`)
  return [
    `// Made by pkg/scripts/build/generate.mjs from ${presets}. Do not edit.\n`,
    ...interfaces,
    `/** The vocabulary of each shipped preset, by its name. */\nexport interface PresetVocabularies {\n${index.join('')}}\n`,
    'export type PresetName = keyof PresetVocabularies\n',
  ].join('\n')
}

function typeName(preset) {
  const words = preset.split(/[^a-zA-Z0-9]+/).filter(Boolean)
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Vocabulary`
}

const union = (words) => [...new Set(words)].sort().map(quote).join(' | ') || 'never'
const quote = (word) => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
