//! JSON pointers (RFC 6901): where in a record an actor finds its users or roles.

use std::fmt;

use super::FieldTypes;
use super::query::meet;
use crate::model::{Address, At, Limits, Reader, Seen, Value, id_of, ordered, replaced};
use crate::terms::ErrorCode;

/// A place in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    keys: Vec<String>,
}

impl Pointer {
    /// Reads `/a/b`; `~1` stands for `/` and `~0` for `~` in a name. It leads to no field that lists may not ask for.
    pub fn read(value: &Value, types: &FieldTypes, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let text = reader.text(value, at)?;
        let found = text.strip_prefix('/').map(|rest| rest.split('/').map(unescaped).collect::<Option<Vec<String>>>());
        let Some(Some(keys)) = found else {
            let message = "a pointer begins with `/`; `~` stands in it only as `~0`, and `/` in a name is `~1`";
            reader.faults.add(ErrorCode::Malformed, at, message);
            return None;
        };
        if keys.len() > Limits::PATH || keys.iter().any(|key| key.is_empty() || key == "." || key == "..") {
            let message = format!("a pointer has 1 to {} names and stays inside the record", Limits::PATH);
            reader.faults.add(ErrorCode::Malformed, at, message);
            return None;
        }
        let found = Self { keys };
        types.allow(&found.plain(), at, reader).then_some(found)
    }

    /// The names without places in lists: addresses say nothing of these. A record itself is no list.
    fn plain(&self) -> Vec<String> {
        let names = self.keys.iter().enumerate().filter(|(depth, key)| *depth == 0 || place_in_list(key).is_none());
        names.map(|(_, key)| key.clone()).collect()
    }

    /// The names of the levels, outermost first.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// The ids or names at this place: one, those of a list, or of a list of `{user: id}`. None if there is no such place.
    pub fn names(&self, document: &Value, withheld: &[Address]) -> Option<Seen<Vec<String>>> {
        // What is withheld in a list is withheld in every element.
        let hides = |address: &Address| meet(address.keys(), &self.keys) || meet(address.keys(), &self.plain());
        if withheld.iter().any(hides) {
            return Some(Seen::Missing);
        }
        let mut found = document;
        for key in &self.keys {
            found = match found {
                Value::Array(list) => list.get(place_in_list(key)?)?,
                other => other.get(key.as_str())?,
            };
        }
        let one = |value: &Value| id_of(value.get("user").unwrap_or(value));
        let names = match found {
            Value::Array(list) => list.iter().filter_map(one).collect(),
            value => one(value).into_iter().collect(),
        };
        Some(Seen::Known(ordered(names)))
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for key in &self.keys {
            out.write_str("/")?;
            out.write_str(&replaced(&replaced(key, "~", "~0"), "/", "~1"))?;
        }
        Ok(())
    }
}

/// A place in a list: digits, with no zero before others.
pub fn place_in_list(key: &str) -> Option<usize> {
    let plain = key == "0" || !key.starts_with('0') && key.bytes().all(|b| b.is_ascii_digit());
    if plain { key.parse().ok() } else { None }
}

fn unescaped(key: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = key.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '~' => match chars.next() {
                Some('0') => '~',
                Some('1') => '/',
                _ => return None,
            },
            c => c,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Option<Pointer> {
        Pointer::read(&json!(text), &FieldTypes::default(), &At::Root("path"), &mut Reader::new())
    }

    #[test]
    fn places_are_those_of_the_standard() {
        let document = json!({
            "owner": 7, "many": [3, "2", null, {"user": 9}, 3], "a/b": {"m~n": "x"}, "deep": [{"who": [1]}], "odd": {}
        });
        let names = |text: &str| read(text).unwrap().names(&document, &[]);
        let known = |names: &[&str]| Some(Seen::Known(names.iter().map(ToString::to_string).collect()));
        assert_eq!(names("/owner"), known(&["7"]));
        assert_eq!(names("/many"), known(&["2", "3", "9"]));
        assert_eq!(names("/a~1b/m~0n"), known(&["x"]));
        assert_eq!(names("/deep/0/who"), known(&["1"]));
        assert_eq!(names("/odd"), known(&[]));
        for missing in ["/none", "/owner/x", "/deep/1", "/deep/00/who", "/many/-"] {
            assert_eq!(names(missing), None, "{missing}");
        }
        for text in ["", "owner", "/", "/a//b", "/../x", "/a~2", "/a~", "//"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("/a~1b/m~0n").unwrap().to_string(), "/a~1b/m~0n");
        let shown = |path: &str| {
            let withheld = Address::read(&json!(path), &At::Root("at"), &mut Reader::new()).unwrap();
            read("/deep/0/who").unwrap().names(&document, &[withheld])
        };
        assert_eq!(shown("deep"), Some(Seen::Missing));
        assert_eq!(shown("owner"), known(&["1"]));
    }
}
