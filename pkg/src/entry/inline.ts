// Browsers, Deno and every bundler: the bytes are in the script, so there is no second request and no URL to resolve.
import hex from 'wasm:hex'
import { initSync } from '../../wasm/lictor.js'
import { setWasm } from '../wasm.js'
import { bytesOfHex } from './hex.js'

// Compiled away from the main thread; browsers limit what may be compiled synchronously there.
setWasm(initSync, () => WebAssembly.compile(bytesOfHex(hex)))

export * from '../index.js'
