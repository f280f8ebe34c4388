/** The `.wasm` files in two shapes; the build (`pkg/scripts/build/bundle.mjs`) resolves the names. */
declare module 'wasm:hex' {
  const hex: string
  export default hex
}
declare module 'wasm:module' {
  const module: WebAssembly.Module
  export default module
}
declare module 'wasm-check:hex' {
  const hex: string
  export default hex
}
declare module 'wasm-tools:hex' {
  const hex: string
  export default hex
}
declare module 'wasm-tools:module' {
  const module: WebAssembly.Module
  export default module
}
