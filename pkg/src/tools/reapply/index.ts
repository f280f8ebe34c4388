/**
 * Re-application: an index that keeps what access lists come to is brought to where the store stands. Each record whose
 * field the lists changed, and each that was written itself, is given to the host's sink, in batches and in the order of
 * their ids. A batch is written down when the sink has it, so after a crash it is given once more, and none is left out.
 */

import type { HostStore } from '../../store/host.js'
import { newEpoch } from '../../store/revision.js'
import { StoreError } from '../../store/store.js'
import type { JsonObject, Revision } from '../../types.js'
import type { AppliedRecord } from '../applied.js'
import type { Tools } from '../tools.js'
import { Held, writtenSince } from './held.js'
import {
  clearedCells,
  goalCells,
  type Lists,
  reachedCells,
  readGoal,
  readKnown,
  readStanding,
  type RunningJob,
  type Standing,
  writeStanding,
} from './standing.js'
import { unreadable } from './unreadable.js'

/** Takes a batch. After a crash or a failure it is given the same one again. */
export type ReapplySink = (batch: AppliedRecord[]) => void | Promise<void>

export interface ReapplyOptions {
  /** Every record anew, whatever changed: for an index that was lost. */
  whole?: boolean
  /** Records a batch; 500 if left out. */
  batch?: number
  /** Stops after the batch under way. The next run goes on there. */
  signal?: AbortSignal
  /** Hears of each batch that is done. */
  onProgress?: (progress: ReapplyProgress) => void
}

export interface ReapplyProgress {
  done: number
  total: number
}

export interface Reapplied {
  /** `cancelled`: by the signal, by `cancelReapply`, or because another process has taken over. */
  outcome: 'done' | 'cancelled'
  /** Records given to the sink; what an interrupted job had done before is counted. */
  records: number
  /** Lists made, changed or removed since the index was last brought up. */
  lists: number
  /** Where the index stands; null: it never was brought up. */
  revision: Revision | null
}

/** A `Job` of `lictor/server`, which this need not be loaded for. `done` are records given to the sink. */
export interface ReapplyJob {
  name: string
  run(server: { engine: { policy: { hash: string } } }): Promise<{ done: number; what: string[]; failed: string[] }>
}

/** A list that is changed while a job runs is applied by another one; not for ever, where writes never end. */
const ROUNDS = 5
const BATCH = 500

/** Brings the index to where the store stands, once. A host that stays uses `openReapply`. */
export async function reapply(
  tools: Tools,
  store: HostStore,
  sink: ReapplySink,
  options: ReapplyOptions = {},
): Promise<Reapplied> {
  const work = openReapply(tools, store, sink)
  try {
    return await work.run(options)
  } finally {
    work.close()
  }
}

/** For a host that stays: records are read once, and each run costs what changed. */
export function openReapply(tools: Tools, store: HostStore, sink: ReapplySink): Reapply {
  return new Reapply(tools, store, sink)
}

/** Where the index of a store stands, for any process. */
export async function reapplyStatus(
  store: HostStore,
): Promise<{ applied: Revision | null; due: boolean; job: ReapplyProgress | null }> {
  const { standing } = await readStanding(store)
  const { at = null, job } = standing ?? {}
  const progress = job ? { done: job.done, total: job.total } : null
  return { applied: at, due: progress !== null || at !== (await store.revision()), job: progress }
}

/** Stops a job after its batch under way, whatever process runs it; the next run goes on there. False: none is under way. */
export async function cancelReapply(store: HostStore): Promise<boolean> {
  for (;;) {
    const { standing, text } = await readStanding(store)
    if (!standing?.job) return false
    try {
      await writeStanding(store, text, { ...standing, job: { ...standing.job, run: null } })
      return true
    } catch (error) {
      if (!isConflict(error)) throw error
    }
  }
}

/** See `openReapply`. */
export class Reapply {
  readonly #tools: Tools
  readonly #store: HostStore
  readonly #sink: ReapplySink
  #held: Held
  #last: Promise<unknown> = Promise.resolve()

  /** @internal */
  constructor(tools: Tools, store: HostStore, sink: ReapplySink) {
    this.#tools = tools
    this.#store = store
    this.#sink = sink
    this.#held = new Held(tools)
  }

  /** Brings the index to where the store stands. One run after another. */
  run(options: ReapplyOptions = {}): Promise<Reapplied> {
    const next = this.#last.then(() => this.#rounds(options))
    this.#last = next.catch(() => undefined)
    return next
  }

  /** The same as scheduled work of a server: `createHandler({ jobs: [work.job()] })`. Each run of it goes on where the last one stopped. */
  job(options: Omit<ReapplyOptions, 'whole'> = {}): ReapplyJob {
    return {
      name: 'reapply',
      run: async ({ engine }) => {
        if (engine.policy.hash !== this.#held.lists.policy)
          throw new TypeError('the server runs another policy than these tools; make both from the same document')
        const { outcome, records } = await this.run(options)
        const failed = outcome === 'done' ? [] : ['stopped before its end; the next run goes on there']
        return { done: records, what: [], failed }
      },
    }
  }

  /** Gives the memory back. */
  close(): void {
    this.#held.free()
  }

  async #rounds(options: ReapplyOptions): Promise<Reapplied> {
    const all: Reapplied = { outcome: 'done', records: 0, lists: 0, revision: null }
    let whole = options.whole ?? false
    for (let round = 0; round < ROUNDS; round++) {
      const began = await this.#begin(whole)
      if (began === null) break
      const { job, resumed } = began
      all.lists += job.lists
      const sent = await this.#carryOut(began, options).catch((error: unknown) => {
        // What is held may stand between two lists.
        this.#forget()
        throw error
      })
      all.records += sent.records
      if (!sent.reached) {
        this.#forget()
        all.outcome = 'cancelled'
        break
      }
      // An interrupted job wrote what it had set out to write; that all is asked for is for the next.
      if (!resumed || job.whole) whole = false
    }
    all.revision = (await readStanding(this.#store)).standing?.at ?? null
    return all
  }

  /** Takes up an interrupted job, or begins one; null: nothing is to be done. */
  async #begin(whole: boolean): Promise<Began | null> {
    const store = this.#store
    const { policy } = this.#held.lists
    const { standing, text } = await readStanding(store)
    const known = await readKnown(store)
    const run = newEpoch()
    const under = await readGoal(store)
    if (standing?.job && standing.policy === policy && this.#canGoOn(standing.job, known, under)) {
      const job = { ...standing.job, run }
      const next = { ...standing, job }
      return {
        standing: next,
        job,
        known,
        goal: under,
        text: await writeStanding(store, text, next),
        resumed: true,
      }
    }
    const { acls = {}, revision = '' } = await store.facts([{ relation: 'acl' }])
    // Under another policy lists mean something else, and a job that was to lead there leads nowhere.
    const first = standing === null || standing.at === null || standing.policy !== policy
    const anew = first || standing.job !== undefined || whole
    if (!anew && standing.at === revision) return null
    const goal = differing(known, acls)
    // What a list meant that can no longer be read is not known, so neither is whom its change concerns.
    const all = anew || (!this.#held.standsAt(standing.at) && unreadable(this.#tools, known) !== null)
    // A job that leads to lists which cannot be read would never end, not even when they are mended.
    const fault = unreadable(this.#tools, all ? changed(known, goal) : goal)
    if (fault) throw fault
    const job: RunningJob = { run, to: revision, whole: all, lists: goal.size, after: '', done: 0, total: 0 }
    const next = { at: standing?.at ?? null, policy, job }
    const left = new Map([...under].filter(([id]) => !goal.has(id)))
    return {
      standing: next,
      job,
      known,
      goal,
      text: await writeStanding(store, text, next, [...goalCells(goal), ...clearedCells(left)]),
      resumed: false,
    }
  }

  /** Not where a list that was fine when the job began can no longer be read. */
  #canGoOn(job: RunningJob, known: Lists, goal: Lists): boolean {
    const read = job.whole ? [changed(known, goal)] : [known, goal]
    return read.every((lists) => unreadable(this.#tools, lists) === null)
  }

  async #carryOut(
    began: Began,
    { batch = BATCH, signal, onProgress }: ReapplyOptions,
  ): Promise<{ records: number; reached: boolean }> {
    const { standing, goal } = began
    let { job, text } = began
    const left = (await this.#ids(began)).filter((id) => id > job.after)
    const total = job.done + left.length
    const stopped = (): { records: number; reached: boolean } => ({ records: job.done, reached: false })
    for (let from = 0; from < left.length; from += batch) {
      if (signal?.aborted) return stopped()
      const ids = left.slice(from, from + batch)
      await this.#sink(this.#held.lists.fields(ids))
      job = { ...job, after: ids.at(-1) ?? job.after, done: job.done + ids.length, total }
      const written = await this.#write(text, { ...standing, job })
      if (written === null) return stopped()
      text = written
      onProgress?.({ done: job.done, total })
    }
    if (signal?.aborted) return stopped()
    const reached = await this.#write(text, { at: job.to, policy: standing.policy }, reachedCells(goal))
    return { records: job.done, reached: reached !== null }
  }

  /** The new text of the standing; null: another process runs the job now, or nobody is to. */
  async #write(text: string, standing: Standing, cells?: ReturnType<typeof reachedCells>): Promise<string | null> {
    try {
      return await writeStanding(this.#store, text, standing, cells)
    } catch (error) {
      if (isConflict(error)) return null
      throw error
    }
  }

  /** The records that are to be written, in the order of their ids. */
  async #ids({ standing: { at }, job, known, goal }: Began): Promise<string[]> {
    const store = this.#store
    const written = at === null ? null : await writtenSince(store, at)
    let ids: string[]
    if (written !== null && !job.whole && this.#held.standsAt(at)) {
      ids = await this.#held.goTo(store, goal, written, job.to)
    } else {
      this.#forget()
      const whole = written === null || job.whole
      const all = await this.#held.load(store, whole ? changed(known, goal) : known, job.to)
      ids = whole ? all : [...this.#held.lists.change({ acls: Object.fromEntries(goal) }), ...written]
    }
    return [...new Set(ids)].sort()
  }

  #forget(): void {
    this.#held.free()
    this.#held = new Held(this.#tools)
  }
}

interface Began {
  standing: Standing
  job: RunningJob
  known: Lists
  goal: Lists
  /** The cell as it stands. */
  text: string
  resumed: boolean
}

/** The lists that are not as they are known, as they are now. */
function differing(known: Lists, now: { [id: string]: JsonObject }): Lists {
  const found: Lists = new Map()
  for (const [id, list] of Object.entries(now)) {
    if (JSON.stringify(known.get(id)) !== JSON.stringify(list)) found.set(id, list)
  }
  for (const id of known.keys()) if (!Object.hasOwn(now, id)) found.set(id, null)
  return found
}

/** Known lists with those that differ in their place. */
function changed(known: Lists, goal: Lists): Lists {
  return new Map([...known, ...goal].filter(([id]) => goal.get(id) !== null))
}

function isConflict(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'conflict'
}
