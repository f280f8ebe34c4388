/**
 * What is kept of re-application in a store: where the index stands, the lists as they were then, and a job that is under
 * way. It is small, and written with each batch, so that a job goes on where it was when its process died.
 */

import { idText } from '../../store/entities.js'
import type { Cell, HostStore, Write } from '../../store/host.js'
import type { JsonObject, Revision } from '../../types.js'

/** Where an index stands. */
export interface Standing {
  /** What was written up to here has reached it; null: nothing ever has. */
  at: Revision | null
  /** The policy under which it did. */
  policy: string
  job?: RunningJob
}

/** A job under way, or interrupted. */
export interface RunningJob {
  /** Who runs it; null: nobody is to go on. Who starts it anew takes it over. */
  run: string | null
  /** Where it leads to. */
  to: Revision
  /** Every record is written anew. */
  whole: boolean
  /** Lists that differ from those the index knows. */
  lists: number
  /** The last record that was written; the empty text before the first. */
  after: string
  done: number
  total: number
}

const STANDING = 'reapply/standing'
/** Lists as the index knows them. */
const KNOWN = 'reapply/known/'
/** Lists as the job under way makes them known; null for those that are gone. */
const GOAL = 'reapply/goal/'

export type Lists = Map<string, JsonObject | null>

/** Where the index stands, and the cell's own text: nobody else has written it, or a write fails. */
export async function readStanding(store: HostStore): Promise<{ standing: Standing | null; text: string | null }> {
  const text = await store.cell(STANDING)
  return { standing: text === null ? null : (JSON.parse(text) as Standing), text }
}

export const readKnown = (store: HostStore): Promise<Lists> => readLists(store, KNOWN)

export const readGoal = (store: HostStore): Promise<Lists> => readLists(store, GOAL)

async function readLists(store: HostStore, prefix: string): Promise<Lists> {
  const cells = await store.cells(prefix)
  const list = ({ key, text }: Cell): [string, JsonObject | null] => [
    decodeURIComponent(key.slice(prefix.length)),
    JSON.parse(text) as JsonObject | null,
  ]
  return new Map(cells.map(list))
}

type Cells = NonNullable<Write['cells']>

/** Lists as a goal. */
export const goalCells = (goal: Lists): Cells => cellsOf(GOAL, goal)

/** Lists that are no goal any more. */
export const clearedCells = (goal: Lists): Cells => cellsOf(GOAL, goal).map(({ key }) => ({ key, text: null }))

/** The goal is reached: what it was is what the index knows. */
export function reachedCells(goal: Lists): Cells {
  const known = cellsOf(KNOWN, goal).map(({ key, text }) => ({ key, text: text === 'null' ? null : text }))
  return [...clearedCells(goal), ...known]
}

function cellsOf(prefix: string, lists: Lists): { key: string; text: string }[] {
  return [...lists].map(([id, list]) => ({ key: prefix + idText(id, 'id'), text: JSON.stringify(list) }))
}

/** Writes where the index stands, if it stands where it stood; the cell's new text. */
export async function writeStanding(
  store: HostStore,
  before: string | null,
  standing: Standing,
  cells: Cells = [],
): Promise<string> {
  const text = JSON.stringify(standing)
  await store.write({
    cells: [...cells, { key: STANDING, text }],
    guards: [{ key: STANDING, text: before }],
  })
  return text
}
