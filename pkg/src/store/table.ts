/**
 * The entities in memory, as JSON text by key, with the few indexes that look-ups need. Text and not objects: it loads
 * faster (nothing is parsed until asked for) and nobody can change what the store holds through an answer.
 * Synchronous and without I/O. Not for callers of a store: they see `facts` and `scan`.
 */

import type { Relation } from './store.js'
import type { Entry } from './entities.js'
import { RELATIONS, relationOf } from './entities.js'
import { isPlainObject, parseJson } from './json.js'

/** Above this many changes at once, sorting anew is cheaper than keeping the order. */
const RESORT_ABOVE = 256

export class EntityTable {
  private readonly shelves = new Map<Relation, Shelf>(RELATIONS.map((relation) => [relation, new Shelf()]))
  private readonly byCommunity = new Groups()
  private readonly byUser = new Groups()
  private readonly byAction = new Groups()

  get(key: string): string | undefined {
    return this.shelf(relationOf(key)).texts.get(key)
  }

  apply(entries: readonly Entry[]): void {
    if (entries.length > RESORT_ABOVE) for (const shelf of this.shelves.values()) shelf.forgetOrder()
    for (const entry of entries) this.write(entry)
  }

  /** Keys of one relation in order, after `after`, at most `limit`. */
  page(relation: Relation, after?: string, limit?: number): string[] {
    const keys = this.shelf(relation).order()
    const from = after === undefined ? 0 : firstAbove(keys, after)
    return keys.slice(from, limit === undefined ? undefined : from + limit)
  }

  /** Keys of memberships that match; parts are as they stand in a key. In key order. */
  memberships(community?: string, user?: string): string[] {
    if (community === undefined && user === undefined) return this.page('membership')
    if (community !== undefined && user !== undefined) {
      const key = `membership/${community}/${user}`
      return this.get(key) === undefined ? [] : [key]
    }
    return (community !== undefined ? this.byCommunity.keys(community) : this.byUser.keys(user ?? '')).sort()
  }

  /** Keys of access rows for an action, in key order. */
  access(action?: string): string[] {
    return action === undefined ? this.page('access') : this.byAction.keys(action).sort()
  }

  /** Everything, relation by relation, in key order. */
  *entries(): Generator<Entry & { text: string }> {
    for (const shelf of this.shelves.values()) {
      for (const key of shelf.order()) yield { key, text: shelf.texts.get(key) ?? '' }
    }
  }

  private write({ key, text }: Entry): void {
    const relation = relationOf(key)
    const shelf = this.shelf(relation)
    if (relation === 'access') {
      const before = shelf.texts.get(key)
      if (before !== undefined) this.byAction.remove(actionIn(key, before), key)
      if (text !== null) this.byAction.add(actionIn(key, text), key)
    }
    if (relation === 'membership') {
      const [, community = '', user = ''] = key.split('/')
      for (const [groups, name] of [
        [this.byCommunity, community],
        [this.byUser, user],
      ] as const) {
        if (text === null) groups.remove(name, key)
        else groups.add(name, key)
      }
    }
    if (text === null) shelf.del(key)
    else shelf.put(key, text)
  }

  private shelf(relation: Relation): Shelf {
    const shelf = this.shelves.get(relation)
    // Every relation got its shelf above; the line only tells the type checker so.
    if (!shelf) throw new TypeError(`no shelf for ${relation}`)
    return shelf
  }
}

/** The texts of one relation, and their keys in order once somebody asked for an order. */
class Shelf {
  readonly texts = new Map<string, string>()
  private sorted: string[] | null = null

  put(key: string, text: string): void {
    if (this.sorted && !this.texts.has(key)) this.sorted.splice(firstAbove(this.sorted, key), 0, key)
    this.texts.set(key, text)
  }

  del(key: string): void {
    if (this.texts.delete(key) && this.sorted) this.sorted.splice(firstAbove(this.sorted, key) - 1, 1)
  }

  order(): readonly string[] {
    return (this.sorted ??= [...this.texts.keys()].sort())
  }

  forgetOrder(): void {
    this.sorted = null
  }
}

class Groups {
  private readonly groups = new Map<string, Set<string>>()

  add(name: string, key: string): void {
    const group = this.groups.get(name)
    if (group) group.add(key)
    else this.groups.set(name, new Set([key]))
  }

  remove(name: string, key: string): void {
    const group = this.groups.get(name)
    if (group?.delete(key) && group.size === 0) this.groups.delete(name)
  }

  keys(name: string): string[] {
    return [...(this.groups.get(name) ?? [])]
  }
}

function actionIn(key: string, text: string): string {
  const value = parseJson(text, key)
  return isPlainObject(value) && typeof value.action === 'string' ? value.action : ''
}

/** The position of the first key greater than `key` (keys are ASCII: code units order them as bytes would). */
function firstAbove(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') > key) high = middle
    else low = middle + 1
  }
  return low
}
