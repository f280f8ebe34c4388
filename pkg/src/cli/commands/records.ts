/** `lictor records list`, `show`, `create` and `set`. What is done to a record beside that: `record-actions.ts`. */

import { type Command, InvalidArgumentError } from 'commander'
import { firstIn, isKept, typeIn, typesIn } from '../../policy-words.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { Call, FieldChange, JsonObject, RecordView } from '../../types.js'
import { EXIT, Failure, usage } from '../failure.js'
import { readJson } from '../files.js'
import { collected, givenValues } from '../given.js'
import { newId } from '../../ids.js'
import { type Listed, listed } from '../listing.js'
import { namingKnown } from '../known.js'
import { carryOut, resolve } from '../operate.js'
import { filled, withCommonOptions } from '../options.js'
import { documentOf, typeOfRecord } from '../resource.js'
import { askerOf, withStore } from '../session.js'
import { jsonText, shown } from '../text.js'
import { storedRecord } from '../transition.js'
import { examples } from './help.js'
import { addRecordActions } from './record-actions.js'

export function addRecords(program: Command): void {
  const group = program.command('records').alias('record')
  withCommonOptions(group).description('records: look at them, make them, change them, and run their transitions')

  const list = group.command('list').description('list records somebody may read')
  list.option('-c, --community <id>', 'only those of this community', filled)
  list.option('--type <key>', 'a record type of the policy; the first if left out', filled)
  list.option('--state <state>', 'only in this state (repeatable)', collected)
  list.option('--first <field=value>', 'those with this in a field come first', filled)
  withLimit(list).option('--as <user>', 'those this user may read', filled)
  withCommonOptions(list).action(listRecords)
  examples(list, ['lictor records list -c cesnet --state pending-approval', 'lictor records list --as anonymous'])

  const show = group
    .command('show')
    .description('show a record, and what may be done to it')
    .argument('<id>', 'its id', filled)
  show.option('--as <user>', 'as this user sees it', filled)
  withCommonOptions(show).action(showRecord)
  examples(show, ['lictor records show r1 --as 4'])

  const create = group.command('create').description('make a record, in a community or in none')
  create.argument('[values...]', 'KEY=VALUE for text, KEY:=JSON for anything else; keys are names or addresses')
  create.option('-c, --community <id>', 'the community it goes to; none if left out, where the policy lets it', filled)
  create.option('--file <file>', 'the document as JSON; KEY=VALUE beside it wins')
  create.option('--type <key>', 'a record type of the policy; the first if left out', filled)
  create.option('--id <id>', 'its id; made up if left out', filled).option('--as <user>', 'who makes it', filled)
  withCommonOptions(create).action(createRecord)
  examples(create, [
    "lictor records create title='Notes on a comet' -c cesnet --as 4",
    'lictor records create --file comet.json --id comet --as 4',
  ])

  const set = group
    .command('set')
    .description('change fields of a record, all or none')
    .argument('<id>', 'its id', filled)
  set.argument('[values...]', 'KEY=VALUE for text, KEY:=JSON for anything else; keys are names or addresses')
  set.option('--unset <key>', 'take a field away (repeatable)', collected)
  set.option('--as <user>', 'who changes it', filled)
  withCommonOptions(set).action(setFields)
  examples(set, ['lictor records set r1 title=Snow access.record=restricted --as 4'])

  addRecordActions(group)
}

/** How much a list shows. */
export function withLimit(command: Command): Command {
  return command.option('--limit <number>', 'at most so many', count, 50)
}

function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('it is a number from 1 to 999999')
  return Number(text)
}

interface ListOptions {
  community?: string
  type?: string
  state?: string[]
  first?: string
  limit: number
  as?: string
}

async function listRecords({ type, state, as, ...options }: ListOptions, command: Command): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const of = type === undefined ? typesIn(engine)[0] : typeIn(engine, type)
    if (of === undefined || !isKept(of)) throw unknownType(engine, type ?? of?.type.key)
    if (options.first !== undefined) mustComeFirst(engine, of.type.key, options.first)
    const query = { ...options, subject: askerOf({ ...(as !== undefined && { as }) }), type: of.type.key }
    const { found, more } = await listed(engine, store, { ...query, ...(state && { states: state }) })
    const lines = found.map((record) => `- ${shown(recordLine(engine, record))}`)
    output.result({ records: found, more }, lines.length > 0 ? lines : ['None.'])
    if (more) output.note(`There are more; \`--limit\` shows them.`)
  })
}

/** As over REST: only what a field of the type may hold, and is not usual there, can come first. */
function mustComeFirst(engine: SyncEngine, type: string, word: string): void {
  const words = firstIn(engine, type)
  if (words.includes(word)) return
  const known =
    words.length > 0 ? `must be one of: ${words.join(', ')}` : `nothing comes first among records of type \`${type}\``
  throw new Failure(EXIT.refused, 'malformed', `first: ${known}`, { path: 'first' })
}

function unknownType(engine: SyncEngine, type = 'record'): Failure {
  const words = typesIn(engine)
    .filter(isKept)
    .map(({ type }) => type.key)
    .join(', ')
  return new Failure(EXIT.refused, 'unknown_type', `there are no records of type \`${type}\`; known: ${words}`)
}

/** `r1: published in cesnet (and muni): A title` */
function recordLine(engine: SyncEngine, { id, record }: Listed): string {
  const { state, primary, secondary } = engine.columns(record)
  const also = secondary.length > 0 ? ` (and ${secondary.join(', ')})` : ''
  const { title } = record
  return `${id}: ${state}${primary === null ? '' : ` in ${primary}`}${also}${typeof title === 'string' ? `: ${title}` : ''}`
}

async function showRecord(id: string, options: { as?: string }, command: Command): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const resource = { type: await typeOfRecord(engine, store, id), id }
    const { value } = await resolve(engine, store, { do: 'read', subject: askerOf(options), resource })
    const view: RecordView | undefined = value.view
    if (view === undefined) throw new Failure(EXIT.refused, 'not_found', `there is no record \`${id}\``)
    const may = Object.entries(view.actions).flatMap(([action, answer]) => (answer === 'allow' ? [action] : []))
    const next = Object.keys(view.links.transitions ?? {})
    output.result({ type: resource.type, ...view }, [
      output.paint(shown(recordLine(engine, { ...view, type: resource.type })), 'bold'),
      ...(value.status === 410 ? ['What is left of it: a tombstone.'] : []),
      jsonText(view.record),
      shown(`May: ${may.join(', ') || 'nothing'}`),
      shown(`Transitions: ${next.join(', ') || 'none'}`),
    ])
  })
}

interface CreateOptions {
  community?: string
  file?: string
  type?: string
  id?: string
  as?: string
}

async function createRecord(values: string[], options: CreateOptions, command: Command): Promise<void> {
  const { community, file, type } = options
  const start = file === undefined ? {} : readJson(file)
  await withStore(command, async ({ engine, store, output }) => {
    const of = type === undefined ? typesIn(engine)[0] : typeIn(engine, type)
    if (of === undefined || !isKept(of)) throw unknownType(engine, type ?? of?.type.key)
    const own = Object.entries(start).map(([key, value]): [string[], typeof value] => [[key], value])
    const id = options.id ?? newId()
    const call: Call = {
      do: 'create',
      subject: askerOf(options),
      id,
      record: documentOf(of, own, values),
      ...(type !== undefined && { type }),
      ...(community !== undefined && { community }),
    }
    const { value } = await carryOut(engine, store, call).catch((error) => {
      if (community === undefined) throw error
      return namingKnown(error, community, { engine, store, subject: call.subject })
    })
    const [written] = value.changes
    const record = written?.op === 'put' ? (written.value as JsonObject) : {}
    const { state, primary } = engine.columns(record)
    const where = primary === null ? 'in no community' : `in ${primary}`
    output.done({ id, community: primary, state, record }, [shown(`Created ${id} ${where} (${state})`)])
  })
}

async function setFields(
  id: string,
  texts: string[],
  { unset = [], as }: { unset?: string[]; as?: string },
  command: Command,
): Promise<void> {
  const given = givenValues(texts)
  if (given.length + unset.length === 0) throw usage('give KEY=VALUE, KEY:=JSON or --unset')
  await withStore(command, async ({ engine, store, output }) => {
    const { of } = await storedRecord(engine, store, id)
    const at = (key: string): string[] => of.type.named.find(({ name }) => name === key)?.path ?? key.split('.')
    const set: FieldChange[] = [
      ...given.map(({ key, value }) => ({ path: at(key), value })),
      ...unset.map((key) => ({ path: at(key), remove: true as const })),
    ]
    const resource = { type: of.type.key, id }
    await carryOut(engine, store, {
      do: 'update',
      subject: askerOf({ ...(as !== undefined && { as }) }),
      resource,
      set,
    })
    const keys = [...given.map(({ key }) => key), ...unset]
    output.done({ id, changed: keys }, [shown(`Changed in ${id}: ${keys.join(', ')}`)])
  })
}
