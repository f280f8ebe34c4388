// A `.wasm` that the host brings itself, for example streamed beside the script.

export type WasmSource = WebAssembly.Module | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Response

export async function compile(source: WasmSource): Promise<WebAssembly.Module> {
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
