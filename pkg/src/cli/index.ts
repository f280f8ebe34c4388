#!/usr/bin/env node
// The command `lictor`. Here: from arguments to an exit code.

import { CommanderError } from 'commander'
import { Ended, EXIT, type ExitCode, Failure, failureOf } from './failure.js'
import { Output } from './output.js'
import { makeProgram } from './program.js'

/** Whoever reads the output may stop early (`| head`); that is no fault. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(process.exitCode ?? EXIT.ok)
})

// The exit code is set and the process ends by itself: `process.exit` would cut off output that is still on its way.
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code
})

async function main(args: string[]): Promise<ExitCode> {
  // Looked for before parsing: an error of parsing is told in the same way.
  const json = args.includes('--json')
  try {
    await makeProgram({ quietErrors: json }).parseAsync(args, { from: 'user' })
    return EXIT.ok
  } catch (error) {
    if (error instanceof Ended) return error.exit
    if (error instanceof CommanderError) return misunderstood(error, json)
    const failure = failureOf(error)
    new Output({ json, quiet: false, color: !args.includes('--no-color') }).failed(failure)
    return failure.exit
  }
}

/** Commander has said it already, unless programs are listening. */
function misunderstood(error: CommanderError, json: boolean): ExitCode {
  if (error.exitCode === 0) return EXIT.ok
  if (json) {
    const message = error.code === 'commander.help' ? 'a command is needed' : error.message.replace(/^error: /, '')
    new Output({ json, quiet: false, color: false }).failed(new Failure(EXIT.usage, 'usage', message))
  }
  return EXIT.usage
}
