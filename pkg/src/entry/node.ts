// Node and Bun: the file beside the script, which starts fastest. A program bundled into one file has no such file
// beside it; for that the bundler finds a copy as text.
import { initSync } from '../../wasm/lictor.js'
import { setWasm } from '../wasm.js'

setWasm(initSync, () => new WebAssembly.Module(bytes()))

export * from '../index.js'

/** Of the CommonJS module this becomes; a bundler that makes an ES module leaves it undefined. */
declare const __dirname: string
declare function require(path: 'wasm:hex-file'): string

function bytes(): Buffer<ArrayBuffer> {
  try {
    // Not imported: a bundle that is an ES module could not load it. What is missing here counts as no file.
    return process.getBuiltinModule('node:fs').readFileSync(`${__dirname}/../lictor.wasm`)
  } catch {
    return Buffer.from(require('wasm:hex-file'), 'hex')
  }
}
