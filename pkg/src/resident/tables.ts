// A lens's tables, read where they lie in wasm memory: an answer is a handful of reads, and nothing crosses. The engine
// fills them; what is written there is its decision. A cell it has not met yet, or memory that has moved, reads as
// nothing, and then the engine is called.
import type * as glue from '../../wasm/lictor.js'
import { wasm } from '../wasm.js'

/** What the engine writes where a cell was not met yet. */
const UNMET = 0xffff_ffff
/** Ways a subject can stand to the owners of a record. */
const STANDINGS = 4

export interface Tables {
  /** By position: the number of the record's cell. */
  readonly cells: Uint16Array | Uint32Array
  /** By position: the number of the record's owners. */
  readonly owners: Uint16Array | Uint32Array
  /** By cell: its class. */
  readonly classes: Uint32Array
  /** By owners: how the subject stands to them. */
  readonly standings: Uint8Array
  /** By class and standing: words of allowed actions, then words of unknown ones. */
  readonly masks: Uint32Array
  /** Words of 32 actions in a mask. */
  readonly words: number
}

const none = new Uint32Array(0)

/** Tables of nothing. */
export const NOWHERE: Tables = {
  cells: none,
  owners: none,
  classes: none,
  standings: new Uint8Array(0),
  masks: none,
  words: 1,
}

/** The tables as they lie now. */
export function tablesOf(lens: glue.WasmLens, actions: number): Tables {
  const place = lens.places()
  // After the call: it may have made the memory grow, and then its old buffer is gone.
  const { buffer } = wasm().memory
  const at = (number: number): number => place[number] ?? 0
  const column = (first: number): Uint16Array | Uint32Array =>
    at(first + 1) === 2
      ? new Uint16Array(buffer, at(first), at(first + 2))
      : new Uint32Array(buffer, at(first), at(first + 2))
  return {
    cells: column(0),
    owners: column(3),
    classes: new Uint32Array(buffer, at(6), at(7)),
    standings: new Uint8Array(buffer, at(8), at(9)),
    masks: new Uint32Array(buffer, at(10), at(11)),
    words: Math.max(1, Math.ceil(actions / 32)),
  }
}

/** Where the masks of a cell and owners begin, or -1 if the engine must be asked. */
export function masksAt(
  { classes, standings, words }: Tables,
  cell: number | undefined,
  owner: number | undefined,
): number {
  const group = classes[cell as number]
  const standing = standings[owner as number]
  if (group === undefined || group === UNMET || standing === undefined) return -1
  return (group * STANDINGS + standing) * 2 * words
}

/** 0 deny, 1 allow, 2 unknown. */
export function answerAt({ masks, words }: Tables, at: number, code: number): number {
  const word = at + (code >>> 5)
  const allow = ((masks[word] as number) >>> (code & 31)) & 1
  return allow | ((((masks[word + words] as number) >>> (code & 31)) & 1) << 1)
}
