/** What the page shows, as signals: who is acted as, what is held, what is asked for, and what follows from it. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { FactsInput, Scope } from 'lictor'
import type { World } from './device.js'
import { type RepositoryRecord, searchText, stateOf } from './document.js'
import type { Engine } from './engine.js'
import { type FactClass, held } from './held.js'
import { load, save } from './memory.js'
import { ANONYMOUS, subjectOf } from './people.js'

export const PAGE_SIZE = 50

export const world = signal<World>({ facts: {}, records: [], revision: '' })
export const engine = signal<Engine | null>(null)
export const online = signal(navigator.onLine)

export const subjectId = signal(load('subject', ANONYMOUS))
export const aside = signal<ReadonlySet<FactClass>>(new Set())
effect(() => save('subject', subjectId.value))

export type ScopeChoice = 'everywhere' | 'mine' | `in:${string}`
export const scope = signal<ScopeChoice>('everywhere')
export const stateFilter = signal('')
export const query = signal('')
/** Show only records on which this action is allowed: a work list. Reading is always asked as well. */
export const todo = signal('')
export const page = signal(0)

export const subject = computed(() => subjectOf(subjectId.value))

/** The engine, once it is there; components are shown only then. */
export function theEngine(): Engine {
  if (!engine.value) throw new Error('the engine has not started')
  return engine.value
}

/** What the engine may know, as plain data: a transition adds to it the one record it is about. */
export const heldFacts = computed<FactsInput>(() => held(world.value.facts, subjectId.value, aside.value))

/** A value that lives in wasm memory: the one before is given back when a newer one takes its place. */
function kept<T extends { free(): void }>(make: () => T): ReadonlySignal<T> {
  let before: T | undefined
  return computed(() => {
    const made = make()
    before?.free()
    before = made
    return made
  })
}

export const facts = kept(() => theEngine().facts(heldFacts.value))
export const session = kept(() => theEngine().session(subject.value, facts.value))
export const index = kept(() => theEngine().index(world.value.records))

export interface Sight {
  /** Rows the subject may see. */
  rows: Uint32Array
  /** How many the engine cannot tell about. */
  unknown: number
  /** Milliseconds the engine takes to find them, for a subject it has prepared. */
  took: number
}

export const visible = computed<Sight>(() => {
  const seen = session.value.visible(index.value)
  let rows: Uint32Array = new Uint32Array()
  let took = Number.POSITIVE_INFINITY
  // The best of three: the first call also pays for the browser's compiling of the engine.
  for (let i = 0; i < 3; i++) {
    const start = performance.now()
    rows = seen.rows()
    took = Math.min(took, performance.now() - start)
  }
  return { rows, took, unknown: seen.unknownBits().reduce((sum, word) => sum + ones(word), 0) }
})

/** The rows to choose from: what may be seen in the scope and, for a work list, what may be done there. */
const candidates = computed<Uint32Array>(() => {
  const choice = scope.value
  const asked: Scope = choice === 'everywhere' || choice === 'mine' ? choice : { community: choice.slice(3) }
  const rows =
    choice === 'everywhere' ? visible.value.rows : session.value.visible(index.value, { scope: asked }).rows()
  if (todo.value === '') return rows
  const may = new Set(session.value.visible(index.value, { action: todo.value, scope: asked }).rows())
  return rows.filter((row) => may.has(row))
})

/** What is shown, in order: the words and the state are for the page to filter, the rest the engine did. */
export const listed = computed<number[]>(() => {
  const { records } = world.value
  const wanted = query.value.trim().toLowerCase().split(/\s+/).filter(Boolean)
  return Array.from(candidates.value).filter((row) => {
    const record = records[row]
    if (!record || (stateFilter.value !== '' && stateOf(record) !== stateFilter.value)) return false
    return wanted.length === 0 || wanted.every((word) => searchText(record).includes(word))
  })
})

/** How many records there are on which each action is allowed. */
export const workload = computed<{ [action: string]: number }>(() => {
  const counts = theEngine().policy.actions.map((action) => [action, session.value.visible(index.value, action).count])
  return Object.fromEntries(counts)
})

export interface Tally {
  allow: number
  deny: number
  unknown: number
}

/** Every action on every record, counted by answer: what there is to know, and how much of it is not known. */
export const tally = computed<Tally>(() => {
  const me = session.value
  const at = index.value
  const total = at.size * theEngine().policy.actions.length
  let allow = 0
  let unknown = 0
  for (let position = 0; position < at.size; position++) {
    const row = at.at(position)
    allow += ones(me.mask(row))
    unknown += ones(me.unknownMask(row))
  }
  return { allow, unknown, deny: total - allow - unknown }
})

function ones(word: number): number {
  let left = word >>> 0
  let count = 0
  for (; left !== 0; left = (left & (left - 1)) >>> 0) count++
  return count
}

export function recordById(id: string): RepositoryRecord | undefined {
  const document = world.value.facts.records?.[id]
  return document as RepositoryRecord | undefined
}
