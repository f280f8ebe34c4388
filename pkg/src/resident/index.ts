// Records as columns in wasm memory. JavaScript remembers which number the engine gave to which raw field values, so
// that a million records cross as integers; what the values mean is read by the engine, once for each combination.
import type * as glue from '../../wasm/lictor.js'
import { guarded, LictorError, staleHandle } from '../errors.js'
import type { Index, IndexSource, Json, JsonObject, PolicyInfo, RecordId, Row } from '../types.js'

/** Rows of different indexes never look alike: the upper 21 bits of a row say which index it belongs to. */
const TAG = 2 ** 32
let tags = 0
/** Indexes by their tag, held weakly: a forgotten index takes its rows with it. */
const indexes = new Map<number, WeakRef<ResidentIndex>>()

export function buildIndex(engine: glue.WasmEngine, policy: PolicyInfo, records: IndexSource): Index {
  const index = new ResidentIndex(
    guarded(() => engine.index()),
    policy,
  )
  try {
    index.fill(records)
  } catch (error) {
    index.free()
    throw error
  }
  return index
}

/** Remembers numbers by raw owners, one map for each form so that no two forms are taken for one another. */
class Owners {
  readonly #alone = new Map<Json | undefined, number>()
  readonly #listed = new Map<Json | undefined, number>()
  readonly #users = new Map<Json | undefined, number>()
  readonly #other = new Map<string, number>()

  get(owners: Json | undefined): number | undefined {
    return typeof owners === 'object' && owners !== null ? this.#map(owners) : this.#alone.get(owners)
  }

  #map(owners: Json[] | JsonObject): number | undefined {
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

/** What was read in a record: the primary community, the secondary ones, the state, the owners. */
type Seen = [Json | undefined, Json | undefined, Json | undefined, Json | undefined]

export class ResidentIndex implements Index {
  /** What is added to a position to make a row of this index. */
  readonly base: number
  readonly #ids: RecordId[] = []
  readonly #positions = new Map<RecordId, number>()
  readonly #cells = new Map<string, Map<Json | undefined, number>>()
  readonly #shared = new Map<string, Map<Json | undefined, number>>()
  readonly #owners = new Owners()
  readonly #fields: PolicyInfo['types'][number] | undefined
  readonly #primary: (record: JsonObject) => Json | undefined
  readonly #secondary: (record: JsonObject) => Json | undefined
  readonly #state: (record: JsonObject) => Json | undefined
  readonly #owned: (record: JsonObject) => Json | undefined
  readonly #listeners: (() => void)[] = []
  #wasm: glue.WasmIndex | undefined
  /** How many combinations the engine was asked for. */
  learned = 0

  constructor(wasm: glue.WasmIndex, policy: PolicyInfo) {
    this.#wasm = wasm
    this.base = ++tags * TAG
    indexes.set(this.base, new WeakRef(this))
    const fields = policy.types[0]
    this.#fields = fields
    this.#primary = reader(fields?.primary)
    this.#secondary = reader(fields?.secondary)
    this.#state = reader(fields?.state)
    this.#owned = reader(fields?.owners)
  }

  /** The index whose rows start at this base. */
  static find(base: number): ResidentIndex | undefined {
    const index = indexes.get(base)?.deref()
    if (index === undefined) indexes.delete(base)
    return index
  }

  /** Calls back when the index is freed, so that tables over it go with it. */
  onFree(listener: () => void): void {
    this.#listeners.push(listener)
  }

  get wasm(): glue.WasmIndex {
    if (this.#wasm === undefined) throw staleHandle('index', 'this index was freed')
    return this.#wasm
  }

  get size(): number {
    return this.#ids.length
  }

  /** Bytes of the columns in wasm memory. */
  get bytes(): number {
    return this.wasm.bytes
  }

  fill(records: IndexSource): void {
    const cells: number[] = []
    const owners: number[] = []
    const add = (id: Json | undefined, record: JsonObject, path: string): void => {
      if (typeof id !== 'string' && typeof id !== 'number')
        throw fault(`${path}.id`, 'a record needs an `id`', 'missing_field')
      const key = String(id)
      if (this.#positions.has(key)) throw fault(`${path}.id`, `the id \`${key}\` stands twice`, 'duplicate')
      cells.push(this.cell(record, path))
      owners.push(this.owner)
      this.#positions.set(key, this.#ids.length)
      this.#ids.push(key)
    }
    if (typeof records !== 'object' || records === null) throw fault('records', 'records are a list, or an object by id', 'malformed')
    if (Symbol.iterator in records) {
      let position = 0
      for (const record of records as Iterable<JsonObject>) {
        const path = `records[${position++}]`
        if (typeof record !== 'object' || record === null)
          throw fault(path, "a record's document is an object", 'malformed')
        add(record.id, record, path)
      }
    } else {
      for (const id of Object.keys(records)) {
        const record = records[id]
        if (typeof record !== 'object' || record === null) throw fault(`records.${id}`, "a record's document is an object", 'malformed')
        add(id, record, `records.${id}`)
      }
    }
    this.wasm.push(Uint32Array.from(cells), Uint32Array.from(owners))
  }

  /** The number of the owners of the record whose cell was asked for last. */
  owner = 0

  /** The number of a record's cell. */
  cell(record: JsonObject, path = 'record'): number {
    const seen = this.#look(record, path)
    const [primary, secondary, state, owned] = seen
    const cell = this.#states(primary, secondary)?.get(state)
    const owner = this.#owners.get(owned)
    if (cell === undefined || owner === undefined) return this.#learn(seen, path)
    this.owner = owner
    return cell
  }

  #look(record: JsonObject, path: string): Seen {
    try {
      return [this.#primary(record), this.#secondary(record), this.#state(record), this.#owned(record)]
    } catch {
      throw fault(path, 'it threw an exception when it was read', 'malformed')
    }
  }

  /** Asks the engine. It gets what was read here, copied: a record that reads otherwise the next time spoils no number. */
  #learn(seen: Seen, path: string): number {
    const wasm = this.wasm
    const copies = seen.map(copied)
    const [primary, secondary, state, owned] = copies.map((copy) => copy.value) as Seen
    const document: JsonObject = {}
    put(document, this.#fields?.primary, primary)
    put(document, this.#fields?.secondary, secondary)
    put(document, this.#fields?.state, state)
    put(document, this.#fields?.owners, owned)
    const learned = guarded(() => wasm.intern(document, path))
    this.owner = wasm.owner
    this.learned++
    if (copies.every((copy) => copy.whole)) {
      if (typeof state !== 'object') this.#states(primary, secondary)?.set(state, learned)
      this.#owners.set(owned, this.owner)
    }
    return learned
  }

  /** The numbers known for these communities, by state; none if the communities are not of a plain form. */
  #states(primary: Json | undefined, secondary: Json | undefined): Map<Json | undefined, number> | undefined {
    if (typeof primary !== 'string') return undefined
    if (secondary === undefined || secondary === null || (Array.isArray(secondary) && secondary.length === 0)) {
      return entry(this.#cells, primary)
    }
    if (!Array.isArray(secondary)) return undefined
    // Each id with its length before it: no two lists have the same key, whatever the ids hold.
    let key = `${primary.length}:${primary}`
    for (const id of secondary) {
      if (typeof id !== 'string') return undefined
      key += `${id.length}:${id}`
    }
    return entry(this.#shared, key)
  }

  row(id: RecordId): Row | undefined {
    const position = this.#positions.get(id)
    return position === undefined ? undefined : this.base + position
  }

  at(position: number): Row {
    if (!Number.isInteger(position) || position < 0 || position >= this.size) {
      throw staleHandle('position', `position ${position} is not one of ${this.size} records`)
    }
    return this.base + position
  }

  id(row: Row): RecordId {
    const id = row - (row >>> 0) === this.base ? this.#ids[row >>> 0] : undefined
    if (id === undefined) throw staleHandle('row', 'this row is not one of this index')
    return id
  }

  free(): void {
    indexes.delete(this.base)
    for (const listener of this.#listeners.splice(0)) listener()
    this.#wasm?.free()
    this.#wasm = undefined
  }
}

function entry<K, T>(map: Map<K, Map<T, number>>, key: K): Map<T, number> {
  let found = map.get(key)
  if (found === undefined) map.set(key, (found = new Map()))
  return found
}

function fault(path: string, message: string, code: string): LictorError {
  return new LictorError([{ code, path, message }])
}

/** A copy that nobody else can change; `whole` if it could be made (if not, the engine says what is wrong). */
function copied(value: Json | undefined): { value: Json | undefined; whole: boolean } {
  if (typeof value !== 'object' || value === null) return { value, whole: true }
  try {
    return { value: structuredClone(value), whole: true }
  } catch {
    return { value, whole: false }
  }
}

function put(document: JsonObject, keys: string[] | undefined, value: Json | undefined): void {
  const [last] = keys?.slice(-1) ?? []
  if (keys === undefined || last === undefined || value === undefined) return
  let level = document
  for (const key of keys.slice(0, -1)) {
    const next = (level[key] ??= {})
    if (typeof next !== 'object' || next === null || Array.isArray(next)) return
    level = next
  }
  level[last] = value
}

/** Reads the value at an address; addresses of one and two keys are common enough to be spelled out. */
function reader(keys: string[] | undefined): (record: JsonObject) => Json | undefined {
  const [first, second, ...rest] = keys ?? []
  if (first === undefined) return () => undefined
  if (second === undefined) return (record) => record[first]
  if (rest.length === 0) return (record) => inner(record[first], second)
  return (record) => rest.reduce(inner, inner(record[first], second))
}

function inner(value: Json | undefined, key: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[key] : undefined
}
