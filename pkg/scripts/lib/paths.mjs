import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of Cargo.toml; everything the scripts touch is named from here. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
/** Tools and stamps that belong to this checkout; safe to delete. */
export const tools = join(root, '.tools')
export const cargoTools = join(tools, 'cargo')
export const glue = join(root, 'pkg/wasm')
export const checkGlue = join(root, 'pkg/wasm-check')
export const toolsGlue = join(root, 'pkg/wasm-tools')
export const dist = join(root, 'pkg/dist')
export const modules = join(root, 'node_modules')
