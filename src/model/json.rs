//! Untrusted trees of values. One reader serves JSON text and JavaScript objects: it bounds depth and size, refuses
//! duplicate keys, and remembers the path at which it gave up. A cyclic object ends at the depth limit.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::scan::{Float, Scan};
use super::{At, Error, Limits, Map, Number, Value, cut};
use crate::terms::ErrorCode;

/// The largest integer every host writes exactly.
const SAFE: f64 = 9_007_199_254_740_991.0;

enum Segment {
    Key(String),
    Index(usize),
}

/// Reads a tree within limits; see [`Bounded::read`].
pub struct Bounded {
    limits: Limits,
    left: Cell<usize>,
    code: Cell<Option<ErrorCode>>,
    trail: RefCell<Vec<Segment>>,
}

impl Bounded {
    /// Reads a value from any serde source; `root` names the input in the path of a fault.
    pub fn read<'de, D: Deserializer<'de>>(source: D, root: &str, limits: Limits) -> Result<Value, Error> {
        let state =
            Self { limits, left: Cell::new(limits.bytes), code: Cell::new(None), trail: RefCell::new(Vec::new()) };
        let result = Node { state: &state, depth: 0 }.deserialize(source);
        result.map_err(|error| {
            let mut path = root.to_string();
            for segment in state.trail.borrow().iter().rev() {
                match segment {
                    Segment::Key(name) => path = At::Root(&path).key(name).to_string(),
                    Segment::Index(index) => path = At::Root(&path).index(*index).to_string(),
                }
            }
            Error::new(state.code.get().unwrap_or(ErrorCode::Malformed), path, short(&error.to_string()))
        })
    }

    fn spend<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.code.set(Some(ErrorCode::TooLarge));
                Err(E::custom(format_args!("larger than {} bytes", self.limits.bytes)))
            }
        }
    }

    fn trail(&self, segment: Segment) {
        let mut trail = self.trail.borrow_mut();
        if trail.len() <= self.limits.depth {
            trail.push(segment);
        }
    }
}

fn short(message: &str) -> String {
    cut(message, 200).to_string()
}

struct Node<'s> {
    state: &'s Bounded,
    depth: usize,
}

impl Node<'_> {
    fn deeper<E: serde::de::Error>(&self) -> Result<Node<'_>, E> {
        if self.depth >= self.state.limits.depth {
            self.state.code.set(Some(ErrorCode::TooDeep));
            return Err(E::custom(format_args!(
                "nested deeper than {} levels, or it contains itself",
                self.state.limits.depth
            )));
        }
        Ok(Node { state: self.state, depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("null, a boolean, a number, text, a list or an object")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        source.deserialize_any(self)
    }
    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.state.spend(4)?;
        Ok(Value::Bool(value))
    }
    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.state.spend(8)?;
        Ok(Value::Number(value.into()))
    }
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.state.spend(8)?;
        Ok(Value::Number(value.into()))
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.state.spend(8)?;
        // JavaScript has one kind of number: `7.0` is the integer 7 there, and so here.
        if value.fract() == 0.0 && value.abs() <= SAFE {
            return Ok(Value::Number((value as i64).into()));
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }
    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.state.spend(value.len() + 2)?;
        Ok(Value::String(value.to_string()))
    }
    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.state.spend(value.len() + 2)?;
        Ok(Value::String(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            self.state.spend(1)?;
            match seq.next_element_seed(self.deeper()?) {
                Ok(Some(value)) => list.push(value),
                Ok(None) => return Ok(Value::Array(list)),
                Err(error) => {
                    self.state.trail(Segment::Index(list.len()));
                    return Err(error);
                }
            }
        }
    }
    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = source.next_key::<String>()? {
            self.state.spend(key.len() + 4)?;
            // Hosts that copy an object key by key would make it something else than a field.
            if key == "__proto__" {
                self.state.trail(Segment::Key(key));
                return Err(A::Error::custom("a field must not be called `__proto__`"));
            }
            match source.next_value_seed(self.deeper()?) {
                Ok(value) => {
                    if map.insert(key.clone(), value).is_some() {
                        self.state.trail(Segment::Key(key));
                        return Err(A::Error::custom("the key stands twice"));
                    }
                }
                Err(error) => {
                    self.state.trail(Segment::Key(key));
                    return Err(error);
                }
            }
        }
        Ok(Value::Object(map))
    }
}

/// Reads JSON text within limits.
///
/// ```
/// use lictor::model::{Limits, parse_text};
/// let error = parse_text("{\"a\": [1, 2, tru]}", "policy", Limits::POLICY).unwrap_err();
/// assert_eq!(error.path(), "policy.a[2]");
/// ```
pub fn parse_text(text: &str, root: &str, limits: Limits) -> Result<Value, Error> {
    parse_text_with(text, root, limits, |number| number.parse().unwrap_or(f64::INFINITY))
}

/// Reads JSON text within limits, with the host's way to make a number from its notation: the tables for it are large.
pub fn parse_text_with(text: &str, root: &str, limits: Limits, float: Float) -> Result<Value, Error> {
    if text.len() > limits.bytes.saturating_mul(4) {
        let message = format!("{} bytes of text, the limit is {}", text.len(), limits.bytes);
        return Err(Error::new(ErrorCode::TooLarge, root, message));
    }
    let mut source = Scan::new(text, float);
    let value = Bounded::read(&mut source, root, limits)?;
    source.end().map_err(|error| Error::new(ErrorCode::Malformed, root, short(&error.to_string())))?;
    Ok(value)
}

/// JSON Merge Patch (RFC 7396): objects merge, `null` removes, anything else replaces.
pub fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(map) = target {
        for (key, change) in changes {
            if change.is_null() {
                map.remove(key);
            } else {
                let mut value = map.remove(key).unwrap_or(Value::Null);
                merge_patch(&mut value, change);
                map.insert(key.clone(), value);
            }
        }
    }
}
