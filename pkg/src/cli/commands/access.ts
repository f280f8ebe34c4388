/** `lictor access`: rows that allow or deny an action everywhere, or for one argument, to users and roles. */

import type { Command } from 'commander'
import type { RowTo } from '../../tools/accounts/shapes.js'
import type { KnownAction } from '../../tools/shapes.js'
import type { AccessRow } from '../../types.js'
import { type WithAccounts, withAccounts } from '../accounts.js'
import { isNamed, usage } from '../failure.js'
import { collected } from '../given.js'
import { filled, settingsOf, withCommonOptions } from '../options.js'
import type { Output } from '../output.js'
import { withEngine } from '../session.js'
import { isMissing } from '../store.js'
import { shown } from '../text.js'
import { examples } from './help.js'

const VERBS = [
  ['allow', 'allow an action', ['Allowed', 'Allowed already']],
  ['deny', 'deny an action; deny beats allow', ['Denied', 'Denied already']],
  ['remove', 'take back what was allowed or denied', ['Removed', 'Nothing to remove']],
] as const

export function addAccess(program: Command): void {
  const group = withCommonOptions(program.command('access').description('rows that allow or deny actions'))

  for (const [verb, about, words] of VERBS) {
    const command = group.command(verb).description(about)
    command.argument('<action>', 'as `lictor access list` names it', filled)
    command.argument('<whom...>', '`user EMAIL`, `role ROLE` or `system_role NAME`, any number of them')
    command.option(
      '-a, --argument <word>',
      'only for this, for example a community; for all of them if left out',
      filled,
    )
    withCommonOptions(command).action((action: string, whom: string[], options: { argument?: string }) =>
      withAccounts(command, (tools) =>
        changeRows(verb, words, { action, to: pairs(whom), ...limited(options) }, tools),
      ),
    )
    examples(command, [
      `lictor access ${verb} administration-access user ada@example.org`,
      `lictor access ${verb} community-approve -a cesnet role librarians system_role any_user`,
    ])
  }

  const list = group.command('list').description('list the actions that rows may name, and what they mean')
  withCommonOptions(list).action(() => listActions(list))
  examples(list, ['lictor access list', 'lictor access list --policy oarepo'])

  const show = group.command('show').description('show rows: all of them, or those of some users and roles')
  show.option('-e, --email <user>', 'of this user: e-mail address or id (repeatable)', collected)
  show.option('-r, --role <role>', 'of this role (repeatable)', collected)
  show.option('-s, --system-role <name>', 'of this system role (repeatable)', collected)
  withCommonOptions(show).action((options: ShowOptions) => withAccounts(show, (tools) => showRows(options, tools)))
  examples(show, ['lictor access show', 'lictor access show -e ada@example.org -r librarians'])

  const register = group.command('register').description("make an action of the host's own known in this store")
  register.argument('<action>', 'its name', filled).argument('<meaning>', 'what it means, for people', filled)
  register.option('--argument <kind>', 'what rows of it may be limited to: `community`, or a word of the host', filled)
  withCommonOptions(register).action(async (action: string, meaning: string, options: { argument?: string }) => {
    const about = { meaning, ...limited(options) }
    await withAccounts(
      register,
      async ({ accounts, output }) => {
        await accounts.register(action, about)
        output.done({ name: action, ...about }, [output.paint(`Registered action ${shown(action)}`, 'green')])
      },
      (accounts) => accounts.register(action, about),
    )
  })
  examples(register, ['lictor access register campus-print "prints on campus" --argument building'])
}

async function listActions(command: Command): Promise<void> {
  const tell = (actions: KnownAction[], output: Output): void => {
    const lines = actions.map(({ name, argument, meaning, used }) => {
      const asked = used ? '' : ' (no rule of this policy asks for it)'
      return `${output.paint(`${shown(name)}:${argument === undefined ? '' : '*'}`, 'bold')} ${shown(meaning)}${asked}`
    })
    output.result(actions, lines)
  }
  // A store may know more, but none is needed.
  if (!isMissing(settingsOf(command).store))
    return withAccounts(command, async ({ accounts, output }) => tell(accounts.actions(), output))
  await withEngine(command, async ({ engine, output }) => {
    const { createTools } = await import('../../tools/entry/node.js')
    tell((await createTools({ policy: engine.document })).actions(), output)
  })
}

/** Options of every command come along. */
function limited({ argument }: { argument?: string }): { argument?: string } {
  return argument === undefined ? {} : { argument }
}

/** `user ada@example.org role librarians` */
function pairs(words: string[]): RowTo[] {
  const found: RowTo[] = []
  for (let i = 0; i < words.length; i += 2) {
    const [kind, name] = [words[i] ?? '', words[i + 1]]
    if (!name)
      throw usage(`whom? give \`user EMAIL\`, \`role ROLE\` or \`system_role NAME\`; \`${kind}\` is not enough`)
    if (kind === 'user') found.push({ user: name })
    else if (kind === 'role') found.push({ role: name })
    else if (kind === 'system_role') found.push({ system_role: name })
    else throw usage(`a row is about a \`user\`, a \`role\` or a \`system_role\`, not a \`${kind}\``)
  }
  return found
}

type Change = { action: string; argument?: string; to: RowTo[] }

async function changeRows(
  verb: 'allow' | 'deny' | 'remove',
  [did, already]: readonly [string, string],
  change: Change,
  { accounts, output }: WithAccounts,
): Promise<void> {
  const result = await accounts.change({ do: verb, ...change })
  const name = await namer(accounts)
  output.done({ action: change.action, ...result }, [
    ...result.changed.map((row) => output.paint(`${did} ${name(row)}`, 'green')),
    ...result.unchanged.map((row) => `${already}: ${name(row)}`),
  ])
  for (const warning of result.warnings) output.note(`warning: ${warning}`)
}

interface ShowOptions {
  email?: string[]
  role?: string[]
  systemRole?: string[]
}

async function showRows(
  { email = [], role = [], systemRole = [] }: ShowOptions,
  { accounts, output }: WithAccounts,
): Promise<void> {
  const users = await Promise.all(
    email.map((who) =>
      accounts.userId(who).catch((error: unknown) => {
        if (!isNamed(error, 'LictorError') || error.code !== 'not_found') throw error
        // A question about nobody has an answer, and is most often a slip.
        output.note(`note: there is no user ${who}`)
        return null
      }),
    ),
  )
  const all = email.length + role.length + systemRole.length === 0
  const wanted = (row: AccessRow): boolean => {
    if ('user' in row) return users.includes(String(row.user))
    return 'role' in row ? role.includes(row.role) : systemRole.includes(row.system_role)
  }
  const name = await namer(accounts)
  const rows = (await accounts.rows()).map(({ row }) => row).filter((row) => all || wanted(row))
  rows.sort((a, b) => (name(a) < name(b) ? -1 : 1))
  output.result(
    rows,
    rows.map((row) => output.paint(name(row), row.exclude ? 'red' : 'green')),
  )
}

/** A row as Invenio writes it, `user:ada@example.org:administration-access::allow`; users by their address where there is one. */
async function namer(accounts: WithAccounts['accounts']): Promise<(row: AccessRow) => string> {
  const emails = new Map((await accounts.list()).map(({ id, email }) => [id, email]))
  return (row) => {
    const effect = row.exclude ? 'deny' : 'allow'
    const who =
      'user' in row
        ? ['user', emails.get(String(row.user)) ?? String(row.user)]
        : 'role' in row
          ? ['role', row.role]
          : ['system_role', row.system_role]
    return [...who, row.action, row.argument ?? '', effect].map((word) => shown(String(word))).join(':')
  }
}
