// workerd and edge-light: compiling bytes is refused there, so the host hands over a compiled module.
import module from 'wasm:module'
import { setWasm } from '../wasm.js'

setWasm(() => module)

export * from '../index.js'
