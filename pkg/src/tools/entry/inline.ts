// Deno, bundlers and whatever is not named otherwise: the bytes are in the script.
import text from 'wasm-tools:text'
import { bytesOfText } from '../../entry/text.js'
import { setToolsWasm } from '../wasm.js'

setToolsWasm(() => WebAssembly.compile(bytesOfText(text)))

export * from '../index.js'
