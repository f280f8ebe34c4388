/**
 * What the passing of time does to records: embargoes that have ended are lifted, requests whose time is over expire. Each
 * goes through the policy's own transition as the host's own process, so rules, guards and effects are the engine's.
 */

import type { FactsInput, Json, Where } from '../types.js'
import type { Hit } from '../store/host.js'
import { missingIn } from '../sync/where.js'
import {
  type TypeOf,
  object,
  openStates,
  placeOf,
  requestTypes,
  transitionsOf,
  typeIn,
  typesIn,
  valueAt,
} from '../policy-words.js'
import type { Job, ServerContext, Work } from './context.js'

const SYSTEM = { type: 'system' } as const
/** Records under embargo, by the field that `lift_embargo` clears. */
const EMBARGOED: Where = { op: 'term', in: ['embargo=true'], over: false }
/** Records looked at in one go. */
const PAGE = 200

/** A transition that is due. */
interface Due {
  type: string
  id: string
  transition: string
}

/** Requests that were open for longer than they may be. */
export function expiries(): Job {
  return {
    name: 'expire',
    async run(context) {
      const { engine } = context
      const work: Work = { done: 0, what: [], failed: [] }
      for (const of of requestTypes(engine)) {
        const own = transitionsOf(of).find(({ name }) => name === 'expire')
        for await (const hit of listed(context, of, own?.action ?? 'read', own?.from ?? openStates(of))) {
          if (!isOver(valueAt(hit.value, placeOf(of, 'expires')), context.now())) continue
          const itself = { type: of.type.key, id: hit.id, transition: own?.name ?? '' }
          const find = async (): Promise<Due | undefined> => (own ? itself : behind(context, hit))
          await carryOut(context, `${of.type.key} ${hit.id}`, find, 'expired', work)
        }
      }
      return work
    },
  }
}

/** Embargoes whose day has come. The engine says which those are. */
export function embargoes(): Job {
  return {
    name: 'lift-embargo',
    async run(context) {
      const work: Work = { done: 0, what: [], failed: [] }
      for (const of of typesIn(context.engine)) {
        const lift = transitionsOf(of).find(({ effect }) => effect === 'lift_embargo')
        if (lift === undefined) continue
        for await (const { id } of listed(context, of, lift.action, lift.from, EMBARGOED)) {
          const due = { type: of.type.key, id, transition: lift.name }
          const find = async (): Promise<Due | undefined> => ((await isDue(context, due)) ? due : undefined)
          await carryOut(context, `${of.type.key} ${id}`, find, 'is no longer under embargo', work)
        }
      }
      return work
    },
  }
}

/** Records of a type, in these states, for which the host's own process may do this; some for which it may not are among them. */
async function* listed(
  { engine, store, settle }: ServerContext,
  { type: { key: type }, machine }: TypeOf,
  action: string,
  states: string[],
  only?: Where,
): AsyncGenerator<Hit> {
  if (!machine.actions.includes(action)) return
  const { value: may } = await settle((facts: FactsInput) => {
    const filter = engine.filter({ subject: SYSTEM, action, type }, facts)
    filter.free()
    return { value: filter.where, missing: missingIn(filter.where) }
  })
  const where: Where = only ? { op: 'all', of: [may, only] } : may
  let after: string | undefined
  do {
    const start = after === undefined ? {} : { after }
    const page = await store.list({ where, type, states, order: 'id', limit: PAGE, ...start })
    yield* page.hits
    after = page.next
  } while (after !== undefined)
}

/** Whether it would be done now. What is refused for another reason than that is tried, and told of. */
async function isDue(context: ServerContext, { type, id, transition }: Due): Promise<boolean> {
  const call = { do: 'transition', subject: SYSTEM, resource: { type, id }, transition } as const
  const { error } = (await context.resolve(call)).value
  return error?.code !== 'denied' && error?.code !== 'guarded'
}

/** Milliseconds, or a date or time as text. What names no moment never comes. */
function isOver(moment: Json | undefined, now: number): boolean {
  const end = typeof moment === 'string' ? Date.parse(moment) : moment
  return typeof end === 'number' && end <= now
}

/** A review has no transitions of its own: it ends with those of the record it is about, if that still waits for it. */
async function behind({ engine, store }: ServerContext, { id, value }: Hit): Promise<Due | undefined> {
  const { record: topic } = object(value.topic)
  if (typeof topic !== 'string') return undefined
  const { records } = await store.facts([{ relation: 'record', id: topic }])
  const document = records && Object.hasOwn(records, topic) ? records[topic] : undefined
  const of = document && typeIn(engine, engine.columns(document).type)
  if (of === undefined || valueAt(document, placeOf(of, 'review_request')) !== id) return undefined
  const transition = transitionsOf(of).find(({ effect }) => effect === 'expire')?.name
  return transition === undefined ? undefined : { type: of.type.key, id: topic, transition }
}

/** One that fails does not keep the others from being done. */
async function carryOut(
  context: ServerContext,
  name: string,
  find: () => Promise<Due | undefined>,
  said: string,
  work: Work,
): Promise<void> {
  try {
    const due = await find()
    if (due === undefined) return
    const { type, id, transition } = due
    const { error } = await context.act({ do: 'transition', subject: SYSTEM, resource: { type, id }, transition })
    if (error) throw new Error(`\`${transition}\` was refused: ${error.message}`)
    work.done += 1
    work.what.push(`${name} ${said}`)
  } catch (error) {
    work.failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
