/** All commands. Parsing only; what a command does is under `commands/`. */

import { Command } from 'commander'
import version from 'package:version'
import { addAccess } from './commands/access.js'
import { addAcl } from './commands/acl.js'
import { addActions } from './commands/actions.js'
import { addCan } from './commands/can.js'
import { addCheckStore } from './commands/check-store.js'
import { addCommunities } from './commands/communities.js'
import { addDemo } from './commands/demo.js'
import { addExplain } from './commands/explain.js'
import { examples } from './commands/help.js'
import { addHousekeeping } from './commands/housekeeping.js'
import { addImport } from './commands/import.js'
import { addMembers } from './commands/members.js'
import { addPolicy } from './commands/policy.js'
import { addRecords } from './commands/records.js'
import { addRequests } from './commands/requests.js'
import { addRoles } from './commands/roles.js'
import { addServe } from './commands/serve.js'
import { addUsers } from './commands/users.js'
import { addWho } from './commands/who.js'
import { withCommonOptions } from './options.js'
import { shownLines } from './text.js'

const EXIT_CODES = `
Exit codes:
  0  done (a question is answered, whatever the answer; \`can\`: yes)
  1  refused by the policy (\`can\`: no), or what was named is unknown, invalid or there already
  2  the command line is not understood
  3  the store cannot be opened, is damaged, or holds what cannot be read
  4  others kept writing in between; nothing was done`

/** `quietErrors`: errors are told in another way than as text. */
export function makeProgram({ quietErrors }: { quietErrors: boolean }): Command {
  const program = new Command('lictor')
    .description('Communities, roles and permissions of a repository.')
    .version(version, '-V, --version', 'show the version')
    // An option belongs to the word before it, so `--policy` may mean two things.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeErr: (text) => void (quietErrors || process.stderr.write(text)),
      outputError: (text, write) => write(shownLines(text)),
    })
  withCommonOptions(program)
  addCommunities(program)
  addActions(program)
  addMembers(program)
  addRequests(program)
  addRecords(program)
  addUsers(program)
  addRoles(program)
  addAccess(program)
  addAcl(program)
  addCan(program)
  addExplain(program)
  addWho(program)
  addServe(program)
  addDemo(program)
  addHousekeeping(program)
  addCheckStore(program)
  addImport(program)
  addPolicy(program)
  examples(program, [
    'lictor communities create cesnet "CESNET community"',
    'lictor actions allow cesnet curator delete approve',
    'lictor members invite cesnet curator 4',
    'lictor users create ada@example.org --active --confirm',
    'lictor explain 4 approve r1',
    'lictor serve --tokens tokens.txt',
  ])
  return program.addHelpText('after', EXIT_CODES)
}
