/** `lictor roles`: roles people have everywhere, whatever the community. */

import type { Command } from 'commander'
import { withAccounts } from '../accounts.js'
import { EXIT, Failure } from '../failure.js'
import { filled, withCommonOptions } from '../options.js'
import { shown } from '../text.js'
import { examples } from './help.js'

export function addRoles(program: Command): void {
  const group = withCommonOptions(program.command('roles').description('roles people have everywhere'))

  const create = group.command('create').description('make a role').argument('<name>', 'its name', filled)
  create.option('-d, --description <text>', 'what it is for')
  create.option('--external', 'who holds it is said elsewhere; it cannot be given or taken here')
  withCommonOptions(create).action((name: string, options: { description?: string; external?: boolean }) =>
    withAccounts(
      create,
      async ({ accounts, output }) => {
        const { existed, ...role } = await accounts.createRole(name, options)
        const said = existed
          ? `Role ${shown(name)} was there already; it stays as it is.`
          : `Created role ${shown(name)}`
        output.done({ ...role, changed: !existed }, [existed ? said : output.paint(said, 'green')])
      },
      (accounts) => accounts.createRole(name, options),
    ),
  )
  examples(create, ['lictor roles create librarians -d "people of the library"'])

  const list = group.command('list').description('list the roles there are')
  withCommonOptions(list).action(() =>
    withAccounts(list, async ({ accounts, output }) => {
      const roles = await accounts.roles()
      const lines = roles.map(({ name, description, external }) => {
        const about = [description, external ? '(held elsewhere)' : ''].filter((text) => text !== '').map(shown)
        return `- ${[shown(name), ...about].join(' - ')}`
      })
      output.result(roles, lines)
    }),
  )
  examples(list, ['lictor roles list'])

  for (const [verb, has, about] of [
    ['add', true, 'give a role to a user'],
    ['remove', false, 'take a role from a user'],
  ] as const) {
    const command = group.command(verb).description(about)
    command.argument('<user>', 'an e-mail address, or the id of a user', filled).argument('<role>', 'its name', filled)
    withCommonOptions(command).action((who: string, role: string) =>
      withAccounts(command, async ({ accounts, output }) => {
        const { user, changed, external } = await accounts.setRole(who, role, has)
        const name = shown(who)
        if (external) {
          const said = `Who has the role ${shown(role)} is said elsewhere; nothing was changed.`
          output.done({ user, role, changed }, [said])
          return
        }
        if (!has && !changed) {
          const message = `${name} does not have the role ${shown(role)}`
          throw new Failure(EXIT.refused, 'not_found', message, { path: 'role' })
        }
        const given = changed
          ? `${name} has the role ${shown(role)} now`
          : `${name} has the role ${shown(role)} already`
        const said = has ? given : `${name} has the role ${shown(role)} no longer`
        output.done({ user, role, changed }, [changed ? output.paint(said, 'green') : said])
      }),
    )
    examples(command, [`lictor roles ${verb} ada@example.org librarians`])
  }
}
