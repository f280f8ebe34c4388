// For a host that brings the `.wasm` itself, for example streamed beside the script: the smallest download.
import { initSync } from '../../wasm/lictor.js'
import { setWasm } from '../wasm.js'

export type WasmSource = WebAssembly.Module | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Response

/** Says where the engine's module is: `init(fetch(url))`. Call it before `createEngine`; it waits by itself. */
export function init(source: WasmSource | Promise<WasmSource>): void {
  setWasm(initSync, async () => compile(await source))
}

export * from '../index.js'

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  // By tag: `instanceof` fails for what comes from another realm.
  const tag = Object.prototype.toString.call(source)
  if (tag === '[object WebAssembly.Module]') return source as WebAssembly.Module
  if (tag !== '[object Response]') return WebAssembly.compile(source as BufferSource)
  const response = source as Response
  if (!response.ok)
    throw new Error(`the wasm module could not be fetched: status ${response.status} for \`${response.url}\``)
  // Streaming demands the right content type, and some file servers do not know it.
  const streams = response.headers.get('content-type')?.startsWith('application/wasm')
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer())
}
