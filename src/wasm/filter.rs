//! Lists: a condition for one subject, as a test of records and as what a back end is asked.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::convert::{from_js, to_error, to_js};
use super::engine::{WasmEngine, WasmFacts};
use crate::engine::{Engine, ListQuery};
use crate::facts::Facts;
use crate::model::{At, Faults, Limits};
use crate::policy::{Filter, Shown};

#[wasm_bindgen]
impl WasmEngine {
    /// The list of what a subject may do an action to.
    pub fn filter(&self, query: JsValue, facts: &WasmFacts) -> Result<WasmFilter, JsValue> {
        let query = from_js(query, "query", Limits::CALL)?;
        let query = self.engine.read_filter(&query).map_err(|error| to_error(&error))?;
        Ok(WasmFilter { engine: self.engine.clone(), facts: Rc::clone(&facts.facts), query })
    }
}

/// A list's condition for one subject.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmFilter {
    engine: Engine,
    facts: Rc<Facts>,
    query: ListQuery,
}

#[wasm_bindgen]
impl WasmFilter {
    fn with<T>(&self, then: impl FnOnce(&Filter<'_, '_>) -> T) -> T {
        self.engine.filter_of(&self.query, &self.facts, then)
    }

    /// Whether a record belongs to the list: 0 no, 1 yes, 2 unknown. Access lists may name it by its id.
    pub fn answer(&self, record: JsValue, id: Option<String>) -> Result<u32, JsValue> {
        let record = from_js(record, "record", Limits::CALL)?;
        let policy = &self.query.policy;
        let kind =
            policy.types.get(self.query.kind).ok_or_else(|| JsValue::from_str("the policy has no record type"))?;
        let mut faults = Faults::new();
        let at = At::Root("record");
        let shown = Shown { id: id.as_deref(), document: &record, missing: &[], stored: false };
        let read = policy.attributes(kind, shown, &self.facts, &at, &mut faults);
        let attributes = faults.give(read).map_err(|error| to_error(&error))?;
        Ok(u32::from(self.with(|filter| filter.answer(&attributes)).code()))
    }

    /// The condition over records that is left.
    pub fn residual(&self) -> Result<JsValue, JsValue> {
        self.with(|filter| to_js(&filter.residual()))
    }
}
