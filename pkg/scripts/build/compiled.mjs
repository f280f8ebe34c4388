import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, toolsGlue } from '../lib/paths.mjs'
import { presets } from './generate.mjs'

/** A shipped policy as `lictor/check` takes it, made by the tools that were just built. */
export async function compiledPreset(name) {
  const { initSync, WasmTools } = await import(pathToFileURL(join(toolsGlue, 'tools.js')))
  initSync({ module: new WebAssembly.Module(readFileSync(join(toolsGlue, 'tools_bg.wasm'))) })
  const document = JSON.parse(readFileSync(join(root, presets, `${name}.json`), 'utf8'))
  return new WasmTools(document).compiled()
}
