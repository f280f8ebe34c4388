// For a host that brings `lictor-check.wasm` itself, streamed beside the script.
import { initSync } from '../../../wasm-check/check.js'
import { compile, type WasmSource } from '../../entry/given.js'
import { setWasm } from '../../wasm.js'

export type { WasmSource } from '../../entry/given.js'

/** Says where the module is: `init(fetch(url))`. Call it before `createEngine`; it waits by itself. */
export function init(source: WasmSource | Promise<WasmSource>): void {
  setWasm(initSync, async () => compile(await source))
}

export * from '../index.js'
