/**
 * The entities in memory, as JSON text by key, with the few indexes that look-ups need. Text and not objects: it loads
 * faster (nothing is parsed until asked for) and nobody can change what the store holds through an answer.
 * Synchronous and without I/O. Not for callers of a store: they see `facts` and `scan`.
 */

import type { Relation } from './store.js'
import type { Entry } from './entities.js'
import { GROUP, RELATIONS, holderOf, relationOf } from './entities.js'
import { isPlainObject, parseJson } from './json.js'
import { Shelf, firstAbove } from './shelf.js'

/** Above this many changes at once, sorting anew is cheaper than keeping the order. */
const RESORT_ABOVE = 256

export class EntityTable {
  private readonly shelves = new Map<Relation, Shelf>(RELATIONS.map((relation) => [relation, new Shelf()]))
  /** When records were written. */
  private readonly times = new Map<string, number>()
  private readonly byCommunity = new Groups()
  private readonly byHolder = new Groups()
  private readonly byAction = new Groups()

  get(key: string): string | undefined {
    return this.shelf(relationOf(key)).texts.get(key)
  }

  /** When a record was last written; 0 where that was not kept. */
  updated(key: string): number {
    return this.times.get(key) ?? 0
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

  /**
   * Keys of memberships that match; parts are as they stand in a key. In key order. With a user's come those of groups,
   * any of which may be the user's.
   */
  memberships(community?: string, user?: string): string[] {
    if (community === undefined && user === undefined) return this.page('membership')
    if (community !== undefined && user !== undefined) {
      const key = `membership/${community}/${user}`
      const groups = this.byHolder.keys(GROUP).filter((key) => key.startsWith(`membership/${community}/`))
      return [...(this.get(key) === undefined ? [] : [key]), ...groups].sort()
    }
    if (community !== undefined) return this.byCommunity.keys(community).sort()
    return [...this.byHolder.keys(user ?? ''), ...this.byHolder.keys(GROUP)].sort()
  }

  /** Keys of access rows for an action, in key order. */
  access(action?: string): string[] {
    return action === undefined ? this.page('access') : this.byAction.keys(action).sort()
  }

  /** Everything, relation by relation, in key order. */
  *entries(): Generator<Entry & { text: string }> {
    for (const shelf of this.shelves.values()) {
      for (const key of shelf.order()) {
        const updated = this.times.get(key)
        yield { key, text: shelf.texts.get(key) ?? '', ...(updated !== undefined && { updated }) }
      }
    }
  }

  private write({ key, text, updated }: Entry): void {
    const relation = relationOf(key)
    const shelf = this.shelf(relation)
    if (relation === 'access') {
      const before = shelf.texts.get(key)
      if (before !== undefined) this.byAction.remove(actionIn(key, before), key)
      if (text !== null) this.byAction.add(actionIn(key, text), key)
    }
    if (relation === 'membership') {
      const [, community = ''] = key.split('/')
      for (const [groups, name] of [
        [this.byCommunity, community],
        [this.byHolder, holderOf(key)],
      ] as const) {
        if (text === null) groups.remove(name, key)
        else groups.add(name, key)
      }
    }
    if (updated === undefined) this.times.delete(key)
    else this.times.set(key, updated)
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
