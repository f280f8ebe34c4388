/**
 * `lictor requests`: what waits for somebody's answer. Requests are records of their own types; a review, which has no
 * transitions of its own, is answered through the record it is about.
 */

import type { Command } from 'commander'
import { object, openStates, placeOf, requestTypes, transitionsOf, typeIn, valueAt } from '../../policy-words.js'
import type { HostStore } from '../../store/host.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { Json, JsonObject } from '../../types.js'
import { EXIT, Failure, told } from '../failure.js'
import { collected, givenObject } from '../given.js'
import { type Listed, listed } from '../listing.js'
import { resolve } from '../operate.js'
import { filled, withCommonOptions } from '../options.js'
import { askerOf, withStore } from '../session.js'
import { jsonText, shown } from '../text.js'
import { type Stored, linesOf, run, storedRecord, topicOf, unknownEffect, withEffect } from '../transition.js'
import { examples } from './help.js'
import { withLimit } from './records.js'

/** The answers there are, each with its option beside `--as` and `--param`. */
const ANSWERS: [name: string, about: string, option?: [string, string]][] = [
  ['accept', 'say yes to a request'],
  ['decline', 'say no to a request', ['--reason <text>', 'why, for whoever asked']],
  ['cancel', 'take a request back'],
  ['expire', 'end a request whose time is over (the operator)'],
]

export function addRequests(program: Command): void {
  const group = program.command('requests').alias('request')
  withCommonOptions(group).description('reviews, inclusions, invitations, and who asks to join or to see')

  const list = group.command('list').description('list requests that wait for an answer')
  list.option('-c, --community <id>', 'only those this community answers or makes', filled)
  list.option('--type <key>', 'only those of this type (repeatable)', collected)
  list.option('--state <state>', 'those in this state instead (repeatable)', collected)
  list.option('--all', 'those that are over too')
  withLimit(list).option('--as <user>', 'those this user may see', filled)
  withCommonOptions(list).action(listRequests)
  examples(list, [
    'lictor requests list -c cesnet',
    'lictor requests list --type invitation --as 4',
    'lictor requests list --all --json',
  ])

  const show = group
    .command('show')
    .description('show a request, and what may be done to it')
    .argument('<id>', 'its id', filled)
  show.option('--as <user>', 'as this user sees it', filled)
  withCommonOptions(show).action(showRequest)
  examples(show, ['lictor requests show i1 --as 4'])

  examples(group, [
    'lictor requests list',
    'lictor requests accept i1 --as 4',
    'lictor records run i1 submit  # anything else',
  ])

  for (const [name, about, option] of ANSWERS) {
    const command = group.command(name).description(about).argument('<id>', 'its id', filled)
    if (option) command.option(...option)
    command.option('--param <key=value>', 'more to be said with it (repeatable)', collected)
    command.option('--as <user>', 'decide whether this user may', filled)
    withCommonOptions(command).action((id: string, options: AnswerOptions) => answer(command, name, id, options))
    const reason = option ? ' --reason "no data"' : ''
    examples(command, [`lictor requests ${name} i1${reason}${name === 'expire' ? '' : ' --as 4'}`])
  }
}

interface ListOptions {
  community?: string
  type?: string[]
  state?: string[]
  all?: boolean
  limit: number
  as?: string
}

async function listRequests({ type, state, all, as, limit, ...rest }: ListOptions, command: Command): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const known = requestTypes(engine)
    const wrong = type?.find((key) => !known.some(({ type }) => type.key === key))
    if (wrong !== undefined) {
      const words = known.map(({ type }) => type.key).join(', ') || 'none'
      throw new Failure(EXIT.refused, 'unknown_type', `there are no requests of type \`${wrong}\`; known: ${words}`)
    }
    const subject = askerOf({ ...(as !== undefined && { as }) })
    const found: Listed[] = []
    let more = false
    for (const of of known.filter(({ type: { key } }) => type?.includes(key) ?? true)) {
      const states = state?.filter((word) => of.machine.states.includes(word)) ?? (all ? undefined : openStates(of))
      if (states?.length === 0) continue
      const query = { ...rest, subject, type: of.type.key, limit: limit - found.length }
      const page = await listed(engine, store, { ...query, ...(states && { states }) })
      found.push(...page.found)
      more ||= page.more
    }
    const lines = found.map((request) => `- ${shown(lineOf(engine, request))}`)
    output.result({ requests: found, more }, lines.length > 0 ? lines : ['None.'])
    if (more) output.note('There are more; `--limit` shows them.')
  })
}

/** `i1: invitation, submitted, cesnet, by 2, to 4, as curator, until 2030-01-01` */
function lineOf(engine: SyncEngine, { id, type, record }: Listed): string {
  const of = typeIn(engine, type)
  const { state, primary, owners } = engine.columns(record)
  const at = (name: string): string => wordsIn(of && valueAt(record, placeOf(of, name)))
  const told: [string, string][] = [
    ['', state],
    ['', primary ?? ''],
    ['by ', owners.join(', ')],
    ['to ', at('receiver')],
    ['as ', at('role')],
    ['about ', wordsIn(object(record.topic).record)],
    ['until ', dayOf(of && valueAt(record, placeOf(of, 'expires')))],
    ['', wordsIn(record.message) && JSON.stringify(record.message)],
  ]
  return [`${id}: ${type}`, ...told.flatMap(([word, text]) => (text === '' ? [] : [word + text]))].join(', ')
}

function wordsIn(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map(wordsIn).filter(Boolean).join(', ')
  if (typeof value === 'object' && value !== null) return wordsIn(value.user)
  return value === undefined || value === null ? '' : String(value)
}

function dayOf(value: Json | undefined): string {
  if (typeof value !== 'number') return wordsIn(value)
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10)
}

async function showRequest(id: string, options: { as?: string }, command: Command): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const { of } = await storedRequest(engine, store, id)
    const resource = { type: of.type.key, id }
    const { value } = await resolve(engine, store, { do: 'read', subject: askerOf(options), resource })
    if (value.view === undefined) throw new Failure(EXIT.refused, 'not_found', `there is no request \`${id}\``)
    const view = { type: of.type.key, ...value.view }
    const next = Object.keys(view.links.transitions ?? {})
    const how = of.type.transitions ? next.join(', ') || 'nothing' : 'as the record it is about is'
    output.result(view, [
      output.paint(shown(lineOf(engine, view)), 'bold'),
      jsonText(view.record),
      shown(`May be answered: ${how}`),
    ])
  })
}

interface AnswerOptions {
  reason?: string
  param?: string[]
  as?: string
}

async function answer(command: Command, name: string, id: string, options: AnswerOptions): Promise<void> {
  const { reason, param = [] } = options
  const params: JsonObject = { ...givenObject(param), ...(reason !== undefined && { reason }) }
  await withStore(command, async ({ engine, store, output }) => {
    const request = await storedRequest(engine, store, id)
    const own = request.of.type.transitions
    const record = own ? request : await behind(engine, store, request)
    const transition = own ? name : through(engine, record, name)
    const done = run(engine, store, askerOf(options), record, transition, params)
    const ran = await told(done, ({ code, message, path = '' }) => {
      const needed = path.replace(/^call\.params\./, '')
      const option = command.options.some(({ long }) => long === `--${needed}`)
      if (code !== 'missing_parameter') return undefined
      return `${message}; give ${option ? `\`--${needed}\`` : `\`--param ${needed}=VALUE\``}`
    })
    output.done(ran, linesOf(ran).map(shown))
  })
}

async function storedRequest(engine: SyncEngine, store: HostStore, id: string): Promise<Stored> {
  const found = await storedRecord(engine, store, id)
  if (requestTypes(engine).some(({ type }) => type.key === found.of.type.key)) return found
  const message = `\`${id}\` is a ${found.of.type.key}, not a request; \`lictor records\` is for those`
  throw new Failure(EXIT.refused, 'unknown_type', message)
}

/** The record that an open request without transitions is about. One that is over is not answered through it again. */
async function behind(engine: SyncEngine, store: HostStore, request: Stored): Promise<Stored> {
  const topic = topicOf(request)
  if (!openStates(request.of).includes(request.state)) {
    throw new Failure(EXIT.refused, 'wrong_state', `this request is ${request.state} already`)
  }
  if (topic === undefined) throw new Failure(EXIT.refused, 'not_found', `\`${request.id}\` names no record it is about`)
  return storedRecord(engine, store, topic)
}

/** The record's transition that gives this answer: the one of that name, else the one with that effect. */
function through(engine: SyncEngine, { of }: Stored, answer: string): string {
  const named = transitionsOf(of).find(({ name, effect }) => name === answer && effect === answer)
  const found = named ?? withEffect(of, answer)[0]
  if (found === undefined) throw unknownEffect(engine, answer)
  return found.name
}
