/** The `.wasm` in two shapes; the build (`pkg/scripts/build/bundle.mjs`) resolves both names. */
declare module 'wasm:hex' {
  const hex: string
  export default hex
}
declare module 'wasm:module' {
  const module: WebAssembly.Module
  export default module
}
