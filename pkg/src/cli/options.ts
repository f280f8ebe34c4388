/** Options every command has. They may stand after any word of the command: `lictor --json communities list`. */

import { type Command, InvalidArgumentError } from 'commander'
import type { Manner } from './output.js'

export interface Settings extends Manner {
  /** A file, or a PostgreSQL URL. */
  store: string
  /** The name of a shipped policy, or a file; the engine's default if left out. */
  policy?: string
  /** A file of keys: the policy is then a bundle that one of them signed. */
  trusted?: string
}

const GROUP = 'Everywhere:'

/** Adds them. `policy: false` where the word means something else; it is then given before the command. */
export function withCommonOptions(command: Command, { policy = true } = {}): Command {
  command.optionsGroup(GROUP)
  command.option('--store <place>', 'SQLite file or postgres:// URL (LICTOR_STORE; default: lictor.db here)')
  if (policy) command.option('--policy <name>', 'shipped policy, or file of one (LICTOR_POLICY; default: repository)')
  return command
    .option('--json', 'one JSON document, for programs')
    .option('-q, --quiet', 'say nothing of what went well')
    .option('--no-color', 'no colours (as NO_COLOR in the environment)')
    .helpOption('-h, --help', 'show this help')
}

/** For arguments that name something. */
export function filled(text: string): string {
  if (text === '') throw new InvalidArgumentError('it must not be empty')
  return text
}

/** What was given for a command: its own options before those of the words above it. */
export function givenTo(command: Command): { [option: string]: unknown } {
  const given: { [option: string]: unknown } = {}
  for (let at: Command | null = command; at !== null; at = at.parent) {
    for (const [option, value] of Object.entries(at.opts())) {
      if (at.getOptionValueSource(option) === 'cli') given[option] ??= value
    }
  }
  return given
}

/** What holds for a command: what was given, then the environment, then what is usual. */
export function settingsOf(command: Command): Settings {
  const given = givenTo(command)
  const text = (option: string, variable: string): string | undefined => {
    const value = given[option]
    return typeof value === 'string' ? value : process.env[variable] || undefined
  }
  const policy = text('policy', 'LICTOR_POLICY')
  const trusted = text('trusted', 'LICTOR_TRUSTED')
  return {
    store: text('store', 'LICTOR_STORE') ?? 'lictor.db',
    ...(policy !== undefined && { policy }),
    ...(trusted !== undefined && { trusted }),
    json: given.json === true,
    quiet: given.quiet === true,
    color: given.color !== false,
  }
}
