//! What access lists come to, held for a host with an index of its own.

use wasm_bindgen::prelude::*;

use super::convert::{from_js, to_error, to_js};
use super::tools::WasmTools;
use crate::model::Limits;
use crate::tools::Applied;

/// Records and lists, and which speak of which.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmApplied {
    applied: Applied,
}

#[wasm_bindgen]
impl WasmApplied {
    /// Nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new(tools: &WasmTools) -> Result<WasmApplied, JsValue> {
        let applied = tools.inner().applied().map_err(|error| to_error(&error))?;
        Ok(Self { applied })
    }

    /// The content hash of the policy under which lists mean what they mean.
    pub fn policy(&self) -> String {
        self.applied.policy().to_string()
    }

    /// How many records are held.
    pub fn count(&self) -> usize {
        self.applied.len()
    }

    /// Holds records.
    pub fn load(&mut self, records: JsValue) -> Result<(), JsValue> {
        let records = from_js(records, "records", Limits::FACTS)?;
        self.applied.load(&records).map_err(|error| to_error(&error))
    }

    /// Changes lists and records: the ids of those that must be written again.
    pub fn change(&mut self, changes: JsValue) -> Result<JsValue, JsValue> {
        let changes = from_js(changes, "changes", Limits::FACTS)?;
        to_js(&self.applied.change(&changes).map_err(|error| to_error(&error))?)
    }

    /// What is to be kept for records.
    pub fn fields(&self, ids: JsValue) -> Result<JsValue, JsValue> {
        let ids = from_js(ids, "ids", Limits::FACTS)?;
        to_js(&self.applied.fields(&ids).map_err(|error| to_error(&error))?)
    }
}
