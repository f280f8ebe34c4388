//! The address of a field in a record's document: a dotted path, or a list of keys where keys contain dots.

use std::fmt;

use super::{At, Map, Reader, Value, joined, parts};
use crate::terms::ErrorCode;

/// Where a field stands in a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    keys: Vec<String>,
}

impl Address {
    /// Reads `"level1.level2"` or `["key.with.dots", "level2"]`.
    pub fn read(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let keys: Vec<String> = match value {
            Value::String(text) => parts(text, "."),
            _ => reader.names(value, at)?,
        };
        // What is written under `__proto__` could not be read again (`json.rs`).
        if keys.is_empty() || keys.len() > 16 || keys.iter().any(|key| key.is_empty() || key == "__proto__") {
            reader.faults.add(ErrorCode::Malformed, at, "an address has 1 to 16 keys, none empty or `__proto__`");
            return None;
        }
        Some(Self { keys })
    }

    /// The address with these keys, which were read and found right before.
    pub(super) fn of(keys: Vec<String>) -> Self {
        Self { keys }
    }

    /// The address of a field at the top of a document.
    pub fn key(name: &str) -> Self {
        Self { keys: vec![name.to_string()] }
    }

    /// A whole document.
    pub fn root() -> Self {
        Self { keys: Vec::new() }
    }

    /// The value there; none if any level is missing or null.
    pub fn get<'v>(&self, document: &'v Value) -> Option<&'v Value> {
        let mut found = document;
        for key in &self.keys {
            found = found.as_object()?.get(key)?;
        }
        (!found.is_null()).then_some(found)
    }

    /// Where something that is no object stands on the way to the field. Then it is not known what the field holds: the document
    /// may say it in another form.
    pub fn blocked(&self, document: &Value) -> Option<String> {
        let (_, above) = self.keys.split_last()?;
        let mut level = document;
        for (depth, key) in above.iter().enumerate() {
            level = level.get(key).filter(|next| !next.is_null())?;
            if !level.is_object() {
                return Some(joined(self.keys.get(..=depth)?, "."));
            }
        }
        None
    }

    /// The value there, of an object.
    pub fn get_in<'v>(&self, document: &'v Map<String, Value>) -> Option<&'v Value> {
        let (first, rest) = self.keys.split_first()?;
        let found = rest.iter().try_fold(document.get(first)?, |level, key| level.as_object()?.get(key))?;
        (!found.is_null()).then_some(found)
    }

    /// Writes a value, making the levels above it; what stood in the way of a level is an error.
    pub fn set(&self, document: &mut Value, value: Value) -> Result<(), String> {
        let Some((last, above)) = self.keys.split_last() else { return Ok(()) };
        let mut level = document;
        for key in above {
            let map =
                level.as_object_mut().ok_or_else(|| format!("`{self}` runs through a value that is no object"))?;
            if !map.contains_key(key) {
                map.insert(key.clone(), Value::Object(Map::new()));
            }
            let Some(next) = map.get_mut(key) else { return Ok(()) };
            level = next;
        }
        let map = level.as_object_mut().ok_or_else(|| format!("`{self}` runs through a value that is no object"))?;
        map.insert(last.clone(), value);
        Ok(())
    }

    /// The value there, to be changed.
    pub fn get_mut<'v>(&self, document: &'v mut Value) -> Option<&'v mut Value> {
        self.keys.iter().try_fold(document, |level, key| level.as_object_mut()?.get_mut(key))
    }

    /// Removes the value there, if any.
    pub fn remove(&self, document: &mut Value) {
        let Some((last, above)) = self.keys.split_last() else { return };
        let mut level = document;
        for key in above {
            match level.as_object_mut().and_then(|map| map.get_mut(key)) {
                Some(next) => level = next,
                None => return,
            }
        }
        if let Some(map) = level.as_object_mut() {
            map.remove(last);
        }
    }

    /// Removes the value there, and the objects on the way to it that hold nothing else.
    pub fn prune(&self, document: &mut Value) {
        self.remove(document);
        let mut above = self.keys.as_slice();
        while let Some((_, rest)) = above.split_last().filter(|(_, rest)| !rest.is_empty()) {
            let holder = Self { keys: rest.to_vec() };
            if holder.get(document).and_then(Value::as_object).is_none_or(|map| !map.is_empty()) {
                return;
            }
            holder.remove(document);
            above = rest;
        }
    }

    /// The object that directly holds the field, if it is there.
    pub fn holder<'v>(&self, document: &'v Value) -> Option<&'v Value> {
        let (_, above) = self.keys.split_last()?;
        above.iter().try_fold(document, |level, key| level.as_object()?.get(key))
    }

    /// Whether a write to `other` would touch this field: one lies on the way to the other.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.keys.iter().zip(&other.keys).all(|(mine, theirs)| mine == theirs)
    }

    /// The keys, outermost first.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&joined(&self.keys, "."))
    }
}
