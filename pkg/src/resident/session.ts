// A subject whose answers are tables in wasm memory. Most answers are read there (`tables.ts`); what crosses is integers.
import type * as glue from '../../wasm/lictor.js'
import { guarded, LictorError, staleHandle } from '../errors.js'
import type {
  Answer,
  Index,
  JsonObject,
  OwnAction,
  PolicyInfo,
  Row,
  Scope,
  Session,
  Visible,
  Vocabulary,
} from '../types.js'
import { wasm } from '../wasm.js'
import { ResidentIndex } from './index.js'
import { answerAt, masksAt, NOWHERE, type Tables, tablesOf } from './tables.js'

const ANSWERS: readonly Answer[] = ['deny', 'allow', 'unknown']
/** The numbers of the scopes every lens knows. */
const EVERYWHERE = 0
const MINE = 1
/** Combinations a scratch index may hold before it is thrown away, so that memory stays flat for ever. */
const SCRATCH = 65_536

/** The glue's handle, with the pointer the raw exports take. */
type Lens = glue.WasmLens & { readonly __wbg_ptr: number }

export class ResidentSession<V extends Vocabulary> implements Session<V> {
  readonly #policy: PolicyInfo
  readonly #codes = new Map<string, number>()
  readonly #makeScratch: () => ResidentIndex
  readonly #lenses = new Map<ResidentIndex, Lens>()
  readonly #actions: number
  // The raw exports, held as constants: the glue's methods cost as much again as the call.
  readonly #can = wasm().wasmlens_can
  readonly #canCell = wasm().wasmlens_can_cell
  #wasm: glue.WasmSession | undefined
  /** The index asked about last: most questions are about the same one. */
  #base = -1
  #index: ResidentIndex | undefined
  #lens: Lens | undefined
  #tables: Tables = NOWHERE
  #scratch: ResidentIndex | undefined
  #scratchTables: Tables = NOWHERE
  #scratchLens: Lens | undefined

  constructor(session: glue.WasmSession, policy: PolicyInfo, makeScratch: () => ResidentIndex) {
    this.#wasm = session
    this.#policy = policy
    this.#actions = policy.actions.length
    this.#makeScratch = makeScratch
    for (const [code, action] of policy.actions.entries()) this.#codes.set(action, code)
  }

  can(row: Row, action: OwnAction<V> | number): Answer {
    const position = row >>> 0
    if (row - position !== this.#base) this.#select(row - position)
    const code = typeof action === 'number' ? action : this.#code(action)
    if (code !== code >>> 0 || code >= this.#actions) throw this.#refused(row, code)
    const tables = this.#tables
    const at = masksAt(tables, tables.cells[position], tables.owners[position])
    return ANSWERS[at < 0 ? this.#ask(row, position, code) : answerAt(tables, at, code)] as Answer
  }

  mask(row: Row, word = 0): number {
    const at = this.#masks(row)
    return word === word >>> 0 && word < this.#tables.words ? (this.#tables.masks[at + word] as number) : 0
  }

  unknownMask(row: Row, word = 0): number {
    const at = this.#masks(row)
    const { words, masks } = this.#tables
    return word === word >>> 0 && word < words ? (masks[at + words + word] as number) : 0
  }

  canRecord(record: JsonObject, action: OwnAction<V> | number): Answer {
    let scratch = this.#scratch
    if (scratch === undefined || scratch.learned > SCRATCH) scratch = this.#freshScratch()
    const cell = scratch.cell(record)
    const code = typeof action === 'number' ? action : this.#code(action)
    if (code !== code >>> 0 || code >= this.#actions) throw this.#refused(0, code)
    const at = masksAt(this.#scratchTables, cell, scratch.owner)
    if (at >= 0) return ANSWERS[answerAt(this.#scratchTables, at, code)] as Answer
    const lens = this.#scratchLens as Lens
    const answer = ANSWERS[this.#canCell(lens.__wbg_ptr, cell, scratch.owner, code)]
    this.#scratchTables = tablesOf(lens, this.#actions)
    if (answer === undefined) throw this.#refused(0, code)
    return answer
  }

  visible(index: Index, options: OwnAction<V> | { action?: OwnAction<V>; scope?: Scope } = {}): Visible {
    const { action = 'read', scope = 'everywhere' } = typeof options === 'string' ? { action: options } : options
    const code = this.#code(action)
    const lens = this.#lensOf(index)
    const number = scopeOf(lens, scope)
    /** A list meets every cell, and then the tables lie elsewhere. */
    const listing = <T>(list: () => T): T => {
      if (this.#lenses.get(index as ResidentIndex) !== lens) {
        throw staleHandle('index', 'the index or session of this list was freed')
      }
      const result = list()
      if (lens === this.#lens) this.#tables = tablesOf(lens, this.#actions)
      return result
    }
    let count: number | undefined
    return {
      get count() {
        return (count ??= listing(() => lens.count(code, number)))
      },
      page: (offset, limit) => listing(() => lens.page(code, number, bound(offset), bound(limit))),
      rows: () => listing(() => lens.page(code, number, 0, 0xffff_ffff)),
      bits: () => listing(() => lens.bits(code, number)),
      unknownBits: () => listing(() => lens.unknown_bits(code, number)),
    }
  }

  free(): void {
    this.#forget()
    for (const lens of this.#lenses.values()) lens.free()
    this.#lenses.clear()
    this.#scratchLens?.free()
    this.#scratch?.free()
    this.#scratch = this.#scratchLens = undefined
    this.#scratchTables = NOWHERE
    this.#wasm?.free()
    this.#wasm = undefined
  }

  #forget(): void {
    this.#base = -1
    this.#index = this.#lens = undefined
    this.#tables = NOWHERE
  }

  get #session(): glue.WasmSession {
    if (this.#wasm === undefined) throw staleHandle('session', 'this session was freed')
    return this.#wasm
  }

  #code(action: string): number {
    const code = this.#codes.get(action)
    if (code !== undefined) return code
    const message = `unknown action \`${action}\`; known: ${this.#policy.actions.join(', ')}`
    throw new LictorError([{ code: 'unknown_action', path: 'action', message }])
  }

  /** Where the masks of a row begin. */
  #masks(row: Row): number {
    const position = row >>> 0
    if (row - position !== this.#base) this.#select(row - position)
    const { cells, owners } = this.#tables
    const at = masksAt(this.#tables, cells[position], owners[position])
    if (at >= 0) return at
    this.#ask(row, position, 0)
    const met = this.#tables
    return masksAt(met, met.cells[position], met.owners[position])
  }

  /** Has the engine meet a row, and looks where its tables lie after that. */
  #ask(row: Row, position: number, code: number): number {
    const lens = this.#lens
    if (lens === undefined) throw staleHandle('row', 'this row belongs to no index there is')
    const answer = this.#can(lens.__wbg_ptr, position, code)
    this.#tables = tablesOf(lens, this.#actions)
    if (answer >>> 0 > 2) throw this.#refused(row, code)
    return answer
  }

  #select(base: number): void {
    const index = ResidentIndex.find(base)
    if (index === undefined) throw staleHandle('row', 'this row belongs to no index there is')
    this.#lens = this.#lensOf(index)
    this.#tables = tablesOf(this.#lens, this.#actions)
    this.#index = index
    this.#base = base
  }

  #lensOf(index: Index): Lens {
    const session = this.#session
    if (!(index instanceof ResidentIndex)) throw staleHandle('index', 'this is no index of `engine.index`')
    const resident = index.wasm
    let lens = this.#lenses.get(index)
    if (lens === undefined) {
      lens = guarded(() => session.bind(resident) as Lens)
      this.#lenses.set(index, lens)
      index.onFree(() => this.#drop(index))
    }
    return lens
  }

  #drop(index: ResidentIndex): void {
    this.#lenses.get(index)?.free()
    this.#lenses.delete(index)
    if (this.#index === index) this.#forget()
  }

  #freshScratch(): ResidentIndex {
    const session = this.#session
    this.#scratchLens?.free()
    this.#scratch?.free()
    const scratch = this.#makeScratch()
    this.#scratchLens = guarded(() => session.bind(scratch.wasm) as Lens)
    this.#scratchTables = NOWHERE
    this.#scratch = scratch
    return scratch
  }

  #refused(row: Row, code: number): LictorError {
    if (code >= this.#policy.actions.length || code < 0 || !Number.isInteger(code)) {
      return new LictorError([{ code: 'unknown_action', path: 'action', message: `there is no action number ${code}` }])
    }
    return staleHandle('row', `row ${row} is not one of the index`)
  }
}

/** The number of a scope in a lens. */
function scopeOf(lens: Lens, scope: Scope): number {
  if (scope === 'everywhere') return EVERYWHERE
  if (scope === 'mine') return MINE
  const community: unknown = typeof scope === 'object' ? (scope as { community: string } | null)?.community : undefined
  if (typeof community === 'string' && community !== '') return lens.scope(community)
  const message = 'a scope is "everywhere", "mine" or {community: id}'
  throw new LictorError([{ code: 'malformed', path: 'scope', message }])
}

/** A count that fits the door: not negative, at most 2^32 - 1. */
function bound(count: number): number {
  if (Number.isNaN(count) || count < 0)
    throw new LictorError([{ code: 'malformed', path: 'page', message: 'offset and limit are not negative' }])
  return Math.min(Math.floor(count), 0xffff_ffff)
}
