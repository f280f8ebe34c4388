// For a host that brings the `.wasm` itself, for example streamed beside the script: the smallest download.
import { initSync } from '../../wasm/lictor.js'
import { setWasm } from '../wasm.js'
import { compile, type WasmSource } from './given.js'

export type { WasmSource } from './given.js'

/** Says where the engine's module is: `init(fetch(url))`. Call it before `createEngine`; it waits by itself. */
export function init(source: WasmSource | Promise<WasmSource>): void {
  setWasm(initSync, async () => compile(await source))
}

export * from '../index.js'
