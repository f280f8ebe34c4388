//! Trees of values as the engine holds them where JavaScript calls it: what `serde_json` calls the same, over a [`Table`].
//! `lictor/tools` uses the crate's, and so does whoever calls from Rust; its map is a tree whose code is larger than all readers
//! of facts.

use std::marker::PhantomData;

use serde::ser::{Serialize, Serializer};

use super::table::{Pairs, Table};

/// A number: JavaScript makes them all here, so it is what JavaScript has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number(f64);

// None is NaN.
impl Eq for Number {}

/// Any value that JSON has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// An object.
    Object(Map<String, Value>),
}

/// The fields of an object, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map<K, V>(Table<V>, PhantomData<K>);

/// The largest integer of which all smaller ones are told apart.
const SAFE: f64 = 9_007_199_254_740_991.0;

impl Number {
    /// A number that is finite.
    pub fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(value))
    }

    /// As an integer, if it is one.
    pub fn as_i64(&self) -> Option<i64> {
        (self.0.fract() == 0.0 && self.0.abs() <= SAFE).then_some(self.0 as i64)
    }

    /// As an integer that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_i64()?.try_into().ok()
    }

    /// As it is.
    pub fn as_f64(&self) -> Option<f64> {
        Some(self.0)
    }
}

macro_rules! from {
    ($($type:ty: $name:ident => $value:expr;)*) => {
        $(impl From<$type> for Value {
            fn from($name: $type) -> Self {
                $value
            }
        })*
    };
}

from! {
    bool: value => Self::Bool(value);
    &str: text => Self::String(text.to_string());
    String: text => Self::String(text);
    i64: value => Self::Number(Number(value as f64));
    u64: value => Self::Number(Number(value as f64));
    usize: value => Self::Number(Number(value as f64));
    Map<String, Value>: map => Self::Object(map);
    Vec<Value>: list => Self::Array(list);
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(value as f64)
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(value as f64)
    }
}

impl Value {
    /// A field of an object.
    pub fn get<Q: AsRef<str> + ?Sized>(&self, key: &Q) -> Option<&Value> {
        self.as_object()?.get(key)
    }

    /// A field of an object, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.as_object_mut()?.get_mut(key)
    }

    /// The fields of an object.
    pub fn as_object(&self) -> Option<&Map<String, Value>> {
        if let Self::Object(map) = self { Some(map) } else { None }
    }

    /// The fields of an object, to be changed.
    pub fn as_object_mut(&mut self) -> Option<&mut Map<String, Value>> {
        if let Self::Object(map) = self { Some(map) } else { None }
    }

    /// The entries of a list.
    pub fn as_array(&self) -> Option<&Vec<Value>> {
        if let Self::Array(list) = self { Some(list) } else { None }
    }

    /// The entries of a list, to be changed.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Value>> {
        if let Self::Array(list) = self { Some(list) } else { None }
    }

    /// Text.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// True or false.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(yes) = self { Some(*yes) } else { None }
    }

    /// An integer.
    pub fn as_i64(&self) -> Option<i64> {
        if let Self::Number(number) = self { number.as_i64() } else { None }
    }

    /// An integer that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_i64()?.try_into().ok()
    }

    /// What it is, which is nothing from now on.
    pub fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// A number.
    pub fn as_f64(&self) -> Option<f64> {
        if let Self::Number(number) = self { number.as_f64() } else { None }
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// Whether it is a list.
    pub fn is_array(&self) -> bool {
        matches!(self, Self::Array(_))
    }

    /// Whether it is nothing.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl<V> Default for Map<String, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> Map<String, V> {
    /// No fields.
    pub fn new() -> Self {
        Self(Table::default(), PhantomData)
    }

    /// A field. Names are whatever gives text, as with `serde_json`.
    pub fn get<Q: AsRef<str> + ?Sized>(&self, key: &Q) -> Option<&V> {
        self.0.get(key.as_ref())
    }

    /// A field, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.0.get_mut(key)
    }

    /// Whether there is such a field.
    pub fn contains_key<Q: AsRef<str> + ?Sized>(&self, key: &Q) -> bool {
        self.0.contains_key(key.as_ref())
    }

    /// Sets a field and gives what it was.
    pub fn insert(&mut self, key: String, value: V) -> Option<V> {
        self.0.replace(key, value)
    }

    /// Removes a field and gives what it was.
    pub fn remove(&mut self, key: &str) -> Option<V> {
        self.0.remove(key)
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Fields with their names.
    pub fn iter(&self) -> Pairs<'_, V> {
        self.0.entries()
    }

    /// Names.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.iter().map(|(key, _)| key)
    }

    /// Fields.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<'m, V> IntoIterator for &'m Map<String, V> {
    type Item = (&'m String, &'m V);
    type IntoIter = Pairs<'m, V>;
    fn into_iter(self) -> Pairs<'m, V> {
        self.iter()
    }
}

impl<V> IntoIterator for Map<String, V> {
    type Item = (String, V);
    type IntoIter = std::vec::IntoIter<(String, V)>;
    fn into_iter(mut self) -> Self::IntoIter {
        let names: Vec<String> = self.keys().cloned().collect();
        let mut found = Vec::new();
        for name in names {
            let value = self.remove(&name);
            found.extend(value.map(|value| (name, value)));
        }
        found.into_iter()
    }
}

impl<V> Extend<(String, V)> for Map<String, V> {
    fn extend<I: IntoIterator<Item = (String, V)>>(&mut self, fields: I) {
        for (key, value) in fields {
            self.insert(key, value);
        }
    }
}

impl<V> FromIterator<(String, V)> for Map<String, V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(fields: I) -> Self {
        let mut map = Self::new();
        map.extend(fields);
        map
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        // Digits are written sooner than the host is asked how it writes a number.
        match self.as_i64() {
            Some(integer) => out.serialize_i64(integer),
            None => out.serialize_f64(self.0),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => out.serialize_unit(),
            Self::Bool(yes) => out.serialize_bool(*yes),
            Self::Number(number) => number.serialize(out),
            Self::String(text) => out.serialize_str(text),
            Self::Array(list) => list.serialize(out),
            Self::Object(map) => map.serialize(out),
        }
    }
}

impl<V: Serialize> Serialize for Map<String, V> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(out)
    }
}

#[cfg(test)]
mod tests;
