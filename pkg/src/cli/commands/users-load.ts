/** `lictor users load`: the accounts of a `users.yaml`, all or nothing. */

import type { Command } from 'commander'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Accounts } from '../../tools/accounts/index.js'
import type { Loaded, Passwords } from '../../tools/accounts/shapes.js'
import type { FaultInFile } from '../../tools/yaml.js'
import { withAccounts } from '../accounts.js'
import { EXIT, Failure, isNamed, usage } from '../failure.js'
import { jsonIn, readJson, readText } from '../files.js'
import { filled, withCommonOptions } from '../options.js'
import type { Output } from '../output.js'
import { shown } from '../text.js'
import { examples } from './help.js'
import { statusOf } from './users.js'

const FOLDER = 'app_data'
const FILE = 'users.yaml'
/** As Invenio's configuration calls it. */
const CONFIGURED = 'RDM_RECORDS_USER_FIXTURE_PASSWORDS'

export function addUsersLoad(group: Command): void {
  const load = group.command('load').description('make the accounts of a users.yaml, all or nothing')
  load.argument('[file]', `${FOLDER}/${FILE} if left out; if that is not there, one administrator is made`, filled)
  load.option('--app-data <dir>', `the folder that holds ${FILE}`, filled)
  load.option(
    '--passwords <file>',
    `JSON: passwords by e-mail address, which beat those of the file (or as text in ${CONFIGURED})`,
    filled,
  )
  withCommonOptions(load).action(loadUsers)
  examples(load, [
    'lictor users load',
    'lictor users load people.yaml --passwords passwords.json',
    'lictor users load --app-data ./app_data --json',
  ])
}

interface Options {
  appData?: string
  passwords?: string
}

async function loadUsers(given: string | undefined, options: Options, command: Command): Promise<void> {
  if (given !== undefined && options.appData !== undefined) throw usage('give FILE or `--app-data`, not both')
  const file = given ?? join(options.appData ?? FOLDER, FILE)
  // A file that was named and is not there is a mistake; the usual place may be empty.
  const text = given === undefined && !existsSync(file) ? null : readText(file)
  const passwords = configured(options)
  const load = (accounts: Accounts): Promise<Loaded> =>
    accounts
      .load(text, { ...(passwords && { passwords }) })
      .catch((error: unknown) => Promise.reject(inFile(error, file)))
  await withAccounts(
    command,
    async ({ accounts, output }) => {
      if (text === null) output.note(`there is no ${file}: without one, one administrator is made`)
      tell(await load(accounts), file, output)
    },
    load,
  )
}

function configured({ passwords }: Options): Passwords | undefined {
  if (passwords !== undefined) return readJson(passwords) as Passwords
  const text = process.env[CONFIGURED]
  return text ? (jsonIn(text, CONFIGURED) as Passwords) : undefined
}

function tell({ created, skipped, warnings }: Loaded, file: string, output: Output): void {
  const place = (line: number): string => `${shown(file)} line ${line}`
  const lines = [
    ...created.map((made) => {
      const secret = made.password === undefined ? '' : `; password ${made.password} (shown this once)`
      return `${output.paint(`Created user ${shown(made.email)}`, 'green')} (id ${made.id}): ${statusOf(made)}${secret}`
    }),
    ...skipped.map(({ email, line, message }) => `Skipped ${shown(email)} (${place(line)}): ${message}`),
    ...(created.length + skipped.length === 0 ? ['Nobody stands in the file.'] : []),
  ]
  for (const { line, path, message } of warnings) output.note(`warning: ${place(line)}: ${path}: ${message}`)
  const document = { file, created, skipped, warnings }
  // What is random is told now or never.
  if (created.some(({ password }) => password !== undefined)) output.result(document, lines)
  else output.done(document, lines)
}

/** Every fault on a line of its own, as editors read them. */
function inFile(error: unknown, file: string): unknown {
  if (!isNamed(error, 'LictorError') || !('faults' in error)) return error
  const faults = error.faults as FaultInFile[]
  const warnings = 'warnings' in error ? (error.warnings as FaultInFile[]) : []
  const told = (kind: string, all: FaultInFile[]): string[] =>
    all.map(({ line, column, path, message }) => `${file}:${line}:${column}: ${kind}${path}: ${message}`)
  const lines = [...told('', faults), ...told('warning: ', warnings)]
  const said = `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}; nothing was written`
  return new Failure(EXIT.refused, error.code, [said, ...lines].join('\n'), {
    path: error.path,
    faults,
    ...(warnings.length > 0 && { warnings }),
    cause: error,
  })
}
