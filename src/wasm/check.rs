//! What `lictor/check` is made of: a policy that was compiled, so that nothing here need read documents.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::convert::to_error;
use super::engine::WasmEngine;
use crate::engine::Engine;
use crate::policy::Policy;

#[wasm_bindgen]
impl WasmEngine {
    /// An engine over a compiled policy.
    #[wasm_bindgen(constructor)]
    pub fn new(compiled: &[u8]) -> Result<WasmEngine, JsValue> {
        let (policy, info) = Policy::of_compiled(compiled).map_err(|error| to_error(&error))?;
        Ok(Self { engine: Engine::from(Rc::new(policy)), info })
    }

    /// The policy's words.
    pub fn info(&self) -> Result<JsValue, JsValue> {
        js_sys::JSON::parse(&self.info)
    }
}
