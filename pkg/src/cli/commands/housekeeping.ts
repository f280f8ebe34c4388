/** `lictor housekeeping`: scheduled work, for a timer of the host. `lictor serve` does the same every hour. */

import type { Command } from 'commander'
import { EXIT, Failure } from '../failure.js'
import { withCommonOptions } from '../options.js'
import { withStore } from '../session.js'
import { shown } from '../text.js'
import { examples } from './help.js'

export function addHousekeeping(program: Command): void {
  const command = program
    .command('housekeeping')
    .description('do the scheduled work that is due: expiries, ends of embargoes, trimming')
  withCommonOptions(command).action(doWhatIsDue)
  examples(command, ['lictor housekeeping', 'lictor housekeeping --quiet --store postgres://localhost/repo'])
}

async function doWhatIsDue(_: unknown, command: Command): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const { createHandler } = await import('../../server/index.js')
    // What fails stands in the reports.
    const handler = createHandler({ engine, store, authenticate: () => null, onError: () => undefined })
    try {
      const jobs = await handler.housekeeping()
      const lines = jobs.flatMap(({ name, done, what = [], error }) => [
        shown(`- ${name}: ${error === undefined ? done : `${done}, and failed: ${error}`}`),
        ...what.map((thing) => `  - ${shown(thing)}`),
      ])
      output.done({ jobs }, lines.length > 0 ? lines : ['Nothing is scheduled.'])
      const failed = jobs.filter(({ error }) => error !== undefined)
      if (failed.length > 0) {
        const names = failed.map(({ name }) => name).join(', ')
        throw new Failure(EXIT.store, 'job_failed', `not all could be done: ${names}; run it again`)
      }
    } finally {
      await handler.close()
    }
  })
}
