/**
 * Access lists. The server keeps them and decides who manages which, so they are asked for and changed there at once; a
 * device is told only what they come to for its own user.
 */
import { computed, signal } from '@preact/signals'
import type { Answer, JsonObject } from 'lictor'
import { subjectId } from './account.js'
import { ask, change } from './rest.js'
import { pathOf } from './run.js'
import { source } from './state.js'

// Types and not interfaces: only then does TypeScript accept them where JSON is asked for.
export type Actor = { type: string } & JsonObject

export type AccessList = {
  id: string
  type: string
  name?: string
  operation: string
  effect?: 'allow' | 'deny'
  priority?: number
  priority_group?: string
  schemas?: string[]
  states?: string[]
  records?: (string | number)[]
  query?: JsonObject
  property_values?: PropertyValue[]
  actors: Actor[]
}

export type PropertyValue = {
  name: string
  value: string | number | boolean
  match_operation?: string
  bool_operation?: string
}

/** What the server's policy knows of lists, to choose from. */
export interface ListWords {
  schemas: string[]
  states: string[]
  types: string[]
  actors: string[]
}

export interface Shelf {
  person: string
  lists: AccessList[]
  /** Of those this person may manage; a page holds a thousand. */
  total: number
  words: ListWords
}

/** A list as it was read, and what names that content. */
export interface Held {
  list: AccessList
  etag: string
}

export interface Found {
  total: number
  relation: 'eq' | 'gte'
  ids: string[]
}

/** What a list says of one record. */
export interface Spoken {
  id: string
  operation: string
  effect: 'allow' | 'deny'
  counts: Answer
  /** Of whom it speaks, those that stand in the record too; null where that is not known. */
  users: string[] | null
  roles: string[] | null
  system_roles: string[]
}

/** Those this person may manage, as the server said last. */
export const shelf = signal<Shelf | null>(null)

/** Whether the engine lets the subject manage any list, whatever it speaks of. */
export const keepsAllLists = computed(() => source.value?.can('manage', { type: 'acl' }).decision === 'allow')

/** Whether there is a list at all that the subject may manage: any, or those that name a record which the subject manages. */
export const keepsLists = computed(
  () => keepsAllLists.value || (source.value?.list({ action: 'manage' }).ids.length ?? 0) > 0,
)

const PAGE = 1000

export async function fetchLists(): Promise<void> {
  const person = subjectId.value
  const answer = await ask('GET', `acls/?size=${PAGE}`)
  const { hits, words } = (await answer.json()) as { hits: { hits: AccessList[]; total: number }; words: ListWords }
  if (person === subjectId.value) shelf.value = { person, lists: hits.hits, total: hits.total, words }
}

export async function readList(id: string): Promise<Held> {
  const answer = await ask('GET', at(id))
  return { list: (await answer.json()) as AccessList, etag: answer.headers.get('etag') ?? '*' }
}

/** What the list would speak of, of the records this person may read. Nothing is written. */
export async function tryList(list: JsonObject, held: Held | null): Promise<Found> {
  const [method, path] = held ? ['PUT', at(held.list.id)] : ['POST', 'acls/']
  const answer = await ask(method, `${path}?dry_run=true`, list)
  return ((await answer.json()) as { found: Found }).found
}

/** Makes a list, or puts it in the place of the one that is held, if that is still so. */
export async function saveList(list: JsonObject, held: Held | null): Promise<void> {
  if (held) await change('PUT', at(held.list.id), list, { 'if-match': held.etag })
  else await change('POST', 'acls/', list)
  await fetchLists()
}

export async function removeList({ list: { id }, etag }: Held): Promise<void> {
  await change('DELETE', at(id), undefined, { 'if-match': etag })
  await fetchLists()
}

/** The lists that speak of a record, of those this person may manage. */
export async function listsOf(record: string): Promise<Spoken[]> {
  const answer = await ask('GET', `${pathOf(record)}/acls`)
  return ((await answer.json()) as { matched: Spoken[] }).matched
}

const at = (id: string): string => `acls/${encodeURIComponent(id)}`
