//! Values put together. (`json!` does it by serialising, which brings all that can go wrong with that: kilobytes of wasm.)

use super::{Map, Value};

/// An object with these fields.
pub fn object(fields: Vec<(&str, Value)>) -> Value {
    let mut map = Map::new();
    for (name, value) in fields {
        map.insert(name.to_string(), value);
    }
    Value::Object(map)
}

/// A list of texts.
pub fn texts(words: &[String]) -> Value {
    let mut list = Vec::with_capacity(words.len());
    for word in words {
        list.push(Value::from(word.as_str()));
    }
    Value::Array(list)
}
