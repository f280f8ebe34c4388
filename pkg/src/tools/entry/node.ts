// Node and Bun: the file beside the script. A program bundled into one file has no such file; for that there is a copy as text.
import { setToolsWasm } from '../wasm.js'

setToolsWasm(() => new WebAssembly.Module(bytes()))

export * from '../index.js'

/** Of the CommonJS module this becomes; a bundler that makes an ES module leaves it undefined. */
declare const __dirname: string
declare function require(path: 'wasm-tools:hex-file'): string

function bytes(): Buffer<ArrayBuffer> {
  try {
    // Not imported: a bundle that is an ES module could not load it. What is missing here counts as no file.
    return process.getBuiltinModule('node:fs').readFileSync(`${__dirname}/../lictor-tools.wasm`)
  } catch {
    return Buffer.from(require('wasm-tools:hex-file'), 'hex')
  }
}
