/** Running a transition of a stored record, and saying what came of it. */

import { type Transition, type TypeOf, object, transitionsOf, typeIn, typesIn } from '../policy-words.js'
import type { HostStore } from '../store/host.js'
import type { SyncEngine } from '../sync/engine.js'
import type { Json, JsonObject, Subject } from '../types.js'
import { EXIT, Failure } from './failure.js'
import { newId } from '../ids.js'
import { carryOut } from './operate.js'
import { unknown } from './resource.js'

/** A stored record and the machine it goes through. */
export interface Stored {
  id: string
  document: JsonObject
  state: string
  of: TypeOf
}

export interface Ran {
  id: string
  type: string
  transition: string
  from: string
  /** The state it is in; null once it is no more. */
  to: string | null
  /** Ids that were made up for it. */
  made: { [parameter: string]: string }
  /** Other records that were made or changed with it: requests above all. */
  also: { id: string; type: string; state: string }[]
}

export async function storedRecord(engine: SyncEngine, store: Pick<HostStore, 'facts'>, id: string): Promise<Stored> {
  const { records } = await store.facts([{ relation: 'record', id }])
  const document = records && Object.hasOwn(records, id) ? records[id] : undefined
  if (document === undefined) throw unknown('record', id)
  const { type, state } = engine.columns(document)
  const of = typeIn(engine, type)
  if (of === undefined) throw unknown('record', id)
  return { id, document, state, of }
}

/** The transitions there are, those with an effect by that word, whatever a policy calls them. */
export function withEffect(of: TypeOf, effect: string): Transition[] {
  return transitionsOf(of).filter((transition) => transition.effect === effect)
}

/** Runs it. An id that is needed for what it makes is made up, if none was given. */
export async function run(
  engine: SyncEngine,
  store: HostStore,
  subject: Subject,
  { id, of, state: from }: Stored,
  name: string,
  given: JsonObject,
): Promise<Ran> {
  const transition = transitionsOf(of).find((transition) => transition.name === name)
  const needed = ['request', 'link', 'record'].filter(
    (key) => transition?.required.includes(key) && !Object.hasOwn(given, key),
  )
  const made = Object.fromEntries(needed.map((key) => [key, newId()]))
  const params = { ...given, ...made }
  const call = { do: 'transition', subject, resource: { type: of.type.key, id }, transition: name, params } as const
  const { value } = await carryOut(engine, store, call)
  const written = value.changes.flatMap((change) =>
    change.op === 'put' && change.key.relation === 'record'
      ? [{ id: change.key.id, ...columnsOf(engine, change.value) }]
      : [],
  )
  const gone = value.changes.some(({ op, key }) => op === 'del' && key.relation === 'record' && key.id === id)
  const to = gone ? null : (written.find((record) => record.id === id)?.state ?? from)
  const also = written.filter((record) => record.id !== id)
  return { id, type: of.type.key, transition: name, from, to, made, also }
}

export function linesOf({ id, transition, from, to, made, also }: Ran): string[] {
  return [
    to === null ? `${id}: discarded` : from === to ? `${id}: ${transition} is done (${to})` : `${id}: ${from} -> ${to}`,
    ...(made.link === undefined ? [] : [`- link ${made.link}`]),
    ...also.map((other) => `- ${other.type} ${other.id}: ${other.state}`),
  ]
}

/** The record a request is about. */
export function topicOf({ document }: Stored): string | undefined {
  const { record } = object(document.topic)
  return typeof record === 'string' ? record : undefined
}

/** Names of the transitions that do something, for errors. */
export function unknownEffect(engine: SyncEngine, effect: string): Failure {
  const known = typesIn(engine).some((of) => withEffect(of, effect).length > 0)
  const message = known
    ? `records of this type have no \`${effect}\``
    : `the policy \`${engine.policy.name}\` has no \`${effect}\``
  return new Failure(EXIT.refused, 'unknown_transition', message)
}

function columnsOf(engine: SyncEngine, document: Json): { type: string; state: string } {
  const { type, state } = engine.columns(object(document))
  return { type, state }
}
