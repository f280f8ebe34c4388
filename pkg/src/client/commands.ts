/**
 * From what a caller wants to an intent: ids, what the user saw before, what it rests on, what the engine says to it.
 * The engine's word is a forecast. A change it would refuse is still recorded, because the view may be old and the
 * server decides; one it cannot read, or must not guess about, is not.
 */

import type { EntityKey, JsonObject, Json, Resource } from '../types.js'
import type { FieldEdit, Intent, IntentArgs, Replayed } from '../sync/protocol.js'
import { keyText } from '../store/entities.js'
import type { Answers } from './answers.js'
import type { Core } from './core.js'
import type { Make } from './disk/disk.js'
import { randomId, type Environment } from './environment.js'
import { ClientError, isEngineError } from './errors.js'

export interface Command {
  /** `create`, `update`, a transition, `create_community`, `allow` or `deny`. */
  action: string
  /** What it is done to. Left out for something new, which then gets an id of its own. */
  target?: EntityKey
  args?: IntentArgs
  /** Numbers of earlier intents it makes no sense without. Creating what it is done to is found by itself. */
  causes?: number[]
}

export interface Draft {
  make: Make
  predicted: Intent['predicted']
}

/** Checks a command and replays it over the view. Throws, with the view as it was, if it cannot be recorded. */
export function draft(
  core: Core,
  command: Command,
  about: { actor: string; env: Environment; answers: Answers },
): Draft {
  const { actor, env, answers } = about
  const target = command.target ?? newTarget(command.action, env)
  try {
    keyText(target, 'target')
  } catch (error) {
    throw new ClientError('invalid', error instanceof Error ? error.message : 'the target is no key', {
      cause: error,
      path: 'target',
    })
  }
  const args = asSeen(core, target, command.args ?? {})
  const pending = core.overlay()
  const intent: Omit<Intent, 'n' | 'predicted'> = {
    idem: randomId(env.random),
    actor,
    action: command.action,
    target,
    args,
    base: core.session.meta?.token ?? null,
    causes: causesOf(pending, target, args, command.causes ?? []),
    made: { wall: env.clock.wall() },
  }
  const trial = forecast(core, [...pending, { ...intent, n: core.outbox.next, predicted: 'unknown' }])
  const { predicted, error } = trial
  if (error !== undefined && isFault(error)) {
    throw undone(core, new ClientError('invalid', error.message, error.path === undefined ? {} : { path: error.path }))
  }
  if (predicted === 'unknown') {
    const resource = resourceOf(core, target, args)
    if (mayNotGuess(core, command.action, resource)) throw mustAsk(undone(core, answers), command, resource)
  }
  return { make: (n) => ({ ...intent, n, predicted }), predicted }
}

function forecast(core: Core, intents: Intent[]): Replayed {
  try {
    const last = core.session.rebase(intents).get(core.outbox.next)
    if (last !== undefined) return last
    throw new ClientError('invalid', 'the engine said nothing to it')
  } catch (error) {
    if (!isEngineError(error)) throw undone(core, error)
    throw undone(core, new ClientError('invalid', error.message, { cause: error, path: error.path }))
  }
}

/** Takes the trial off again. */
function undone<T>(core: Core, rest: T): T {
  core.session.rebase(core.overlay())
  return rest
}

/** Faults of the command itself, which no other view would make right. */
function isFault({ status }: NonNullable<Replayed['error']>): boolean {
  return status === 400 || status === 413 || status === 422
}

/** What a command is done to, if one can ask about it: a record of its type, or a community. */
function resourceOf(core: Core, target: EntityKey, args: IntentArgs): Resource | undefined {
  if (target.relation === 'community') return { type: target.relation, id: target.id }
  if (target.relation !== 'record') return undefined
  const { engine, replica } = core.session
  const named = 'record' in args ? args.type : replica.record(target.id)?.value.$type
  const type = typeof named === 'string' ? named : (engine.policy.types[0]?.key ?? 'record')
  return { type, id: target.id }
}

/** Whether the machine of a thing wants the server asked before this is done to it. */
function mayNotGuess({ session: { engine } }: Core, action: string, resource: Resource | undefined): boolean {
  const { policy } = engine
  const machine = policy.machines.find(({ types }) => types.some(({ key }) => key === resource?.type))
  return (machine ?? policy).ask.includes(action) || (resource?.type === 'community' && policy.ask.includes(action))
}

function mustAsk(answers: Answers, { action }: Command, resource: Resource | undefined): ClientError {
  const message = `whether \`${action}\` is allowed is not known on this device, and the policy wants the server asked: go online and try again`
  if (resource === undefined) return new ClientError('ask', message)
  return new ClientError('ask', message, { prediction: answers.can({ action, resource }) })
}

function newTarget(action: string, env: Environment): EntityKey {
  if (action === 'create') return { relation: 'record', id: randomId(env.random) }
  if (action === 'create_community') return { relation: 'community', id: randomId(env.random) }
  throw new ClientError('invalid', `\`${action}\` needs a target`, { path: 'target' })
}

/** An update carries what the user saw in each field, so that the server can tell a change from a collision. */
function asSeen(core: Core, target: EntityKey, args: IntentArgs): IntentArgs {
  if (!('set' in args) || target.relation !== 'record' || !Array.isArray(args.set)) return args
  const value = core.session.replica.record(target.id)?.value
  if (value === undefined) return args
  const seen = (edit: FieldEdit): FieldEdit => {
    if ('was' in edit) return edit
    const was = valueAt(value, typeof edit.path === 'string' ? edit.path.split('.') : edit.path)
    return was === undefined || was === null ? edit : { ...edit, was }
  }
  return { ...args, set: args.set.map(seen) }
}

function valueAt(document: JsonObject, path: readonly string[]): Json | undefined {
  let level: Json | undefined = document
  for (const key of path) {
    if (typeof level !== 'object' || level === null || Array.isArray(level) || !Object.hasOwn(level, key)) return
    level = level[key]
  }
  return level
}

/** What was made on this device, and is not yet on the server, is a cause of all that is done to it or in it. */
function causesOf(pending: readonly Intent[], target: EntityKey, args: IntentArgs, given: readonly number[]): number[] {
  const key = keyText(target)
  const home = 'community' in args ? args.community : undefined
  const concerns = (made: EntityKey): boolean =>
    keyText(made) === key || (made.relation === 'community' && made.id === home)
  const made = pending.filter(({ action, target }) => MAKING.includes(action) && concerns(target))
  return [...new Set([...given, ...made.map(({ n }) => n)])].sort((a, b) => a - b)
}

const MAKING = ['create', 'create_community']
