/** The `.wasm` files in two shapes; the build (`pkg/scripts/build/bundle.mjs`) resolves the names. */
declare module 'wasm:text' {
  const text: string
  export default text
}
declare module 'wasm:module' {
  const module: WebAssembly.Module
  export default module
}
declare module 'wasm-check:text' {
  const text: string
  export default text
}
declare module 'wasm-check:module' {
  const module: WebAssembly.Module
  export default module
}
declare module 'wasm-tools:text' {
  const text: string
  export default text
}
declare module 'wasm-tools:module' {
  const module: WebAssembly.Module
  export default module
}
