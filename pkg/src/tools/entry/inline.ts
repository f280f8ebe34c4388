// Deno, bundlers and whatever is not named otherwise: the bytes are in the script.
import hex from 'wasm-tools:hex'
import { bytesOfHex } from '../../entry/hex.js'
import { setToolsWasm } from '../wasm.js'

setToolsWasm(() => WebAssembly.compile(bytesOfHex(hex)))

export * from '../index.js'
