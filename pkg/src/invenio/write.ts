/** Entities of an export into a store, in parts; what stands there already is not written again. */

import { keyText } from '../store/entities.js'
import type { Cell, HostStore } from '../store/host.js'
import { StoreError } from '../store/store.js'
import type { Change, EntityKey, FactsInput, Json, Key } from '../types.js'
import type { Entity } from './made.js'

/** Entities of one write. Fewer would take longer; more would keep others waiting. */
const PART = 500
/** How often a part is tried when others write in between. */
const TRIES = 8

export interface Written {
  made: number
  replaced: number
  same: number
}

export async function writeAll(store: HostStore, entities: Entity[], told: (done: number) => void): Promise<Written> {
  const written: Written = { made: 0, replaced: 0, same: 0 }
  for (let start = 0; start < entities.length; start += PART) {
    const part = entities.slice(start, start + PART)
    const found = await writePart(store, part)
    for (const key of ['made', 'replaced', 'same'] as const) written[key] += found[key]
    told(Math.min(start + PART, entities.length))
  }
  return written
}

/** Bookkeeping, which moves no revision. */
export async function writeCells(store: HostStore, cells: Cell[]): Promise<void> {
  for (let start = 0; start < cells.length; start += PART)
    await store.write({ cells: cells.slice(start, start + PART) })
}

async function writePart(store: HostStore, part: Entity[]): Promise<Written> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await store.exclusive(() => attempted(store, part))
    } catch (error) {
      if (attempt === TRIES || !(error instanceof StoreError) || error.code !== 'conflict') throw error
    }
  }
}

async function attempted(store: HostStore, part: Entity[]): Promise<Written> {
  const expected = await store.revision()
  const standing = await there(store, part)
  const changes: Change[] = []
  const written: Written = { made: 0, replaced: 0, same: 0 }
  for (const { key, value } of part) {
    const before = standing.get(keyText(key))
    if (before !== undefined && before === canonical(value)) {
      written.same += 1
      continue
    }
    written[before === undefined ? 'made' : 'replaced'] += 1
    changes.push({ op: 'put', key, value })
  }
  if (changes.length > 0) await store.write({ changes, expected })
  return written
}

/** What stands under these keys, by the keys' texts. */
async function there(store: HostStore, part: Entity[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const add = (key: EntityKey, value: unknown): unknown => found.set(keyText(key), canonical(value))
  // Rows have no id where facts are asked for.
  if (part.some(({ key }) => key.relation === 'access'))
    for (const { key, value } of await store.scan('access')) found.set(key, canonical(value))
  const wanted = part.filter(({ key }) => key.relation !== 'access').map(({ key }) => key as Key)
  const facts: FactsInput = wanted.length > 0 ? await store.facts(wanted) : {}
  for (const [id, value] of Object.entries(facts.users ?? {})) add({ relation: 'user', id }, value)
  for (const [id, value] of Object.entries(facts.communities ?? {})) add({ relation: 'community', id }, value)
  for (const [id, value] of Object.entries(facts.records ?? {})) add({ relation: 'record', id }, value)
  for (const membership of facts.memberships ?? []) {
    const { community, user, group, ...value } = membership as { community: string; user?: string; group?: string }
    const holder = group === undefined ? { user: String(user) } : { group }
    add({ relation: 'membership', community, ...holder }, value)
  }
  return found
}

/** The same text for the same value, whatever the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: Json) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
