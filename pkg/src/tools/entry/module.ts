// workerd and edge-light: compiling bytes is refused there, so the host hands over a compiled module.
import module from 'wasm-tools:module'
import { setToolsWasm } from '../wasm.js'

setToolsWasm(() => module)

export * from '../index.js'
