/** `lictor communities list`, `rename`, `delete` and `restore`. */

import type { Command } from 'commander'
import type { JsonObject } from '../../types.js'
import { told } from '../failure.js'
import { namingKnown } from '../known.js'
import { carryOut, resolve } from '../operate.js'
import { filled, withCommonOptions } from '../options.js'
import { askerOf, withStore } from '../session.js'
import { shown } from '../text.js'
import { addCommunityCreate } from './community-create.js'
import { addCommunityImport } from './community-import.js'
import { addCommunitySettings } from './community-settings.js'
import { examples } from './help.js'

export function addCommunities(program: Command): void {
  const group = program.command('communities').alias('community')
  withCommonOptions(group).description('communities: their settings, their beginning and their end')

  const list = group.command('list').description('list the communities there are')
  list.option('--as <user>', 'as this user sees them', filled)
  withCommonOptions(list).action(listCommunities)
  examples(list, ['lictor communities list', 'lictor communities list --as 4 --json'])

  addCommunityCreate(group)
  addCommunityImport(group)
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
