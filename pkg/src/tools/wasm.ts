/** The seam to the second `.wasm`, as `../wasm.ts` is to the first: an entry says where it is, and nothing is compiled before it is used. */
import { initSync } from '../../wasm-tools/tools.js'

type ModuleSource = () => WebAssembly.Module | Promise<WebAssembly.Module>

let source: ModuleSource | undefined
let starting: Promise<void> | undefined

/** For entries only. */
export function setToolsWasm(load: ModuleSource): void {
  source = load
}

/** Compiles and starts the tools once. A failed start may be tried again. */
export function ready(): Promise<void> {
  starting ??= start().catch((error: unknown) => {
    starting = undefined
    throw error
  })
  return starting
}

async function start(): Promise<void> {
  if (source === undefined) throw new Error('no wasm module was given: import `lictor/tools`')
  initSync({ module: await source() })
}
