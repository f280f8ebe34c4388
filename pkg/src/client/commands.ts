/**
 * From what a caller wants to an intent: ids, what the user saw before, what it rests on, what the engine says to it.
 * The engine's word is a forecast. A change it would refuse is still recorded, because the view may be old and the
 * server decides; one it cannot read, or must not guess about, is not.
 */

import type { EntityKey, Resource } from '../types.js'
import type { Intent, IntentArgs, Replayed } from '../sync/protocol.js'
import { keyText } from '../store/entities.js'
import type { Answers } from './answers.js'
import type { Core } from './core.js'
import type { Make } from './disk/disk.js'
import { randomId, type Environment } from './environment.js'
import { ClientError, isEngineError } from './errors.js'
import { requestsIn, withIds } from './made.js'
import { asSeen } from './seen.js'

export interface Command {
  /**
   * `create`, `update`, a transition; of a community `create_community`, `update_community`, `delete_community`,
   * `restore_community`, `allow`, `deny`; of its members `invite`, `add_member`, `change_role`, `set_visibility`,
   * `remove_member`, `leave`, `request_membership`.
   */
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
  const pending = core.overlay()
  const resource = resourceOf(core, target, command.args ?? {})
  const given = withIds(core, command.action, resource, command.args ?? {}, () => randomId(env.random))
  const args = asSeen(core, target, given, pending)
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

/** What was made on this device, and is not yet on the server, is a cause of all that is done to it or in it. */
function causesOf(pending: readonly Intent[], target: EntityKey, args: IntentArgs, given: readonly number[]): number[] {
  const key = keyText(target)
  const home = 'community' in args ? args.community : undefined
  const concerns = (made: EntityKey): boolean =>
    keyText(made) === key || (made.relation === 'community' && made.id === home)
  const makes = (intent: Intent): boolean =>
    MAKING.includes(intent.action)
      ? concerns(intent.target)
      : target.relation === 'record' && requestsIn(intent.args).includes(target.id)
  const made = pending.filter(makes)
  return [...new Set([...given, ...made.map(({ n }) => n)])].sort((a, b) => a - b)
}

const MAKING = ['create', 'create_community']
