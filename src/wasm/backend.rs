//! Conditions for the back ends of hosts.

use wasm_bindgen::prelude::*;

use super::convert::{from_js, to_error, to_js};
use super::tools::WasmTools;
use crate::backend::Condition;
use crate::model::Limits;

/// A condition on records, to be said in a back end's language.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmCondition {
    condition: Condition,
}

#[wasm_bindgen]
impl WasmCondition {
    /// Of the query of an access list.
    #[wasm_bindgen(js_name = ofQuery)]
    pub fn of_query(call: JsValue) -> Result<WasmCondition, JsValue> {
        let call = from_js(call, "call", Limits::CALL)?;
        let condition = Condition::of_query(&call).map_err(|error| to_error(&error))?;
        Ok(Self { condition })
    }

    /// Of a list, at these facts; `applied` where the index keeps what access lists come to.
    #[wasm_bindgen(js_name = ofList)]
    pub fn of_list(tools: &WasmTools, query: JsValue, facts: JsValue, applied: bool) -> Result<WasmCondition, JsValue> {
        let query = from_js(query, "query", Limits::CALL)?;
        let facts = from_js(facts, "facts", Limits::FACTS)?;
        let engine = tools.inner().engine();
        let condition = engine.facts(&facts).and_then(|facts| Condition::of_list(engine, &query, facts, applied));
        Ok(Self { condition: condition.map_err(|error| to_error(&error))? })
    }

    /// Whether a record is meant: 0 no, 1 yes, 2 unknown.
    pub fn answer(&self, id: Option<String>, document: JsValue) -> Result<u32, JsValue> {
        let document = from_js(document, "record", Limits::CALL)?;
        let answer = self.condition.answer(id.as_deref(), &document);
        answer.map(|answer| u32::from(answer.code())).map_err(|error| to_error(&error))
    }

    /// The facts that must be looked up first.
    pub fn missing(&self) -> Result<JsValue, JsValue> {
        to_js(&self.condition.missing())
    }

    /// In SQL.
    pub fn sql(&self, options: JsValue) -> Result<JsValue, JsValue> {
        let options = from_js(options, "options", Limits::CALL)?;
        to_js(&self.condition.sql(&options).map_err(|error| to_error(&error))?)
    }

    /// For OpenSearch.
    pub fn opensearch(&self, options: JsValue) -> Result<JsValue, JsValue> {
        let options = from_js(options, "options", Limits::CALL)?;
        to_js(&self.condition.opensearch(&options).map_err(|error| to_error(&error))?)
    }
}
