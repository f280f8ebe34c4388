//! Reading a value of an expected shape, noting every fault with its path instead of stopping at the first.

use super::{At, Faults, Limits, Map, Value, joined};
use crate::terms::ErrorCode;

/// A reader over one input; collects faults.
#[derive(Debug, Default)]
pub struct Reader {
    /// What was found so far.
    pub faults: Faults,
}

impl Reader {
    /// A reader that has found nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn wrong(&mut self, at: &At<'_>, wanted: &str, value: &Value) {
        self.faults.add(ErrorCode::Malformed, at, format!("expected {wanted}, found {}", kind(value)));
    }

    /// An object.
    pub fn object<'v>(&mut self, value: &'v Value, at: &At<'_>) -> Option<&'v Map<String, Value>> {
        let found = value.as_object();
        if found.is_none() {
            self.wrong(at, "an object", value);
        }
        found
    }

    /// An object with no keys but these.
    pub fn object_of<'v>(&mut self, value: &'v Value, at: &At<'_>, known: &[&str]) -> Option<&'v Map<String, Value>> {
        let map = self.object(value, at)?;
        for (key, _) in map {
            if !known.contains(&key.as_str()) {
                let message = format!("unknown field; known here: {}", joined(known, ", "));
                self.faults.add(ErrorCode::UnknownField, &at.key(key), message);
            }
        }
        Some(map)
    }

    /// A list.
    pub fn list<'v>(&mut self, value: &'v Value, at: &At<'_>) -> Option<&'v [Value]> {
        let found = value.as_array().map(Vec::as_slice);
        if found.is_none() {
            self.wrong(at, "a list", value);
        }
        found
    }

    /// Text.
    pub fn text<'v>(&mut self, value: &'v Value, at: &At<'_>) -> Option<&'v str> {
        let found = value.as_str();
        if found.is_none() {
            self.wrong(at, "text", value);
        }
        found
    }

    /// A boolean.
    pub fn boolean(&mut self, value: &Value, at: &At<'_>) -> Option<bool> {
        let found = value.as_bool();
        if found.is_none() {
            self.wrong(at, "true or false", value);
        }
        found
    }

    /// A name or id: text of 1 to 255 bytes without control characters.
    pub fn name(&mut self, value: &Value, at: &At<'_>) -> Option<String> {
        let text = self.text(value, at)?;
        self.valid_id(text, at).then(|| text.to_string())
    }

    /// A user's id: text or an integer; the integer `7` and the text `7` are the same user.
    pub fn user_id(&mut self, value: &Value, at: &At<'_>) -> Option<String> {
        match id_of(value) {
            Some(id) => self.valid_id(&id, at).then_some(id),
            None => {
                self.wrong(at, "a user id (text or an integer)", value);
                None
            }
        }
    }

    /// Whether a text can be an id; notes the fault if not.
    pub fn valid_id(&mut self, text: &str, at: &At<'_>) -> bool {
        let fault = if text.is_empty() {
            "an id or name must not be empty".to_string()
        } else if text.len() > Limits::ID {
            format!("an id or name of {} bytes; the limit is {}", text.len(), Limits::ID)
        } else if text.chars().any(char::is_control) {
            "an id or name must not hold control characters".to_string()
        } else {
            return true;
        };
        self.faults.add(ErrorCode::InvalidId, at, fault);
        false
    }

    /// A list of names.
    pub fn names(&mut self, value: &Value, at: &At<'_>) -> Option<Vec<String>> {
        let list = self.list(value, at)?;
        let mut names = Vec::new();
        for (index, entry) in list.iter().enumerate() {
            names.extend(self.name(entry, &at.index(index)));
        }
        Some(names)
    }

    /// Text that must be there.
    pub fn required_text<'v>(&mut self, map: &'v Map<String, Value>, key: &str, at: &At<'_>) -> Option<&'v str> {
        let value = self.required(map, key, at)?;
        self.text(value, &at.key(key))
    }

    /// A name that must be there.
    pub fn required_name(&mut self, map: &Map<String, Value>, key: &str, at: &At<'_>) -> Option<String> {
        let value = self.required(map, key, at)?;
        self.name(value, &at.key(key))
    }

    /// A user's id, or a community's, that must be there.
    pub fn required_id(&mut self, map: &Map<String, Value>, key: &str, at: &At<'_>) -> Option<String> {
        let value = self.required(map, key, at)?;
        self.user_id(value, &at.key(key))
    }

    /// A key that must be there.
    pub fn required<'v>(&mut self, map: &'v Map<String, Value>, key: &str, at: &At<'_>) -> Option<&'v Value> {
        let found = map.get(key);
        if found.is_none() {
            self.faults.add(ErrorCode::MissingField, &at.key(key), "must be given");
        }
        found
    }
}

/// An id as text: text as it is, an integer in decimal; anything else is none. Integers beyond 2^53 - 1 are none too:
/// not every host could tell them apart, so they are written as text.
pub fn id_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => number.as_i64().filter(|n| n.unsigned_abs() < 1 << 53).map(|n| n.to_string()),
        _ => None,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
