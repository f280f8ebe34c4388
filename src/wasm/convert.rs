//! JavaScript values in, JavaScript values out, errors as `Error` objects with `code`, `path` and `faults`.

use js_sys::Reflect;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::read::Js;
use super::write::Text;
use crate::model::{Bounded, Error, Limits, Value};

/// Reads a JavaScript value within limits; `root` names it in the path of a fault.
pub fn from_js(value: JsValue, root: &str, limits: Limits) -> Result<Value, JsValue> {
    Bounded::read(Js(value), root, limits).map_err(|error| to_error(&error))
}

/// Plain objects, lists and scalars. No key is `__proto__`: reading refuses it.
pub fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let mut text = Text::default();
    text.write(value);
    text.parse()
}

/// An `Error` object that says what is wrong and where.
pub fn to_error(error: &Error) -> JsValue {
    let object = js_sys::Error::new(&error.to_string());
    let set = |name: &str, value: &JsValue| {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    };
    set("name", &JsValue::from_str("LictorError"));
    set("code", &JsValue::from_str(error.code().as_str()));
    set("path", &JsValue::from_str(error.path()));
    if let Ok(faults) = to_js(&error.faults) {
        set("faults", &faults);
    }
    object.into()
}
