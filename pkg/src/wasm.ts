/**
 * The seam between the facade and whatever brings the `.wasm` on this host. An entry (see `entry/`) says how to get
 * the module; the facade awaits `ready()` once and then calls the glue's functions (`import * as glue from
 * '../wasm/lictor.js'`; not re-exported here, since bundlers would then keep every one) or `wasm()` (raw exports:
 * numbers and memory only). Nothing is compiled while a module is imported.
 */
import type { InitOutput } from '../wasm/lictor.js'

type ModuleSource = () => WebAssembly.Module | Promise<WebAssembly.Module>
/** What hot calls need of the exports. Sessions make them, and `lictor/check` has none. */
type Exports = Pick<InitOutput, 'memory' | 'wasmlens_can' | 'wasmlens_can_cell'>
/** The glue's function that starts a module. */
type Start = (given: { module: WebAssembly.Module }) => Pick<Exports, 'memory'>

let source: ModuleSource | undefined
let startWith: Start | undefined
let exports: Exports | undefined
let starting: Promise<Exports> | undefined

/** For entries only: where the module comes from on this host, and the glue that starts it. */
export function setWasm(start: Start, load: ModuleSource): void {
  startWith = start
  source = load
}

/** Compiles and starts the engine once; later calls return the same promise. A failed start may be tried again. */
export function ready(): Promise<Exports> {
  starting ??= start().catch((error: unknown) => {
    starting = undefined
    throw error
  })
  return starting
}

async function start(): Promise<Exports> {
  if (source === undefined || startWith === undefined) throw new Error('no wasm module was given: call `init` first')
  exports = startWith({ module: await source() }) as Exports
  return exports
}

/** The raw exports, for hot calls that carry only numbers. */
export function wasm(): Exports {
  if (exports === undefined) throw new Error('the engine has not started: await `createEngine()` first')
  return exports
}
