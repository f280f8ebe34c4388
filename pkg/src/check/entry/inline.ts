// Browsers, Node, Deno, Bun and every bundler: the bytes are in the script, so there is no second request.
import text from 'wasm-check:text'
import { initSync } from '../../../wasm-check/check.js'
import { bytesOfText } from '../../entry/text.js'
import { setWasm } from '../../wasm.js'

setWasm(initSync, () => WebAssembly.compile(bytesOfText(text)))

export * from '../index.js'
