// Browsers, Deno and every bundler: the bytes are in the script, so there is no second request and no URL to resolve.
import text from 'wasm:text'
import { initSync } from '../../wasm/lictor.js'
import { setWasm } from '../wasm.js'
import { bytesOfText } from './text.js'

// Compiled away from the main thread; browsers limit what may be compiled synchronously there.
setWasm(initSync, () => WebAssembly.compile(bytesOfText(text)))

export * from '../index.js'
