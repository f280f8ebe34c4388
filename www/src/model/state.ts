/** What the page shows, as signals: what is held, what is asked for, and what follows from it. */
import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Certificate, EntityKey, FactsInput, JsonObject, Resource, Scope } from 'lictor'
import type { Prediction, Replica } from 'lictor/client'
import { client, confirmed, outbox, subjectId, version } from './account.js'
import { asRecord, byDate, isRecord, type RepositoryRecord, searchText, stateOf } from './document.js'
import { WORK } from '../words/workflow.js'
import { theEngine } from './engine.js'
import { type FactClass, factsOf, type View, without } from './held.js'
import { subjectOf } from './people.js'

export const PAGE_SIZE = 50

export const aside = signal<ReadonlySet<FactClass>>(new Set())

export type ScopeChoice = 'everywhere' | 'mine' | `in:${string}`
export const scope = signal<ScopeChoice>('everywhere')
export const stateFilter = signal('')
export const query = signal('')
/** Show only records on which this action is allowed: a work list. Reading is always asked as well. */
export const todo = signal('')
export const page = signal(0)

export const subject = computed(() => subjectOf(subjectId.value))

const NOTHING: View = { entries: [], closed: [] }

/** All of the view, as the server confirmed it. */
export const view = computed<View>(() => {
  void confirmed.value
  return client.value?.view() ?? NOTHING
})

/** The same, less what was put aside on the page of facts. */
const heldView = computed(() => without(view.value, subjectId.value, aside.value))
/** Without records: each question brings its own. */
export const heldFacts = computed<FactsInput>(() => factsOf(heldView.value))
export const communities = computed(() => heldFacts.value.communities ?? {})

export interface Shown {
  value: JsonObject
  /** Addresses of what is there and not shown to this person. */
  missing: string[][]
  speculative: boolean
}

/** Whoever answers: the client, or, while facts are put aside, an engine that was told less. */
export interface Source {
  list(query: { action?: string; scope?: Scope }): { ids: string[]; unknown: string[] }
  can(action: string, resource: Resource): Prediction
  actions(resource: Resource): { [action: string]: Prediction }
  record(id: string): Shown | undefined
}

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

const whatIf = kept<Replica>(() => {
  const replica = theEngine().replica(subject.value)
  replica.reset(heldView.value.entries, heldView.value.closed)
  const pending = outbox.value.filter(({ state }) => state === 'saved' || state === 'sent')
  replica.rebase(pending.map(({ intent }) => intent))
  return replica
})

export const source = computed<Source | null>(() => {
  void version.value
  const answers = client.value
  if (!answers) return null
  // A new object each time: what it answers is another thing, though it is the same client.
  if (aside.value.size === 0)
    return {
      list: (query) => answers.list(query),
      can: (action, resource) => answers.can(action, resource),
      actions: (resource) => answers.actions(resource),
      record: (id) => answers.record(id),
    }
  const replica = whatIf.value
  return {
    list: (query) => replica.list(query),
    can: (action, resource) => replica.can({ action, resource }, { lo: Date.now(), hi: Date.now() }),
    actions: (resource) => replica.actions(resource, { lo: Date.now(), hi: Date.now() }),
    record: (id) => replica.record(id),
  }
})

/**
 * As if there were no access lists, for questions about others: the lists stay with the server, and a device is told only
 * what they come to for its own user.
 */
export const factsWithoutLists = kept(() => {
  const { complete, ...given } = heldFacts.value
  return theEngine().facts({ ...given, complete: [...(complete as Certificate[]), { relation: 'acl' }] })
})

/** Whether access lists say anything of a record to the subject. Answers of the client rest on what that comes to. */
export const isListed = (id: string): boolean => listedRecords.value.has(id)

const listedRecords = computed(
  () => new Set(view.value.entries.flatMap(({ k, acls }) => (k.relation === 'record' && acls ? [k.id] : []))),
)

/** Facts for the rule of one record, branch by branch. What lists come to is no fact: where there is any, it is left open. */
export function factsAbout(id: string): FactsInput {
  const { complete, ...given } = heldFacts.value
  const proofs = (complete as Certificate[]).filter(({ relation }) => relation !== 'acl' || !isListed(id))
  return { ...given, complete: proofs }
}

/** Records by id, as they are shown: confirmed, with one's own pending work over them. */
const documents = computed(() => {
  if (speculative.value.size === 0) return confirmedDocuments.value
  return new Map([...confirmedDocuments.value, ...speculative.value])
})

const confirmedDocuments = computed(() => {
  const found = new Map<string, RepositoryRecord>()
  for (const { k, v } of view.value.entries)
    if (k.relation === 'record' && isRecord(v)) found.set(k.id, asRecord(k.id, v))
  return found
})

/** Ids of requests, which are records of other types. */
export const confirmedRequests = computed<string[]>(() =>
  view.value.entries.flatMap(({ k, v }) => (k.relation === 'record' && !isRecord(v) ? [k.id] : [])),
)

/** Records the server has not confirmed as they are shown. */
export const speculative = computed(() => {
  void version.value
  const found = new Map<string, RepositoryRecord>()
  for (const { intent } of outbox.value) {
    const id = recordIn(intent.target)
    const shown = id === null ? undefined : client.value?.record(id)
    if (id !== null && shown?.speculative && isRecord(shown.value)) found.set(id, asRecord(id, shown.value))
  }
  return found
})

export function recordIn(key: EntityKey): string | null {
  return key.relation === 'record' ? key.id : null
}

export interface Sight {
  /** Ids of what the subject may see. */
  ids: string[]
  /** How many the engine cannot tell about. */
  unknown: number
  /** Milliseconds the engine takes to find them. */
  took: number
}

export const visible = computed<Sight>(() => {
  const start = performance.now()
  const { ids, unknown } = source.value?.list({}) ?? { ids: [], unknown: [] }
  return { ids, unknown: unknown.length, took: performance.now() - start }
})

/** What to choose from: what may be seen in the scope and, for a work list, what may be done there. */
const candidates = computed<string[]>(() => {
  const choice = scope.value
  const asked: Scope = choice === 'everywhere' || choice === 'mine' ? choice : { community: choice.slice(3) }
  const ids = choice === 'everywhere' ? visible.value.ids : (source.value?.list({ scope: asked }).ids ?? [])
  if (todo.value === '') return ids
  const may = new Set(source.value?.list({ action: todo.value, scope: asked }).ids)
  return ids.filter((id) => may.has(id))
})

/** What is shown, in order: the words and the state are for the page to filter, the rest the engine did. */
export const listed = computed<RepositoryRecord[]>(() => {
  const wanted = query.value.trim().toLowerCase().split(/\s+/).filter(Boolean)
  return candidates.value
    .flatMap((id) => documents.value.get(id) ?? [])
    .filter((record) => stateFilter.value === '' || stateOf(record) === stateFilter.value)
    .filter((record) => wanted.every((word) => searchText(record).includes(word)))
    .sort(byDate)
})

/** How many records there are on which each action of a work list is allowed. */
export const workload = computed<{ [action: string]: number }>(() => {
  const asked = source.value
  return Object.fromEntries(WORK.map((action) => [action, asked?.list({ action }).ids.length ?? 0]))
})

export interface Tally {
  allow: number
  deny: number
  unknown: number
}

/** Every action on every record, counted by answer: what there is to know, and how much of it is not known. */
export const tally = computed<Tally>(() => {
  const { actions } = theEngine().policy
  const answers = actions.map((action) => source.value?.list({ action }))
  const allow = answers.reduce((sum, answer) => sum + (answer?.ids.length ?? 0), 0)
  const unknown = answers.reduce((sum, answer) => sum + (answer?.unknown.length ?? 0), 0)
  return { allow, unknown, deny: documents.value.size * actions.length - allow - unknown }
})

export function recordById(id: string): RepositoryRecord | undefined {
  return documents.value.get(id)
}

export function held(): number {
  return documents.value.size
}
