// Records as columns in wasm memory. JavaScript remembers which number the engine gave to which raw field values, so
// that a million records cross as integers; what the values mean is read by the engine, once for each combination.
import type * as glue from '../../wasm/lictor.js'
import { guarded, LictorError, staleHandle } from '../errors.js'
import type { Index, IndexSource, Json, JsonObject, PolicyInfo, RecordId, Row } from '../types.js'
import { copied, deeper, type Field, field, put } from './fields.js'
import { Named } from './named.js'
import { Ids } from './ids.js'
import { Numbers } from './numbers.js'
import { Owners } from './owners.js'

/** Rows of different indexes never look alike: the upper 21 bits of a row say which index it belongs to. */
const TAG = 2 ** 32
let tags = 0
/** Indexes by their tag, held weakly: a forgotten index takes its rows with it. */
const indexes = new Map<number, WeakRef<ResidentIndex>>()

export function buildIndex(engine: Pick<glue.WasmEngine, 'index'>, policy: PolicyInfo, records: IndexSource): Index {
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

const RECORD = (): string => 'record'

/** Communities and named fields of records: their number, once the engine gave one, and the cells they make with raw states. */
interface Profile {
  number: number | undefined
  readonly cells: Map<Json | undefined, number>
}

/** What was read in a record: the primary community, the secondary ones, the state, the owners; then the named fields. */
type Seen = [
  primary: Json | undefined,
  secondary: Json | undefined,
  state: Json | undefined,
  owned: Json | undefined,
  ...named: (Json | undefined)[],
]

export class ResidentIndex implements Index {
  /** What is added to a position to make a row of this index. */
  readonly base: number
  #ids = new Ids(0)
  /** By primary community, for records without secondary ones. */
  readonly #alone = new Map<string, Profile>()
  readonly #shared = new Map<string, Profile>()
  readonly #other = new Map<string, Profile>()
  readonly #states = new Map<Json | undefined, number>()
  readonly #owners = new Owners()
  readonly #primary: Field
  readonly #secondary: Field
  readonly #state: Field
  readonly #owned: Field
  /** Undefined where the policy names no fields: then nothing is read for them. */
  readonly #named: Named | undefined
  readonly #listeners: (() => void)[] = []
  #wasm: glue.WasmIndex | undefined
  /** How many combinations the engine was asked for. */
  learned = 0

  constructor(wasm: glue.WasmIndex, policy: PolicyInfo) {
    this.#wasm = wasm
    this.base = ++tags * TAG
    indexes.set(this.base, new WeakRef(this))
    const fields = policy.types[0]
    this.#primary = field(fields?.primary)
    this.#secondary = field(fields?.secondary)
    this.#state = field(fields?.state)
    this.#owned = field(fields?.owners)
    if (fields !== undefined && fields.named.length > 0) this.#named = new Named(fields.named)
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
    return this.#ids.list.length
  }

  /** Bytes of the columns in wasm memory. */
  get bytes(): number {
    return this.wasm.bytes
  }

  /** Takes the records in; once, and before anything is asked. */
  fill(records: IndexSource): void {
    if (typeof records !== 'object' || records === null)
      throw fault('records', 'records are a list, or an object by id', 'malformed')
    const ids = Symbol.iterator in records ? undefined : Object.keys(records)
    const expected = ids?.length ?? (Array.isArray(records) ? records.length : 0)
    this.#ids = new Ids(expected)
    const numbers = new Numbers(expected)
    const path = (): string => (ids === undefined ? `records[${this.size}]` : `records.${ids[this.size]}`)
    if (ids !== undefined) {
      for (const id of ids) this.#add(id, (records as { [id: string]: JsonObject })[id], numbers, path)
    } else {
      for (const record of records as Iterable<JsonObject>) this.#add(record?.id, record, numbers, path)
    }
    this.wasm.push(numbers.cells.subarray(0, this.size), numbers.owners.subarray(0, this.size))
  }

  #add(id: Json | undefined, record: JsonObject | undefined, numbers: Numbers, path: () => string): void {
    if (typeof record !== 'object' || record === null)
      throw fault(path(), "a record's document is an object", 'malformed')
    if (typeof id !== 'string' && typeof id !== 'number')
      throw fault(`${path()}.id`, 'a record needs an `id`', 'missing_field')
    numbers.put(this.size, this.cell(record, path), this.owner)
    const key = typeof id === 'string' ? id : String(id)
    if (!this.#ids.add(key)) throw fault(`${path()}.id`, `the id \`${key}\` stands twice`, 'duplicate')
  }

  /** The number of the owners of the record whose cell was asked for last. */
  owner = 0

  /** The number of a record's cell. */
  cell(record: JsonObject, path = RECORD): number {
    let primary: Json | undefined
    let secondary: Json | undefined
    let state: Json | undefined
    let owned: Json | undefined
    let named: (Json | undefined)[] | undefined
    try {
      // Spelled out: each of these reads is compiled for its own key, a shared one would be compiled for none.
      primary = record[this.#primary.first]
      if (this.#primary.rest.length > 0) primary = deeper(primary, this.#primary.rest)
      secondary = record[this.#secondary.first]
      if (this.#secondary.rest.length > 0) secondary = deeper(secondary, this.#secondary.rest)
      state = record[this.#state.first]
      if (this.#state.rest.length > 0) state = deeper(state, this.#state.rest)
      owned = record[this.#owned.first]
      if (this.#owned.rest.length > 0) owned = deeper(owned, this.#owned.rest)
      named = this.#named?.read(record)
    } catch {
      throw fault(path(), 'it threw an exception when it was read', 'malformed')
    }
    const profile = this.#profile(primary, secondary, named)
    const owner = this.#owners.get(owned)
    if (profile !== undefined && owner !== undefined) {
      const cell = profile.cells.get(state) ?? this.#combine(profile, state)
      if (cell !== undefined) {
        this.owner = owner
        return cell
      }
    }
    return this.#learn(
      named === undefined ? [primary, secondary, state, owned] : [primary, secondary, state, owned, ...named],
      path,
    )
  }

  /** The number of a cell whose communities and state are known, each from another record. */
  #combine(profile: Profile, state: Json | undefined): number | undefined {
    const number = this.#states.get(state)
    if (profile.number === undefined || number === undefined) return undefined
    const cell = this.wasm.cell(profile.number, number)
    this.learned++
    profile.cells.set(state, cell)
    return cell
  }

  /**
   * Asks the engine. It gets what was read here, copied, and the copy is what is remembered: a record that reads
   * otherwise the next time spoils no number.
   */
  #learn(seen: Seen, path: () => string): number {
    const wasm = this.wasm
    const copies = seen.map(copied)
    const [primary, secondary, state, owned, ...named] = copies.map((copy) => copy.value) as Seen
    const document: JsonObject = {}
    put(document, this.#primary, primary)
    put(document, this.#secondary, secondary)
    put(document, this.#state, state)
    put(document, this.#owned, owned)
    this.#named?.put(document, named)
    // Counted before it can fail: what is refused may leave traces here as well.
    this.learned++
    const cell = guarded(() => wasm.intern(document, path()))
    this.owner = wasm.owner
    if (copies.every((copy) => copy.whole)) {
      this.#owners.set(owned, this.owner)
      const profile = this.#profile(primary, secondary, named.length > 0 ? named : undefined)
      if (profile !== undefined) profile.number = wasm.profile
      if (typeof state !== 'object') {
        this.#states.set(state, wasm.state)
        profile?.cells.set(state, cell)
      }
    }
    return cell
  }

  /** What is known of these communities and named fields; nothing if they are not of a plain form. */
  #profile(primary: Json | undefined, secondary: Json | undefined, named?: (Json | undefined)[]): Profile | undefined {
    if (named !== undefined) {
      const key = this.#named?.keyOf([primary, secondary, ...named])
      return key === undefined ? undefined : entry(this.#other, key)
    }
    if (typeof primary !== 'string') return undefined
    if (secondary === undefined || secondary === null || (Array.isArray(secondary) && secondary.length === 0)) {
      return entry(this.#alone, primary)
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
    const position = this.#ids.position(id)
    return position === undefined ? undefined : this.base + position
  }

  at(position: number): Row {
    if (!Number.isInteger(position) || position < 0 || position >= this.size) {
      throw staleHandle('position', `position ${position} is not one of ${this.size} records`)
    }
    return this.base + position
  }

  id(row: Row): RecordId {
    const id = row - (row >>> 0) === this.base ? this.#ids.list[row >>> 0] : undefined
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

function entry(profiles: Map<string, Profile>, key: string): Profile {
  let found = profiles.get(key)
  if (found === undefined) profiles.set(key, (found = { number: undefined, cells: new Map() }))
  return found
}

function fault(path: string, message: string, code: string): LictorError {
  return new LictorError([{ code, path, message }])
}
