/**
 * The seam between the facade and whatever brings the `.wasm` on this host. An entry (see `entry/`) says how to get
 * the module; the facade awaits `ready()` once and then calls the glue's functions (`import * as glue from
 * '../wasm/lictor.js'`; not re-exported here, since bundlers would then keep every one) or `wasm()` (raw exports:
 * numbers and memory only). Nothing is compiled while a module is imported.
 */
import { type InitOutput, initSync } from '../wasm/lictor.js'

type ModuleSource = () => WebAssembly.Module | Promise<WebAssembly.Module>

let source: ModuleSource | undefined
let exports: InitOutput | undefined
let starting: Promise<InitOutput> | undefined

/** For entries only: where the module comes from on this host. */
export function setWasm(load: ModuleSource): void {
  source = load
}

/** Compiles and starts the engine once; later calls return the same promise. A failed start may be tried again. */
export function ready(): Promise<InitOutput> {
  starting ??= start().catch((error: unknown) => {
    starting = undefined
    throw error
  })
  return starting
}

async function start(): Promise<InitOutput> {
  if (source === undefined) throw new Error('no wasm module was given: call `init` of `lictor/slim` first')
  exports = initSync({ module: await source() })
  return exports
}

/** The raw exports, for hot calls that carry only numbers. */
export function wasm(): InitOutput {
  if (exports === undefined) throw new Error('the engine has not started: await `createEngine()` first')
  return exports
}
