// Node and Bun: as `inline`, decoded natively and compiled at once, which is the shortest cold start there.
import hex from 'wasm:hex'
import { setWasm } from '../wasm.js'

setWasm(() => new WebAssembly.Module(Buffer.from(hex, 'hex')))

export * from '../index.js'
