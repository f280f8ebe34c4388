/** `lictor communities list`, `create`, `rename`, `delete` and `restore`. */

import type { Command } from 'commander'
import type { Call, JsonObject } from '../../types.js'
import { told, usage } from '../failure.js'
import { namingKnown } from '../known.js'
import { logoCells, readLogo } from '../logo.js'
import { carryOut, doneOrRefused, resolve } from '../operate.js'
import { filled, withCommonOptions } from '../options.js'
import { askerOf, withEngine, withStore } from '../session.js'
import { isMissing } from '../store.js'
import { shown } from '../text.js'
import { addCommunitySettings } from './community-settings.js'
import { examples } from './help.js'

export function addCommunities(program: Command): void {
  const group = program.command('communities').alias('community')
  withCommonOptions(group).description('communities: their settings, their beginning and their end')

  const list = group.command('list').description('list the communities there are')
  list.option('--as <user>', 'as this user sees them', filled)
  withCommonOptions(list).action(listCommunities)
  examples(list, ['lictor communities list', 'lictor communities list --as 4 --json'])

  const create = group.command('create').description('create a community, with its roles and default grants')
  create.argument('<id>', 'at most 63 characters, no `:`').argument('[title]', 'at most 128 characters')
  create.option('--title <text>', 'the title, if not given as an argument')
  create.option('--description <text>', 'what the community is about')
  create.option('--policy, --curation-policy <text>', 'its curation policy, as text for people')
  create.option('--logo-path <file>', 'PNG, JPEG or SVG, at most 1 MB')
  create.option('--ctype <type>', 'wgroup, project, rgroup or other (default)')
  create.option('--as <user>', 'decide whether this user may', filled)
  // Here `--policy` is the curation policy, as it has always been; that of decisions comes before `communities`.
  withCommonOptions(create, { policy: false }).action(createCommunity)
  examples(create, [
    'lictor communities create cesnet "CESNET community" --description "A testing community"',
    'lictor communities create physics Physics --ctype rgroup --logo-path logo.svg',
    'lictor --policy my-policy.json --store postgres://localhost/repo communities create cesnet CESNET',
  ])

  addCommunitySettings(group)

  const rename = group
    .command('rename')
    .description('give a community another title')
    .argument('<id>', 'its id', filled)
  rename.argument('<title>', 'at most 128 characters').option('--as <user>', 'decide whether this user may', filled)
  withCommonOptions(rename).action((id: string, title: string, options: { as?: string }) =>
    change(rename, options, { do: 'update_community', id, set: { title } }, `Renamed ${shown(id)}: ${shown(title)}`),
  )
  examples(rename, ['lictor communities rename cesnet "CESNET and friends"'])

  const remove = group
    .command('delete')
    .description('delete a community that no open request waits for; it can come back')
  remove.argument('<id>', 'its id', filled).option('--reason <text>', 'why, for people')
  remove.option('--as <user>', 'decide whether this user may', filled)
  withCommonOptions(remove).action((id: string, options: { as?: string; reason?: string }) => {
    const { reason } = options
    const call = { do: 'delete_community', id, ...(reason !== undefined && { reason }) } as const
    return change(remove, options, call, `Deleted ${shown(id)}; \`lictor communities restore\` brings it back`)
  })
  examples(remove, ['lictor communities delete cesnet --reason "merged into muni"'])

  const restore = group
    .command('restore')
    .description('bring a deleted community back')
    .argument('<id>', 'its id', filled)
  restore.option('--as <user>', 'decide whether this user may', filled)
  withCommonOptions(restore).action((id: string, options: { as?: string }) =>
    change(restore, options, { do: 'restore_community', id }, `Restored ${shown(id)}`),
  )
  examples(restore, ['lictor communities restore cesnet'])
}

type Change =
  | { do: 'update_community'; id: string; set: JsonObject }
  | { do: 'delete_community'; id: string; reason?: string }
  | { do: 'restore_community'; id: string }

async function change(command: Command, options: { as?: string }, call: Change, said: string): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const { id } = call
    const subject = askerOf(options)
    const done = carryOut(engine, store, { ...call, subject })
    const { value } = await told(done, ({ code, message }) =>
      code === 'open_requests' ? `${message}; \`lictor requests list -c ${id}\` shows them` : undefined,
    ).catch((error) => namingKnown(error, id, { engine, store, subject }))
    const [written] = value.changes
    output.done({ id, ...(written?.op === 'put' && (written.value as JsonObject)) }, [output.paint(said, 'green')])
  })
}

async function listCommunities(options: { as?: string }, command: Command): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const { value } = await resolve(engine, store, { do: 'list_communities', subject: askerOf(options) })
    const communities = value.communities ?? []
    const lines = communities.map(({ id, title, metadata }) => {
      const { description } = metadata
      const words = [id, '-', title, ...(typeof description === 'string' && description ? [description] : [])]
      return `- ${words.map(shown).join(' ')}`
    })
    output.result(communities, lines)
  })
}

interface CreateOptions {
  title?: string
  description?: string
  curationPolicy?: string
  logoPath?: string
  ctype?: string
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
  const call: Call = {
    do: 'create_community',
    subject: askerOf(options),
    id,
    title: oneTitle(title, options.title),
    metadata,
    via: 'command-line',
    ...(options.ctype !== undefined && { type: options.ctype }),
  }
  // Tried on nothing first: what is refused leaves no file behind.
  await withEngine(command, ({ settings, engine }) => {
    if (isMissing(settings.store)) doneOrRefused(engine.step(call, { complete: true }))
  })
  await withStore(
    command,
    async ({ engine, store, output }) => {
      const cells = logo ? logoCells(id, logo) : []
      const { value } = await carryOut(engine, store, call, { cells })
      const [change] = value.changes
      const entity = change?.op === 'put' ? (change.value as JsonObject) : {}
      const roles = (value.events[0]?.payload.roles ?? []) as { name: string; description: string }[]
      const lines = [`Created community: ${shown(id)} - ${shown(String(entity.title))}`]
      output.done({ id, ...entity, roles }, [
        ...lines,
        ...roles.map(({ name, description }) => `- ${shown(name)} (${shown(description)})`),
      ])
    },
    { create: true },
  )
}

function oneTitle(argument: string | undefined, option: string | undefined): string {
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw usage('the title was given twice, and differs: give TITLE or --title')
  }
  const title = argument ?? option
  if (title === undefined) throw usage("missing required argument 'title'")
  return title
}
