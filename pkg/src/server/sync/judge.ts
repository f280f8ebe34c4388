/**
 * One intent, decided anew at what the store holds now. A device's prediction and its facts decide nothing; they are
 * only compared with what came of it.
 */

import { LictorError } from '../../errors.js'
import type { Decided, Intent, Verdict } from '../../sync/protocol.js'
import type { Change, EntityKey, Event, Key, Revision } from '../../types.js'
import { keyText } from '../../store/entities.js'
import { busy } from '../problem.js'
import type { Device, Row } from './cells.js'
import { isShort, readRow, rowName } from './cells.js'
import { earliest } from './project.js'
import type { Effect, Standing } from './standing.js'
import { effectOf } from './standing.js'
import { isDisturbance } from './steady.js'
import type { Owner, Sync } from './sync.js'
import type { Opened } from './tokens.js'

export type Sentence = Pick<Verdict, 'r' | 'code' | 'message' | 'because' | 'theirs'>

/** What an intent comes to, and what is written for it. */
export interface Ruling {
  sentence: Sentence
  sameBase: boolean
  changes: Change[]
  events: Event[]
  /** Rows of the device's view that it moves, by name. */
  rows: Map<string, Row>
  /** How the device stands afterwards, but for `lastN`. */
  device: Device
  /** Where it was decided; left out where nothing of the store was looked at. */
  revision?: Revision
  /** Rows that are exact before are all exact afterwards. */
  keepsExact: boolean
}

/** Refused for what the message says, whatever is in the store. */
export function refuse(device: Device, code: Verdict['code'] & string, message: string): Ruling {
  const sentence: Sentence = { r: 'rejected', code, message }
  const nothing = { changes: [], events: [], rows: new Map(), keepsExact: true, sameBase: false }
  return { sentence, device: { ...device, ground: device.rev + 1 }, ...nothing }
}

const TRIES = 3

export async function judge(
  sync: Sync,
  owner: Owner,
  standing: Standing,
  device: Device,
  intent: Intent,
  base: Opened | null,
): Promise<Ruling> {
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      return await judgeOnce(sync, owner, standing, device, intent, base)
    } catch (error) {
      if (!isDisturbance(error)) throw error
    }
  }
  throw busy()
}

async function judgeOnce(
  sync: Sync,
  owner: Owner,
  standing: Standing,
  device: Device,
  intent: Intent,
  base: Opened | null,
): Promise<Ruling> {
  const { engine } = sync.context
  const was = base !== null && base.policy !== engine.policy.hash ? { policy_was: base.policy } : {}
  const target = nameOf(intent)
  // What every decision about somebody rests on is looked up at once, whichever parts of it the engine names.
  const start: Key[] = [
    { relation: 'user', id: owner.user },
    { relation: 'membership', where: { user: owner.user } },
    { relation: 'access', where: {} },
    ...(target === null ? [] : [keyOfTarget(intent.target)]),
  ]
  const { value, facts, revision } = await sync.context.settle((known) => {
    const decided = attempt(() => engine.decide({ subject: owner.subject, intent, ...was }, known))
    return decided.t === 'need' ? { value: null, missing: decided.wanted } : { value: decided, missing: [] }
  }, start)
  if (value === null) throw new Error('the engine neither decided nor asked for facts')
  const asking = { subject: owner.subject, user: owner.user, subs: device.subs }
  const view = await standing.at(asking, revision)
  const documents = Object.fromEntries(
    Object.entries(facts.records ?? {}).filter(([id]) => isTouched(id, intent, value.changes)),
  )
  const effect = foreseen(() => effectOf(sync, asking, view, documents, value.changes), value.changes)
  if (typeof effect === 'string') return refuse(device, 'validation', effect)
  const row = target === null ? null : await readRow(sync.context.store, owner.device, target)
  const seen = effect.before.get(target ?? '')?.hash ?? view.entries.get(target ?? '')?.hash ?? null
  const isFresh = (row?.h ?? null) === seen && (base === null || row === null || (row.f ?? row.r) <= base.view)
  const sentence = { ...value.verdict }
  if (sentence.r === 'accepted' && row?.gone === undefined && row !== null && !isFresh) sentence.r = 'accepted_changed'
  const { rows: moves, growth } =
    value.changes.length > 0 ? await rowsOf(sync, owner.device, effect, device.rev + 1) : NOTHING
  const isExpected = intent.predicted === (sentence.r === 'rejected' ? 'deny' : 'allow')
  const rev = device.rev + (moves.size > 0 ? 1 : 0)
  const stands = device.base === view.digest
  const sameBase = base !== null && isSame(sync, device, base) && stands && isFresh
  const due = earliest([device.due, ...Array.from(effect.after.values(), ({ until }) => until)])
  return {
    sentence,
    sameBase,
    changes: value.changes,
    events: value.events,
    rows: moves,
    device: {
      ...device,
      rev,
      // Later predictions that did not know of this one rest on something else; and so do those that were made over
      // another view than this one, where it may have been replayed otherwise. A view that did not move cannot say which
      // they are, so all of this revision do.
      ground: isExpected && sameBase ? device.ground : device.rev + 1,
      base: stands ? effect.base : device.base,
      ...(due !== undefined && { due }),
      ...(device.size !== undefined && { size: device.size + growth }),
    },
    revision,
    keepsExact: value.changes.every(({ key }) => key.relation === 'record'),
  }
}

/** The device saw what the server sees, but for what its own intents did as it expected. */
function isSame(sync: Sync, device: Device, base: Opened): boolean {
  const { hash } = sync.context.engine.policy
  return base.policy === hash && device.bundle === hash && base.view >= device.ground && base.view <= device.rev
}

/** An intent the engine cannot even read is refused with what it says about it; facts it cannot read are our fault. */
function attempt(decide: () => Decided): Decided {
  try {
    return decide()
  } catch (error) {
    if (!(error instanceof LictorError) || error.path.startsWith('facts')) throw error
    const verdict: Sentence = { r: 'rejected', code: 'validation', message: error.message }
    return { t: 'done', verdict, changes: [], events: [], notes: [] }
  }
}

/** The effect, or why the engine could not read what would be written: then nobody could, so it must not be. */
function foreseen(effect: () => Effect, changes: Change[]): Effect | string {
  try {
    return effect()
  } catch (error) {
    if (error instanceof LictorError && changes.length > 0) return error.message
    throw error
  }
}

/** The row of the target, or null for a target the store cannot have. */
function nameOf({ target }: Intent): string | null {
  // Nor could facts about it be read.
  if (Object.values(target).some((part) => /\p{Cc}/u.test(part))) return null
  try {
    keyText(target)
    return rowName(target)
  } catch {
    return null
  }
}

function keyOfTarget(key: EntityKey): Key {
  // With the memberships of a user come those of groups.
  if (key.relation === 'membership') {
    const { relation, community, user } = key
    return { relation, where: { community, ...(user !== undefined && { user }) } }
  }
  return key.relation === 'access' ? { relation: key.relation, where: {} } : key
}

function isTouched(id: string, { target }: Intent, changes: Change[]): boolean {
  const is = (key: { relation: string; id?: unknown }): boolean => key.relation === 'record' && key.id === id
  return is(target) || changes.some(({ key }) => is(key))
}

interface Moves {
  rows: Map<string, Row>
  /** How many entries more the view has. */
  growth: number
}

const NOTHING: Moves = { rows: new Map(), growth: 0 }

/** Rows of the device's view that no longer say what its user sees. */
async function rowsOf(sync: Sync, device: string, { before, after }: Effect, rev: number): Promise<Moves> {
  const moves = new Map<string, Row>()
  let growth = 0
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(name)
    const is = after.get(name)
    if (was?.hash === is?.hash) continue
    const row = await readRow(sync.context.store, device, name)
    const held = row?.h ?? null
    if (held === (is?.hash ?? null)) continue
    // It was as the device knew it: nobody else has changed it since.
    const others = held === (was?.hash ?? null) ? { f: row?.f ?? row?.r ?? 0 } : {}
    const key = is?.k ?? was?.k
    const entity = isShort(name) && key !== undefined ? { k: key } : {}
    const gone = is === undefined ? { gone: sync.context.now() } : {}
    moves.set(name, { h: is?.hash ?? null, r: rev, ...others, ...gone, ...entity })
    growth += (is === undefined ? 0 : 1) - (held === null ? 0 : 1)
  }
  return { rows: moves, growth }
}
