// workerd and edge-light: compiling bytes is refused there, so the host hands over a compiled module.
import module from 'wasm-check:module'
import { initSync } from '../../../wasm-check/check.js'
import { setWasm } from '../../wasm.js'

setWasm(initSync, () => module)

export * from '../index.js'
