/** `lictor acl reapply`: what access lists come to for each record, written where an index of the host's takes it up. */

import { appendFileSync } from 'node:fs'
import type { Command } from 'commander'
import { appliedAt } from '../../policy-words.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { AppliedRecord } from '../../tools/applied.js'
import { usage } from '../failure.js'
import { filled, withCommonOptions } from '../options.js'
import { withValue } from '../resource.js'
import { withStore } from '../session.js'
import { shown } from '../text.js'
import { examples } from './help.js'

interface Options {
  out?: string
  bulk?: string
  whole?: boolean
  status?: boolean
  cancel?: boolean
}

export function addAclReapply(group: Command): void {
  const command = group.command('reapply').description('write down what lists come to for the records they changed')
  command.option('--out <file>', 'where it is appended, a line of JSON a record', filled)
  command.option('--bulk <index>', 'as a `_bulk` body of OpenSearch for this index', filled)
  command.option('--whole', 'for every record, whatever changed since')
  command.option('--status', 'say whether something is due, and how far a run is')
  command.option('--cancel', 'stop a run under way after its batch; the next goes on there')
  withCommonOptions(command).action(reapply)
  command.addHelpText(
    'after',
    `
What an interrupted run has done stays done, and the next goes on there. Lines may come twice; the last one holds.`,
  )
  examples(command, ['lictor acl reapply --out changed.jsonl', 'lictor acl reapply --bulk records --out bulk.ndjson'])
}

async function reapply({ out, bulk, whole = false, status, cancel }: Options, command: Command): Promise<void> {
  if ([out !== undefined, status, cancel].filter(Boolean).length !== 1)
    throw usage('give one of `--out`, `--status` and `--cancel`')
  await withStore(command, async ({ engine, store, output }) => {
    const tools = await import('../../tools/entry/node.js')
    if (status) {
      const found = await tools.reapplyStatus(store)
      const job = found.job === null ? [] : [`A run has done ${found.job.done} of ${found.job.total}.`]
      return output.result(found, [found.due ? 'Something is due.' : 'Nothing is due.', ...job])
    }
    if (cancel) {
      const cancelled = await tools.cancelReapply(store)
      return output.done({ cancelled }, [cancelled ? 'The run stops after its batch.' : 'No run is under way.'])
    }
    const own = await tools.createTools({ policy: engine.document })
    const line = bulk === undefined ? (id: string, field: Field) => [{ id, field }] : bulkOf(engine, bulk)
    const done = await tools.reapply(
      own,
      store,
      (batch) => {
        const lines = batch.flatMap(({ id, field }) => line(id, field))
        appendFileSync(out ?? '', lines.map((one) => `${JSON.stringify(one)}\n`).join(''))
      },
      { whole },
    )
    const { records, lists, outcome } = done
    const said = outcome === 'done' ? 'Wrote' : 'Cancelled; wrote'
    output.done(done, [shown(`${said} ${counted(records, 'record')} to ${out}; ${counted(lists, 'list')} had changed`)])
  })
}

type Field = AppliedRecord['field']

/** Two lines a record: which one, and its field. What has no list any more keeps an empty one. */
function bulkOf(engine: SyncEngine, index: string): (id: string, field: Field) => object[] {
  // Without lists nothing is re-applied.
  const at = appliedAt(engine.document) ?? []
  return (id, field) => {
    const kept = (field ?? []).map((entry) => ({ ...entry }))
    return [{ update: { _index: index, _id: id } }, { doc: withValue({}, at, kept) }]
  }
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
