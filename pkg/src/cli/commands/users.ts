/** `lictor users`: who has an account, and whether it may be used. */

import type { Command } from 'commander'
import type { Account, Created, NewAccount } from '../../tools/accounts/shapes.js'
import type { Json } from '../../types.js'
import { withAccounts } from '../accounts.js'
import { askPassword } from '../ask.js'
import { usage } from '../failure.js'
import { filled, withCommonOptions } from '../options.js'
import { shown } from '../text.js'
import { examples } from './help.js'
import { addUsersLoad } from './users-load.js'

const WHO = 'its e-mail address, or the id of its user'

export function addUsers(program: Command): void {
  const group = withCommonOptions(program.command('users').description('accounts: who may sign in'))
  addUsersLoad(group)

  const create = group.command('create').description('make an account; its password is asked for if it is not given')
  create.argument('<email>', 'its e-mail address', filled)
  withPassword(create)
    .option('-a, --active', 'it may be used, once confirmed')
    .option('-c, --confirm', 'the address is known to be theirs')
    .option('-u, --username <name>', 'a letter, then letters, digits, `-` and `_`; at least 3 characters')
    .option('-p, --profile <json>', '{"full_name": "...", "affiliations": "..."}')
    .option('--id <user>', 'for a user that facts speak of already; a new id if left out', filled)
  withCommonOptions(create).action(createUser)
  examples(create, [
    'lictor users create ada@example.org --active --confirm',
    `lictor users create ada@example.org --random -u ada -p '{"full_name": "Ada Lovelace"}'`,
    'lictor users create ada@example.org --id 4',
  ])

  const list = group.command('list').description('list accounts, with the roles they have everywhere')
  withCommonOptions(list).action(listUsers)
  examples(list, ['lictor users list', 'lictor users list --json'])

  const changes = [
    ['activate', 'let an account be used', { active: true }, 'activated'],
    ['deactivate', 'let an account no longer be used; its sessions end', { active: false }, 'deactivated'],
    ['confirm', 'say that the address of an account is known to be theirs', { confirmed: true }, 'confirmed'],
  ] as const
  for (const [verb, about, set, done] of changes) {
    const command = group.command(verb).description(about).argument('<user>', WHO, filled)
    withCommonOptions(command).action((who: string) =>
      withAccounts(command, async ({ accounts, output }) => {
        const { account, changed } = await accounts.set(who, set)
        const said = changed
          ? `User ${shown(account.email)} has been ${done}.`
          : `User ${shown(account.email)} was ${done} already.`
        output.done({ ...account, changed }, [changed ? output.paint(said, 'green') : said])
      }),
    )
    examples(command, [`lictor users ${verb} ada@example.org`])
  }

  const password = group.command('password').description('set the password of an account; its sessions end')
  withPassword(password.argument('<user>', WHO, filled))
  withCommonOptions(password).action(setPassword)
  examples(password, ['lictor users password ada@example.org', 'lictor users password ada@example.org --random'])
}

interface PasswordOptions {
  password?: string
  random?: boolean
}

function withPassword(command: Command): Command {
  return command
    .option('--password <text>', 'at least 6 characters; others on this machine may see it while the command runs')
    .option('--random', 'make a password, and show it this once')
}

/** Null stands for a random one. */
async function passwordOf({ password, random }: PasswordOptions): Promise<string | null> {
  if (password !== undefined && random) throw usage('give `--password` or `--random`, not both')
  if (password === '') throw usage('the password must not be empty; `--random` makes one')
  return random ? null : (password ?? (await askPassword()))
}

interface CreateOptions extends PasswordOptions {
  active?: boolean
  confirm?: boolean
  username?: string
  profile?: string
  id?: string
}

async function createUser(email: string, options: CreateOptions, command: Command): Promise<void> {
  const profile = profileOf(options.profile)
  const account: NewAccount = {
    ...profile,
    email,
    active: options.active === true,
    confirmed: options.confirm === true,
    password: await passwordOf(options),
    ...(options.username !== undefined && { username: options.username }),
    ...(options.id !== undefined && { id: options.id }),
  }
  await withAccounts(
    command,
    async ({ accounts, output }) => {
      const made = await accounts.create(account)
      tell(output, made, [output.paint(`Created user ${shown(made.email)}`, 'green'), ...about(made)])
    },
    (accounts) => accounts.create(account),
  )
}

/** Who may sign in is in the account and nowhere else, so an unknown key must not pass for one. */
function profileOf(text: string | undefined): { [key: string]: Json } {
  if (text === undefined) return {}
  let given: Json
  try {
    given = JSON.parse(text) as Json
  } catch {
    throw usage('the profile is not JSON; give {"full_name": "...", "affiliations": "..."}')
  }
  const keys = typeof given === 'object' && given !== null && !Array.isArray(given) ? Object.keys(given) : undefined
  const unknown = keys?.find((key) => !['full_name', 'affiliations'].includes(key))
  if (keys === undefined || unknown !== undefined)
    throw usage(
      `a profile has the keys full_name and affiliations${unknown === undefined ? '' : `, not \`${unknown}\``}`,
    )
  return given as { [key: string]: Json }
}

function about(account: Account): string[] {
  return [
    `- id ${shown(account.id)}`,
    `- ${statusOf(account)}`,
    ...(account.username ? [`- username ${account.username}`] : []),
  ]
}

export function statusOf({ active, confirmed }: Account): string {
  if (active && confirmed) return 'active and confirmed'
  return `${active ? 'active' : 'not active'}, ${confirmed ? 'confirmed' : 'not confirmed'}: cannot sign in yet`
}

/** A password is told whatever `--quiet` says: this is the only time. */
function tell(
  output: { result(document: unknown, lines: string[]): void; done(document: unknown, lines: string[]): void },
  made: Partial<Created>,
  lines: string[],
): void {
  if (made.password === undefined) output.done(made, lines)
  else output.result(made, [...lines, `- password ${made.password} (shown this once)`])
}

async function setPassword(who: string, options: PasswordOptions, command: Command): Promise<void> {
  const password = await passwordOf(options)
  await withAccounts(command, async ({ accounts, output }) => {
    const { account, password: made } = await accounts.setPassword(who, password)
    const said = output.paint(`The password of ${shown(account.email)} is set`, 'green')
    tell(output, { ...account, ...(made !== undefined && { password: made }) }, [said])
  })
}

async function listUsers(_: unknown, command: Command): Promise<void> {
  await withAccounts(command, async ({ accounts, output }) => {
    const all = await accounts.list()
    const lines = all.map((account) => {
      const roles = account.roles.length > 0 ? `; roles: ${account.roles.map(shown).join(', ')}` : ''
      return `- ${shown(account.email)} (id ${shown(account.id)}): ${statusOf(account)}${roles}`
    })
    output.result(all, lines)
  })
}
