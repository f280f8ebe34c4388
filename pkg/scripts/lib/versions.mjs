/**
 * Tools that npm does not install. wasm-bindgen's must equal the crate's in Cargo.toml (setup checks that);
 * npm's own are pinned in package.json and package-lock.json.
 */
export const wasmTarget = 'wasm32-unknown-unknown'
export const cargoTools = {
  'wasm-pack': { crate: 'wasm-pack', version: '0.15.1' },
  'wasm-bindgen': { crate: 'wasm-bindgen-cli', version: '0.2.129' },
}
/** Debian's own wasm-opt (108) miscompiles without saying so, so the version is checked and not only the presence. */
export const wasmOpt = '132'
