// Browsers, Deno and every bundler: the bytes are in the script, so there is no second request and no URL to resolve.
import hex from 'wasm:hex'
import { setWasm } from '../wasm.js'

// Compiled away from the main thread; browsers limit what may be compiled synchronously there.
setWasm(() => WebAssembly.compile(bytes(hex)))

export * from '../index.js'

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(text.length / 2)
  for (let i = 0; i < result.length; i++)
    result[i] = (digit(text.charCodeAt(2 * i)) << 4) | digit(text.charCodeAt(2 * i + 1))
  return result
}

/** `0`-`9` and `a`-`f`. */
function digit(code: number): number {
  return (code & 15) + (code >> 6) * 9
}
