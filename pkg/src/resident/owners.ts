// Numbers of sets of owners, remembered by the raw value of the field.
import type { Json, JsonObject } from '../types.js'

/** One map for each form, so that no two forms are taken for one another. */
export class Owners {
  readonly #alone = new Map<Json | undefined, number>()
  readonly #listed = new Map<Json | undefined, number>()
  readonly #users = new Map<Json | undefined, number>()
  readonly #other = new Map<string, number>()

  get(owners: Json | undefined): number | undefined {
    if (typeof owners !== 'object' || owners === null) return this.#alone.get(owners)
    const only = onlyEntry(owners)
    if (only === undefined) return this.#other.get(JSON.stringify(owners))
    return typeof only === 'object' && only !== null
      ? this.#users.get((only as JsonObject).user)
      : this.#listed.get(only)
  }

  set(owners: Json | undefined, number: number): void {
    if (typeof owners !== 'object' || owners === null) {
      this.#alone.set(owners, number)
      return
    }
    const only = onlyEntry(owners)
    if (only === undefined) this.#other.set(JSON.stringify(owners), number)
    else if (typeof only === 'object' && only !== null) this.#users.set((only as JsonObject).user, number)
    else this.#listed.set(only, number)
  }
}

/** The entry of a list of one, if it is a scalar or `{user: scalar}`. */
function onlyEntry(owners: Json[] | JsonObject): Json | undefined {
  if (!Array.isArray(owners) || owners.length !== 1) return undefined
  const entry = owners[0] as Json
  if (typeof entry !== 'object' || entry === null) return entry
  if (Array.isArray(entry) || !('user' in entry)) return undefined
  for (const key in entry) if (key !== 'user') return undefined
  return typeof entry.user === 'object' ? undefined : entry
}
