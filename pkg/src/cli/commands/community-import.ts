/** `lictor communities import`: a community from elsewhere. What its settings mean is said by the variant that is named. */

import type { Command } from 'commander'
import { object, settingsIn, variantsIn } from '../../policy-words.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { Call, Json, JsonObject } from '../../types.js'
import { usage } from '../failure.js'
import { readJson } from '../files.js'
import { filled, withCommonOptions } from '../options.js'
import { askerOf } from '../session.js'
import { shown } from '../text.js'
import { makeCommunity } from './community-create.js'
import { addressOf } from './community-settings.js'
import { examples } from './help.js'

/** What a document says beside its settings, and what of it only its own system needs. */
const OWN = ['id', 'slug', 'title', 'type', 'metadata', 'settings']

interface ImportOptions {
  variant?: string
  id?: string
  title?: string
  as?: string
}

export function addCommunityImport(group: Command): void {
  const take = group.command('import').description('make a community from the document of one that is elsewhere')
  take.argument('<file>', 'JSON: id (or slug), title, type, metadata, settings', filled)
  take.option('--variant <name>', 'whose words the settings are', filled)
  take.option('--id <id>', 'its id here, if not that of the document', filled)
  take.option('--title <text>', 'its title here, if not that of the document')
  take.option('--as <user>', 'decide whether this user may', filled)
  withCommonOptions(take).action(importCommunity)
  take.addHelpText(
    'after',
    `
Settings stand in \`settings\` by name or address, or where communities show them (\`access.visibility\`). One word means
different things in different systems, the review policy \`open\` for example: so the variant is named, never guessed.`,
  )
  examples(take, [
    'lictor communities import cesnet.json --variant invenio-communities-29',
    'lictor communities import cesnet.json --variant communities --id physics --as 8',
  ])
}

async function importCommunity(file: string, options: ImportOptions, command: Command): Promise<void> {
  const document = object(readJson(file))
  const left = new Set<string>()
  await makeCommunity(command, {
    call: (engine) => callOf(engine, document, options, left),
    said: 'Imported community',
    remarks: () => (left.size > 0 ? [shown(`Left out: ${[...left].sort().join(', ')}`)] : []),
  })
}

function callOf(
  engine: SyncEngine,
  document: JsonObject,
  { variant, id, title, as }: ImportOptions,
  left: Set<string>,
): Call {
  const known = variantsIn(engine)
  if (known.length === 0) throw usage('this policy knows no other words for the settings of communities')
  if (variant === undefined) {
    throw usage(`name the variant that the settings were said in: --variant ${known.join(' or --variant ')}`)
  }
  const metadata = objectAt(document, 'metadata')
  const name = id ?? document.slug ?? document.id
  const called = title ?? document.title ?? metadata.title
  if (typeof name !== 'string') throw usage('the document has no `slug` or `id` that is text; give --id')
  if (typeof called !== 'string') throw usage('the document has no `title` that is text; give --title')
  const { settings, rest } = settingsOf(engine, document)
  for (const key of rest) left.add(key)
  const type = typeOf(engine, document.type)
  return {
    do: 'import_community',
    subject: askerOf({ as }),
    id: name,
    title: called,
    metadata,
    settings,
    variant,
    via: 'command-line',
    ...(type !== undefined && { type }),
  }
}

/** Words by address. Whatever stands beside settings is taken for one, so that nothing of them is lost unsaid. */
function settingsOf(engine: SyncEngine, document: JsonObject): { settings: { [at: string]: string }; rest: string[] } {
  const tops = new Set(settingsIn(engine).map(({ at }) => at.split('.')[0] ?? at))
  const found = new Map<string, Json>()
  const add = (at: string, word: Json): void => {
    if (found.has(at) && found.get(at) !== word) throw usage(`\`${at}\` stands in the document twice, and differs`)
    found.set(at, word)
  }
  const rest: string[] = []
  for (const key of Object.keys(document)) {
    if (tops.has(key)) for (const [name, word] of Object.entries(objectAt(document, key))) add(`${key}.${name}`, word)
    else if (!OWN.includes(key)) rest.push(key)
  }
  for (const [key, word] of Object.entries(objectAt(document, 'settings'))) add(addressOf(engine, key), word)
  // The engine reads the words, whatever they are.
  return { settings: Object.fromEntries(found) as { [at: string]: string }, rest }
}

/** What is not there is nothing; what is of another shape is a mistake, and must not be read as nothing. */
function objectAt(document: JsonObject, key: string): JsonObject {
  const value = document[key] ?? {}
  if (typeof value !== 'object' || Array.isArray(value)) throw usage(`\`${key}\` of the document is not an object`)
  return value
}

/** A type's key, also where its label is said: communities are shown with that. */
function typeOf({ document }: SyncEngine, given: Json | undefined): string | undefined {
  if (given === undefined || given === null) return undefined
  if (typeof given !== 'string') throw usage('`type` of the document is not text')
  const types = object(object(document.community).types)
  return Object.keys(types).find((key) => key === given || types[key] === given) ?? given
}
