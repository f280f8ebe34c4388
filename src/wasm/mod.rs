//! The only JavaScript door. Plain data goes in and comes out at the cold boundary; hot calls take and give numbers.
//! Thickness belongs in `engine`: here values are converted, errors become `Error` objects, and nothing is decided.

mod convert;
mod engine;
mod offline;
mod read;
mod resident;
mod write;

pub use engine::{WasmEngine, WasmFacts, WasmFilter};
pub use resident::{WasmIndex, WasmLens, WasmSession};

use wasm_bindgen::prelude::*;

/// Runs once when the module starts.
#[wasm_bindgen(start)]
pub fn start() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
}

/// Every closed word list: `[[name, [[word, meaning], ...]], ...]`, for generated types and documentation.
#[wasm_bindgen]
pub fn vocabulary() -> Result<JsValue, JsValue> {
    convert::small(&crate::terms::vocabulary())
}
