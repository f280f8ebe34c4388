//! What only the whole engine does: policies as documents, operations, and what hosts ask.

use std::rc::Rc;
use std::sync::Arc;

use wasm_bindgen::prelude::*;

use super::convert::{from_js, to_error, to_js};
use super::engine::{WasmEngine, WasmFacts};
use crate::engine::Engine;
use crate::model::Limits;
use crate::policy::table;

/// Every closed word list: `[[name, [[word, meaning], ...]], ...]`, for generated types and documentation.
#[wasm_bindgen]
pub fn vocabulary() -> Result<JsValue, JsValue> {
    Ok(serde_wasm_bindgen::to_value(&crate::terms::vocabulary())?)
}

#[wasm_bindgen]
impl WasmEngine {
    /// An engine over a policy document, with changes (JSON Merge Patch) if given.
    #[wasm_bindgen(constructor)]
    pub fn new(document: JsValue, changes: JsValue) -> Result<WasmEngine, JsValue> {
        let document = from_js(document, "policy", Limits::POLICY)?;
        let engine = if changes.is_undefined() || changes.is_null() {
            Engine::new(&document)
        } else {
            Engine::with_changes(document, &from_js(changes, "changes", Limits::POLICY)?)
        };
        engine.map(|engine| Self { engine }).map_err(|error| to_error(&error))
    }

    /// The policy's words.
    pub fn info(&self) -> Result<JsValue, JsValue> {
        to_js(&self.inner().policy().info())
    }

    /// The policy's document, changes applied.
    pub fn document(&self) -> Result<JsValue, JsValue> {
        to_js(&self.inner().policy().document)
    }

    /// Every action at once, with what is in the way of those that are allowed.
    pub fn options(&self, evaluation: JsValue, facts: &WasmFacts) -> Result<JsValue, JsValue> {
        self.ask(evaluation, "evaluation", |engine, value| engine.options(value, facts.inner()))
    }

    /// Everybody the facts know of who may, or might.
    pub fn who(&self, evaluation: JsValue, facts: &WasmFacts) -> Result<JsValue, JsValue> {
        self.ask(evaluation, "evaluation", |engine, value| engine.who(value, facts.inner()))
    }

    /// What access lists say of a record.
    #[wasm_bindgen(js_name = explainLists)]
    pub fn explain_lists(&self, evaluation: JsValue, facts: &WasmFacts) -> Result<JsValue, JsValue> {
        self.ask(evaluation, "evaluation", |engine, value| engine.explain_lists(value, facts.inner()))
    }

    /// The operations of access lists that a subject may do.
    pub fn operations(&self, evaluation: JsValue, facts: &WasmFacts) -> Result<JsValue, JsValue> {
        self.ask(evaluation, "evaluation", |engine, value| engine.operations(value, facts.inner()))
    }

    /// Takes a call one step.
    pub fn step(&self, call: JsValue, facts: &WasmFacts) -> Result<JsValue, JsValue> {
        self.ask(call, "call", |engine, value| engine.step(value, facts.inner()))
    }

    /// The need algebra by itself.
    pub fn permits(&self, query: JsValue) -> Result<bool, JsValue> {
        let query = from_js(query, "query", Limits::CALL)?;
        self.inner().permits(&query).map_err(|error| to_error(&error))
    }

    /// Lists that together hold every record that may be counted for a key.
    pub fn counting(&self, key: JsValue) -> Result<JsValue, JsValue> {
        self.ask(key, "key", |engine, value| engine.counting(value))
    }

    /// Whether a record is counted for a key.
    pub fn counts(&self, key: JsValue, record: JsValue, facts: &WasmFacts) -> Result<bool, JsValue> {
        let key = from_js(key, "key", Limits::CALL)?;
        let record = from_js(record, "record", Limits::CALL)?;
        self.inner().counts(&key, &record, facts.inner()).map_err(|error| to_error(&error))
    }

    /// The value of a record's field, by the field's name in the policy (`primary`, `secondary`, `state`, `owners`).
    pub fn field(&self, record: JsValue, name: &str) -> Result<JsValue, JsValue> {
        let record = from_js(record, "record", Limits::CALL)?;
        let found = self.inner().field(&record, name).map_err(|error| to_error(&error))?;
        to_js(&found)
    }

    /// The record with a field set.
    pub fn set_field(&self, record: JsValue, name: &str, value: JsValue) -> Result<JsValue, JsValue> {
        let record = from_js(record, "record", Limits::CALL)?;
        let value = from_js(value, "value", Limits::CALL)?;
        to_js(&self.inner().set_field(record, name, value).map_err(|error| to_error(&error))?)
    }

    /// The route of transitions, from the route of an item.
    pub fn transition_route(&self, item_route: &str) -> String {
        self.inner().transition_route(item_route)
    }

    /// The state matrix in Markdown.
    pub fn table(&self) -> Result<String, JsValue> {
        table::matrix(self.inner().policy()).map_err(|error| to_error(&error))
    }

    /// Reads facts, with the access lists of others in the place of their own: those were read before.
    pub fn facts_with(&self, value: JsValue, lists: &WasmFacts) -> Result<WasmFacts, JsValue> {
        let mut read = self.facts(value)?;
        let facts = Rc::make_mut(&mut read.facts);
        facts.acls = Arc::clone(&lists.facts.acls);
        facts.one_way_of_lists().map_err(|error| to_error(&error))?;
        Ok(read)
    }
}
