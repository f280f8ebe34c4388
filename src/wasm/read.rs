//! A JavaScript value as a source of plain data. Only what JSON has is taken: anything else would become something it
//! is not. Every look into a value may run code of its own (a getter, a proxy) and throw; what it throws is caught at
//! once, because an exception that passed through here would leave the engine's stack and borrows as they were.

use std::fmt;

use js_sys::Array;
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Object, js_name = entries, catch)]
    fn entries(value: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(js_namespace = Object, js_name = getPrototypeOf, catch)]
    fn prototype(value: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = Array, js_name = isArray, catch)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(js_namespace = Reflect, js_name = get, catch)]
    fn get(value: &JsValue, key: &JsValue) -> Result<JsValue, JsValue>;
}

/// What is wrong with a value.
#[derive(Debug)]
pub struct Wrong(String);

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

impl Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// What a value threw when it was looked into. It is not asked for a message: it might throw again.
fn thrown(_: JsValue) -> Wrong {
    Wrong("it threw an exception when it was read".to_string())
}

/// A value to be read.
pub struct Js(pub JsValue);

impl<'de> Deserializer<'de> for Js {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let value = self.0;
        if value.is_null() {
            return visitor.visit_unit();
        }
        if let Some(yes) = value.as_bool() {
            return visitor.visit_bool(yes);
        }
        if let Some(number) = value.as_f64() {
            return visitor.visit_f64(number);
        }
        if value.is_string() {
            return visitor.visit_string(text(value)?);
        }
        if !value.is_object() {
            let kind = value.js_typeof().as_string().unwrap_or_default();
            return Err(Wrong(format!("expected plain data, found {kind}")));
        }
        if is_array(&value).map_err(thrown)? {
            let length = get(&value, &JsValue::from_str("length")).map_err(thrown)?.as_f64().unwrap_or(0.0);
            return visitor.visit_seq(List { list: value, next: 0.0, length });
        }
        // `{}` and `Object.create(null)`, of this realm or another; not a map, a date or an instance of a class.
        let prototype = prototype(&value).map_err(thrown)?;
        if !prototype.is_null() && !self::prototype(&prototype).map_err(thrown)?.is_null() {
            return Err(Wrong("expected a plain object, found an instance of a class".to_string()));
        }
        visitor.visit_map(Fields { entries: entries(&value).map_err(thrown)?, next: 0, value: JsValue::UNDEFINED })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Text; half of a surrogate pair is no text, and would become the same character as any other half.
fn text(value: JsValue) -> Result<String, Wrong> {
    let text = value.as_string().unwrap_or_default();
    // Only then it is another text on its way back.
    if text.chars().any(|c| c == '\u{fffd}') && JsValue::from_str(&text) != value {
        return Err(Wrong("text holds half of a surrogate pair".to_string()));
    }
    Ok(text)
}

struct List {
    list: JsValue,
    next: f64,
    length: f64,
}

impl<'de> SeqAccess<'de> for List {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        if self.next >= self.length {
            return Ok(None);
        }
        let entry = get(&self.list, &JsValue::from_f64(self.next)).map_err(thrown)?;
        self.next += 1.0;
        seed.deserialize(Js(entry)).map(Some)
    }
}

/// The own fields of an object; one that is `undefined` counts as not given.
struct Fields {
    entries: Array,
    next: u32,
    value: JsValue,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        while self.next < self.entries.length() {
            // What `entries` gives is fresh and holds no surprise.
            let entry = Array::from(&self.entries.get(self.next));
            self.next += 1;
            self.value = entry.get(1);
            if !self.value.is_undefined() {
                // As text and nothing else: a key that might be a number would bring the printing of numbers into the wasm.
                return seed.deserialize(text(entry.get(0))?.into_deserializer()).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Wrong> {
        seed.deserialize(Js(std::mem::replace(&mut self.value, JsValue::UNDEFINED)))
    }
}
