/** `lictor check-store`: records that the policy cannot read. Nobody sees those, so nobody else would tell. */

import type { Command } from 'commander'
import { inspect, type Unreadable } from '../../server/unreadable.js'
import { EXIT, Failure } from '../failure.js'
import { withCommonOptions } from '../options.js'
import { withStore } from '../session.js'
import { shown } from '../text.js'
import { examples } from './help.js'

export function addCheckStore(program: Command): void {
  const command = program.command('check-store').description('find records that the policy cannot read')
  withCommonOptions(command).action(check)
  examples(command, ['lictor check-store', 'lictor check-store --json --store postgres://localhost/repo'])
}

async function check(_: unknown, command: Command): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const unreadable: Unreadable[] = []
    let records = 0
    let after: string | undefined
    do {
      const { looked, found, next } = await inspect(engine, store, after)
      records += looked
      unreadable.push(...found)
      after = next
    } while (after !== undefined)
    const lines = unreadable.map(({ id, why }) => `- ${shown(id)}: ${shown(why)}`)
    const all = `${records} ${records === 1 ? 'record' : 'records'}`
    const title = lines.length === 0 ? `The policy can read all of ${all}.` : 'The policy cannot read, and nobody sees:'
    output.result({ records, unreadable }, [title, ...lines])
    if (lines.length > 0) {
      const message = `${lines.length} of ${all} cannot be read; mend them, or the policy`
      throw new Failure(EXIT.store, 'unreadable', message)
    }
  })
}
