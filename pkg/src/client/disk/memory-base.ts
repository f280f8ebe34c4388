/**
 * A base in memory, with the ways a real one fails: a medium can crash amid writes, be cleared and be full. What survives
 * is decided by the medium's own random function, so a run can be repeated.
 */

import type { Base, Reader, RowKey, Seed, Writer } from './base.js'
import { DiskError } from './disk.js'
import type { Mark } from './mark.js'

export interface MemoryMediumOptions {
  /** From 0 to 1, 1 excluded: how much of what was not certain survives a crash. */
  random?: () => number
  /** Awaited between the end of a transaction and its completion: the moment a crash is about. */
  pause?: () => Promise<void>
  /** Characters and bytes that fit on it. */
  quota?: number
}

type Part = 'out' | 'view'
type Tables = Map<string, Map<RowKey, unknown>>
type Step = { table: string } & ({ key: RowKey; value?: unknown } | { clear: true })

interface Platter {
  exists: boolean
  /** What a crash cannot take. */
  safe: Tables
  /** What transactions see. */
  rows: Tables
  /** From `safe` to `rows`, and on to what is not completed yet. */
  journal: Step[][]
  /** Handles of an earlier life are closed, */
  life: number
  /** and end with this. */
  why: DiskError | null
  queue: Promise<unknown>
}

/** A relaxed write is on the disk after so many more: otherwise the journal of a view would only grow. */
const UNCERTAIN = 32

/** What outlives handles: share one between two disks, and they are two tabs. */
export class MemoryMedium {
  /** The second place that remembers the outbox; it outlives a clearing. */
  mark: Mark | null = null
  quota: number
  /** @internal */
  readonly platters: Record<Part, Platter> = { out: blank(), view: blank() }
  readonly random: () => number
  /** @internal */
  readonly pause: () => Promise<void>

  constructor({ random = Math.random, pause = () => Promise.resolve(), quota = Infinity }: MemoryMediumOptions = {}) {
    this.random = random
    this.pause = pause
    this.quota = quota
  }

  /**
   * The process dies. Completed strict writes survive; of the rest, as many as chance has it, in the order they were
   * made. All handles are closed, and what they were doing ends with `closed`: open the disk again.
   */
  crash(): void {
    for (const platter of Object.values(this.platters)) {
      const survive = Math.floor(this.random() * (platter.journal.length + 1))
      for (const steps of platter.journal.slice(0, survive)) apply(platter.safe, steps)
      platter.rows = shallow(platter.safe)
      end(platter, new DiskError('closed', 'the medium crashed; open the disk again'))
    }
  }

  /** The browser clears the site's databases. Open handles lose them. */
  clear(): void {
    for (const platter of Object.values(this.platters))
      erase(platter, new DiskError('cleared', 'the medium was cleared; open the disk again'))
  }

  /** Every row there is: for tests that something is nowhere. Rows not certain to survive are among them. */
  *rows(): Generator<{ part: Part; table: string; key: RowKey; value: unknown }> {
    for (const part of ['out', 'view'] as const) {
      for (const [table, rows] of this.platters[part].rows)
        for (const [key, value] of rows) yield { part, table, key, value: structuredClone(value) }
    }
  }

  /** Overwrites a row behind everybody's back, or deletes it: for tests of damage. */
  damage(part: Part, table: string, key: RowKey, value?: unknown): void {
    const step = value === undefined ? { table, key } : { table, key, value }
    for (const tables of [this.platters[part].safe, this.platters[part].rows]) apply(tables, [step])
  }
}

export class MemoryBase implements Base {
  private readonly life: number
  private closed = false

  constructor(
    private readonly medium: MemoryMedium,
    private readonly part: Part,
    seed?: Seed,
  ) {
    const platter = this.platter
    this.life = platter.life
    if (platter.exists) return
    platter.exists = true
    if (seed) for (const tables of [platter.safe, platter.rows]) apply(tables, [structuredClone(seed)])
  }

  read<T>(body: (tx: Reader) => Promise<T>): Promise<T> {
    return this.inTurn(async () => (await this.stage(body)).value)
  }

  write<T>(body: (tx: Writer) => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      const { value, steps } = await this.stage(body)
      // A crash of the other part may have come in between, and what was staged before it must not follow it.
      this.checkOpen()
      const platter = this.platter
      this.checkRoom(steps)
      platter.journal.push(steps)
      await this.medium.pause()
      // Whether it survived a crash meanwhile, nobody is told.
      this.checkOpen()
      apply(platter.rows, steps)
      const uncertain = this.part === 'out' ? 0 : UNCERTAIN
      for (const done of platter.journal.splice(0, Math.max(0, platter.journal.length - uncertain)))
        apply(platter.safe, done)
      return value
    })
  }

  close(): void {
    this.closed = true
  }

  async wipe(): Promise<void> {
    this.close()
    erase(this.platter, new DiskError('closed', 'another tab deleted it'))
  }

  private get platter(): Platter {
    return this.medium.platters[this.part]
  }

  /** Runs `body` on the rows as they will be, and collects its writes. */
  private async stage<T>(body: (tx: Writer) => Promise<T>): Promise<{ value: T; steps: Step[] }> {
    this.checkOpen()
    const steps: Step[] = []
    const rows = shallow(this.platter.rows)
    const take = (step: Step): void => {
      const own = structuredClone(step)
      steps.push(own)
      apply(rows, [own])
    }
    const table = (name: string): Map<RowKey, unknown> => rows.get(name) ?? new Map()
    const value = await body({
      get: async (name, key) => structuredClone(table(name).get(key)),
      getAll: async (name) => [...table(name)].sort(([a], [b]) => order(a, b)).map(([, row]) => structuredClone(row)),
      keys: async (name) => [...table(name).keys()].sort(order),
      put: (table, key, value) => take({ table, key, value }),
      delete: (table, key) => take({ table, key }),
      clear: (table) => take({ table, clear: true }),
    })
    this.checkOpen()
    return { value, steps }
  }

  private checkOpen(): void {
    if (this.closed) throw new DiskError('closed', 'the disk was closed')
    const { life, why } = this.platter
    if (life !== this.life && why) throw why
  }

  private checkRoom(steps: Step[]): void {
    if (this.medium.quota === Infinity) return
    const after = shallow(this.platter.rows)
    apply(after, steps)
    const other = this.medium.platters[this.part === 'out' ? 'view' : 'out'].rows
    // Less may always be written.
    if (weight(after) + weight(other) <= this.medium.quota || weight(after) <= weight(this.platter.rows)) return
    throw new DiskError('quota', 'this medium has no room left for it; nothing was written')
  }

  /** One transaction after the other, as between tabs of a browser. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { platter } = this
    const done = platter.queue.then(work)
    platter.queue = done.catch(() => {})
    return done
  }
}

function blank(): Platter {
  return { exists: false, safe: new Map(), rows: new Map(), journal: [], life: 0, why: null, queue: Promise.resolve() }
}

function end(platter: Platter, why: DiskError): void {
  platter.why = why
  platter.journal = []
  platter.life += 1
  platter.queue = Promise.resolve()
}

function erase(platter: Platter, why: DiskError): void {
  platter.exists = false
  platter.safe = new Map()
  platter.rows = new Map()
  end(platter, why)
}

function apply(tables: Tables, steps: readonly Step[]): void {
  for (const step of steps) {
    const rows = tables.get(step.table) ?? new Map<RowKey, unknown>()
    tables.set(step.table, rows)
    if ('clear' in step) rows.clear()
    else if ('value' in step) rows.set(step.key, step.value)
    else rows.delete(step.key)
  }
}

/** Rows are never changed in place, so tables may share them. */
function shallow(tables: Tables): Tables {
  return new Map([...tables].map(([name, rows]) => [name, new Map(rows)]))
}

function order(a: RowKey, b: RowKey): number {
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0
  return typeof a === 'number' ? -1 : 1
}

/** Characters of text and bytes, roughly as a browser would count them. */
function weight(tables: Tables): number {
  let sum = 0
  const bytes = (_key: string, value: unknown): unknown => {
    if (!(value instanceof Uint8Array)) return value
    sum += value.length
    return 0
  }
  for (const rows of tables.values()) {
    for (const row of rows.values()) {
      const text = JSON.stringify(row, bytes)
      sum += text.length
    }
  }
  return sum
}
