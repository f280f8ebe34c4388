//! The only JavaScript door. Plain data goes in and comes out at the cold boundary; hot calls take and give numbers.
//! Thickness belongs in `engine`: here values are converted, errors become `Error` objects, and nothing is decided.
//!
//! With the feature `tools` this is another door, that of `lictor/tools`, and without `whole` that of `lictor/check`, each in a
//! `.wasm` of its own.

#[cfg(feature = "tools")]
mod applied;
#[cfg(feature = "tools")]
mod author;
#[cfg(feature = "tools")]
mod backend;
#[cfg(feature = "tools")]
mod bundle;
#[cfg(not(feature = "whole"))]
mod check;
mod convert;
#[cfg(not(feature = "tools"))]
mod engine;
#[cfg(all(feature = "whole", not(feature = "tools")))]
mod filter;
#[cfg(all(feature = "whole", not(feature = "tools")))]
mod offline;
mod read;
#[cfg(all(feature = "whole", not(feature = "tools")))]
mod resident;
#[cfg(feature = "tools")]
mod tools;
#[cfg(all(feature = "whole", not(feature = "tools")))]
mod whole;
mod write;

#[cfg(feature = "tools")]
pub use applied::WasmApplied;
#[cfg(feature = "tools")]
pub use backend::WasmCondition;
#[cfg(not(feature = "tools"))]
pub use engine::{WasmEngine, WasmFacts};
#[cfg(all(feature = "whole", not(feature = "tools")))]
pub use filter::WasmFilter;
#[cfg(all(feature = "whole", not(feature = "tools")))]
pub use resident::{WasmIndex, WasmLens, WasmSession};
#[cfg(feature = "tools")]
pub use tools::WasmTools;

use wasm_bindgen::prelude::*;

/// A small part of the code of the standard library's allocator. Answers as plain objects take a tenth longer, so hosts and indexes, which
/// ask most, keep the other.
#[cfg(not(feature = "whole"))]
#[global_allocator]
static MEMORY: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Runs once when the module starts.
#[wasm_bindgen(start)]
pub fn start() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
}
