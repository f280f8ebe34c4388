/**
 * `lictor records run` and the words for what a transition does beside changing the state: `include`, `grant`, `link` and
 * the like. They are found by their effect, so a policy may call its transitions as it likes.
 */

import type { Command } from 'commander'
import { type Transition, transitionsOf } from '../../policy-words.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { JsonObject } from '../../types.js'
import { told, usage } from '../failure.js'
import { givenObject } from '../given.js'
import { filled, withCommonOptions } from '../options.js'
import { askerOf, withStore } from '../session.js'
import { shown } from '../text.js'
import { type Stored, linesOf, run, storedRecord, unknownEffect, withEffect } from '../transition.js'
import { examples } from './help.js'

interface Options {
  as?: string
  reason?: string
  message?: string
  review?: boolean
  expires?: string
  id?: string
}

/** A word for an effect: what it takes, and what the transition is told. */
interface Action {
  name: string
  effect: string
  /** Policies in which the review is prepared first have another one. */
  or?: string
  about: string
  /** Arguments after the record's id. */
  takes?: [name: string, about: string][]
  options?: [flags: string, about: string][]
  example: string
  params?(words: string[], options: Options): JsonObject
}

const HINT = '; `lictor records run ID TRANSITION NAME=VALUE` gives them'
const REASON: [string, string] = ['--reason <text>', 'why, for people']
const REVIEW: [string, string] = ['--review', 'ask for a review even where none is needed']
const REQUEST: [string, string] = ['--id <id>', 'the id of the request, if one is made; made up if left out']
const SUBJECT: [string, string] = ['subject', 'a user, `role:NAME` (`group:NAME`) or `system_role:NAME`']

const ACTIONS: Action[] = [
  {
    name: 'prepare',
    effect: 'prepare_review',
    about: 'say which community is to review a record, where that is said before it is submitted',
    takes: [['community', 'its id']],
    options: [REQUEST],
    example: 'lictor records prepare r1 cesnet --as 4',
    params: ([community = ''], { id }) => ({ community, ...optional('request', id) }),
  },
  {
    name: 'submit',
    effect: 'submit',
    or: 'submit_review',
    about: 'ask a community to review a record; it is published at once where the policy lets it',
    options: [['--to <community>', 'for a record that is in none'], REVIEW, REQUEST],
    example: 'lictor records submit r1 --as 4',
    params: (_, options) => ({ ...asked(options), ...optional('community', (options as { to?: string }).to) }),
  },
  {
    name: 'include',
    effect: 'include',
    about: 'have a published record in one more community, at once or on its consent',
    takes: [['community', 'its id']],
    options: [REVIEW, REQUEST],
    example: 'lictor records include r1 muni --as 4',
    params: ([community = ''], options) => ({ community, ...asked(options) }),
  },
  {
    name: 'exclude',
    effect: 'exclude',
    about: 'take a record out of a community',
    takes: [['community', 'its id']],
    example: 'lictor records exclude r1 muni --as 4',
    params: ([community = '']) => ({ community }),
  },
  {
    name: 'lift-embargo',
    effect: 'lift_embargo',
    about: 'make a record public whose embargo has ended',
    example: 'lictor records lift-embargo r1',
  },
  {
    name: 'grant',
    effect: 'grant',
    about: 'give somebody a level on a record, in place of what they had',
    takes: [SUBJECT, ['level', 'a level of the policy: view, preview, edit, manage']],
    example: 'lictor records grant r1 5 edit --as 4',
    params: ([subject = '', permission = '']) => ({ subject: grantee(subject), permission }),
  },
  {
    name: 'revoke',
    effect: 'revoke',
    about: 'take back what somebody was given on a record',
    takes: [SUBJECT],
    example: 'lictor records revoke r1 role:staff',
    params: ([subject = '']) => ({ subject: grantee(subject) }),
  },
  {
    name: 'link',
    effect: 'link',
    about: 'make a secret link to a record, or end one sooner',
    takes: [['level', 'a level of the policy: view, preview, edit']],
    options: [
      ['--id <id>', 'the id of the link; made up if left out'],
      ['--expires <moment>', 'a date or a time in the future'],
    ],
    example: 'lictor records link r1 view --expires 2030-01-01',
    params: ([permission = ''], { id, expires }) => ({
      permission,
      ...optional('link', id),
      ...optional('expires_at', expires),
    }),
  },
  {
    name: 'unlink',
    effect: 'unlink',
    about: 'end a secret link',
    takes: [['link', 'its id']],
    example: 'lictor records unlink r1 l1',
    params: ([link = '']) => ({ link }),
  },
  {
    name: 'ask-access',
    effect: 'ask_access',
    about: 'ask those who manage a record to be let in',
    options: [['--message <text>', 'words to go with it'], REQUEST],
    example: 'lictor records ask-access r1 --as 4 --message "for my thesis"',
    params: (_, { message, id }) => ({ ...optional('message', message), ...optional('request', id) }),
  },
  {
    name: 'restore',
    effect: 'restore',
    about: 'bring a deleted record back',
    example: 'lictor records restore r1',
  },
  {
    name: 'mark',
    effect: 'mark',
    about: 'mark a deleted record, so that it is not restored',
    example: 'lictor records mark r1',
  },
  {
    name: 'unmark',
    effect: 'unmark',
    about: 'take the mark back',
    example: 'lictor records unmark r1',
  },
]

export function addRecordActions(group: Command): void {
  const any = group.command('run').description('run a transition of a record').argument('<id>', 'its id', filled)
  any.argument('<transition>', 'a transition of the policy', filled)
  any.argument('[values...]', 'its parameters: KEY=VALUE for text, KEY:=JSON for anything else')
  any.option('--as <user>', 'decide whether this user may', filled)
  withCommonOptions(any).action((id: string, transition: string, values: string[], options: Options) =>
    perform(any, id, options, () => transition, givenObject(values)),
  )
  examples(any, ['lictor records run r1 approve --as 4', "lictor records run r1 decline reason='no data' --as 4"])

  const remove = group.command('delete').description('delete a draft, or a published record, which leaves a tombstone')
  remove
    .argument('<id>', 'its id', filled)
    .option(...REASON)
    .option('--as <user>', 'decide whether this user may', filled)
  withCommonOptions(remove).action((id: string, options: Options) =>
    perform(remove, id, options, deletion, optional('reason', options.reason)),
  )
  examples(remove, ['lictor records delete r1 --as 4', 'lictor records delete r1 --reason "asked for by its author"'])

  for (const action of ACTIONS) addAction(group, action)
}

function addAction(
  group: Command,
  { name, effect, or = effect, about, takes = [], options = [], example, params }: Action,
): void {
  const command = group.command(name).description(about).argument('<id>', 'its id', filled)
  for (const [word, text] of takes) command.argument(`<${word}>`, text, filled)
  for (const [flags, text] of options) command.option(flags, text)
  command.option('--as <user>', 'decide whether this user may', filled)
  withCommonOptions(command).action((id: string, ...rest: [...string[], Options, Command]) => {
    const words = rest.slice(0, -2) as string[]
    const given = rest.at(-2) as Options
    return perform(
      command,
      id,
      given,
      (record, engine) => byEffect(record, engine, effect, or),
      params?.(words, given) ?? {},
    )
  })
  examples(command, [example])
}

async function perform(
  command: Command,
  id: string,
  options: Options,
  choose: (record: Stored, engine: SyncEngine) => string,
  params: JsonObject,
): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const record = await storedRecord(engine, store, id)
    const done = run(engine, store, askerOf(options), record, choose(record, engine), params)
    const ran = await told(done, ({ code, message }) => (code === 'missing_parameter' ? message + HINT : undefined))
    output.done(ran, linesOf(ran).map(shown))
  })
}

function byEffect(record: Stored, engine: SyncEngine, effect: string, or: string): string {
  const [found] = inState([...withEffect(record.of, effect), ...withEffect(record.of, or)], record.state)
  if (found === undefined) throw unknownEffect(engine, effect)
  return found.name
}

/** What deletes a record in its state: the end of a draft, or of what was published. */
function deletion(record: Stored, engine: SyncEngine): string {
  const drafts = transitionsOf(record.of).filter(({ action }) => action === 'delete')
  const ends = [...withEffect(record.of, 'remove'), ...withEffect(record.of, 'discard'), ...drafts]
  const [found] = inState(ends, record.state)
  if (found === undefined) throw unknownEffect(engine, 'delete')
  return found.name
}

/** Those that start in the state come first: of the others the engine says why they do not. */
function inState(transitions: Transition[], state: string): Transition[] {
  const here = transitions.filter(({ from }) => from.includes(state))
  return [...here, ...transitions.filter((transition) => !here.includes(transition))]
}

function grantee(text: string): JsonObject {
  const [, type = 'user', id = text] = /^(user|role|group|system_role):(.*)$/s.exec(text) ?? []
  if (id === '') throw usage('name a user, `role:NAME` or `system_role:NAME`')
  return { type: type === 'group' ? 'role' : type, id }
}

function asked({ review, id }: Options): JsonObject {
  return { ...(review === true && { review }), ...optional('request', id) }
}

function optional(key: string, value: string | undefined): JsonObject {
  return value === undefined ? {} : { [key]: value }
}
