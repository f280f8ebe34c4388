//! The tools for authors of policies, as `lictor/tools` has them: plain data in and out.

use wasm_bindgen::prelude::*;

use super::convert::{from_js, to_error, to_js};
use crate::model::Limits;
use crate::tools::author;

/// Asks one of the tools by name.
#[wasm_bindgen(js_name = askPolicy)]
pub fn ask_policy(tool: &str, input: JsValue) -> Result<JsValue, JsValue> {
    let input = from_js(input, "call", Limits::FACTS)?;
    to_js(&author::ask(tool, &input).map_err(|error| to_error(&error))?)
}
