/** `lictor communities create`, and what making a community comes to, wherever it is from. */

import type { Command } from 'commander'
import { object } from '../../policy-words.js'
import type { HostStore } from '../../store/host.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { Call, Json, JsonObject } from '../../types.js'
import { told, usage } from '../failure.js'
import { readJson } from '../files.js'
import { logoCells, readLogo } from '../logo.js'
import { carryOut } from '../operate.js'
import { filled, withCommonOptions } from '../options.js'
import { askerOf, withStore } from '../session.js'
import { shown } from '../text.js'
import { addressOf, settingRefused } from './community-settings.js'
import { examples } from './help.js'

export function addCommunityCreate(group: Command): void {
  const create = group.command('create').description('create a community, with its roles and default grants')
  create.argument('<id>', 'at most 63 characters, no `:`').argument('[title]', 'at most 128 characters')
  create.option('--title <text>', 'the title, if not given as an argument')
  create.option('--description <text>', 'what the community is about')
  create.option('--policy, --curation-policy <text>', 'its curation policy, as text for people')
  create.option('--logo-path <file>', 'PNG, JPEG or SVG, at most 1 MB')
  create.option('--ctype <type>', 'wgroup, project, rgroup or other (default)')
  create.option('--settings <json>', 'its settings by name, as JSON or a file of it', filled)
  create.option('--as <user>', 'decide whether this user may', filled)
  // Here `--policy` is the curation policy, as it has always been; that of decisions comes before `communities`.
  withCommonOptions(create, { policy: false }).action(createCommunity)
  examples(create, [
    'lictor communities create cesnet "CESNET community" --description "A testing community"',
    'lictor communities create physics Physics --ctype rgroup --logo-path logo.svg',
    `lictor communities create muni MUNI --settings '{"visibility": "restricted", "review_policy": "members"}'`,
    'lictor --policy my-policy.json --store postgres://localhost/repo communities create cesnet CESNET',
  ])
}

interface CreateOptions {
  title?: string
  description?: string
  curationPolicy?: string
  logoPath?: string
  ctype?: string
  settings?: string
  as?: string
}

async function createCommunity(
  id: string,
  title: string | undefined,
  options: CreateOptions,
  command: Command,
): Promise<void> {
  const logo = options.logoPath === undefined ? undefined : readLogo(options.logoPath)
  const metadata: JsonObject = {
    ...(options.description !== undefined && { description: options.description }),
    ...(options.curationPolicy !== undefined && { curation_policy: options.curationPolicy }),
    ...(logo && { logo: logo.about }),
  }
  const given = options.settings === undefined ? undefined : settingsGiven(options.settings)
  const call = (engine: SyncEngine): Call => ({
    do: 'create_community',
    subject: askerOf(options),
    id,
    title: oneTitle(title, options.title),
    metadata,
    via: 'command-line',
    ...(options.ctype !== undefined && { type: options.ctype }),
    ...(given && { settings: byAddress(engine, given) }),
  })
  await makeCommunity(command, { call, said: 'Created community', ...(logo && { cells: logoCells(id, logo) }) })
}

export interface Making {
  /** The call; the engine says which words it knows. */
  call: (engine: SyncEngine) => Call
  /** What is said when it is made. */
  said: string
  cells?: ReturnType<typeof logoCells>
  /** Lines to say beside. */
  remarks?: () => string[]
}

/** Makes a community, in a store that is made for it where there is none. */
export async function makeCommunity(command: Command, { call, said, cells = [], remarks }: Making): Promise<void> {
  const make = (engine: SyncEngine, store: HostStore): ReturnType<typeof carryOut> =>
    told(carryOut(engine, store, call(engine), { cells }), settingRefused(engine))
  await withStore(
    command,
    async ({ engine, store, output }) => {
      const { value } = await make(engine, store)
      const [change] = value.changes
      const [id, entity] =
        change?.op === 'put' && change.key.relation === 'community'
          ? [change.key.id, object(change.value)]
          : ['', {} as JsonObject]
      const roles = (value.events[0]?.payload.roles ?? []) as { name: string; description: string }[]
      output.done({ id, ...entity, roles }, [
        `${said}: ${shown(id)} - ${shown(String(entity.title))}`,
        ...roles.map(({ name, description }) => `- ${shown(name)} (${shown(description)})`),
        ...(remarks?.() ?? []),
      ])
    },
    { create: true, trial: make },
  )
}

/** An object is JSON, anything else names a file of it. */
function settingsGiven(text: string): JsonObject {
  const value = text.trimStart().startsWith('{') ? parsed(text) : (readJson(text) as Json)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw usage('settings are an object: {"visibility": "restricted"}')
  }
  return value
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw usage('--settings is neither JSON, as {"visibility": "restricted"}, nor the name of a file')
  }
}

/** What is no word the engine refuses. */
function byAddress(engine: SyncEngine, given: JsonObject): { [at: string]: string } {
  const entries = Object.entries(given).map(([key, word]) => [addressOf(engine, key), word])
  return Object.fromEntries(entries) as { [at: string]: string }
}

function oneTitle(argument: string | undefined, option: string | undefined): string {
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw usage('the title was given twice, and differs: give TITLE or --title')
  }
  const title = argument ?? option
  if (title === undefined) throw usage("missing required argument 'title'")
  return title
}
