//! Questions on plain data: what every engine answers.

use std::rc::Rc;

#[cfg(feature = "whole")]
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::convert::{from_js, to_error, to_js};
use crate::engine::Engine;
use crate::facts::Facts;
use crate::model::Limits;
#[cfg(feature = "whole")]
use crate::model::{Error, Value};

/// An engine over one policy.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmEngine {
    pub(super) engine: Engine,
    /// The policy's words as JSON, which came with a compiled policy.
    #[cfg(not(feature = "whole"))]
    pub(super) info: String,
}

/// Facts, read once.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmFacts {
    pub(super) facts: Rc<Facts>,
}

impl WasmFacts {
    #[cfg(feature = "whole")]
    pub(super) fn inner(&self) -> &Facts {
        &self.facts
    }
}

#[wasm_bindgen]
impl WasmEngine {
    /// Reads facts.
    pub fn facts(&self, value: JsValue) -> Result<WasmFacts, JsValue> {
        let value = from_js(value, "facts", Limits::FACTS)?;
        let facts = self.engine.facts(&value).map_err(|error| to_error(&error))?;
        Ok(WasmFacts { facts: Rc::new(facts) })
    }

    #[cfg(feature = "whole")]
    pub(super) fn inner(&self) -> &Engine {
        &self.engine
    }

    #[cfg(feature = "whole")]
    pub(super) fn ask<T: Serialize>(
        &self,
        value: JsValue,
        root: &str,
        then: impl FnOnce(&Engine, &Value) -> Result<T, Error>,
    ) -> Result<JsValue, JsValue> {
        let value = from_js(value, root, Limits::CALL)?;
        to_js(&then(&self.engine, &value).map_err(|error| to_error(&error))?)
    }

    /// What may be done to a resource: 0 one decision, 1 that with the whole rule behind it, 2 every action at once, 3 the
    /// transitions. One door for all, since each costs a page what it takes to open it.
    pub fn look(&self, question: u8, evaluation: JsValue, facts: &WasmFacts) -> Result<JsValue, JsValue> {
        let value = from_js(evaluation, "evaluation", Limits::CALL)?;
        let (engine, facts) = (&self.engine, &*facts.facts);
        let told = match question {
            0 => engine.check(&value, facts).map(|answer| to_js(&answer)),
            1 => engine.explain(&value, facts).map(|answer| to_js(&answer)),
            2 => engine.actions(&value, facts).map(|answer| to_js(&answer)),
            _ => engine.transitions(&value, facts).map(|answer| to_js(&answer)),
        };
        told.map_err(|error| to_error(&error))?
    }
}
