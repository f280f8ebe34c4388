//! Maps and sets by name. Each instance of a generic tree costs ten kilobytes of wasm, so all maps share one tree from
//! names to positions, and sets, which are small here, are sorted lists.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A map by name, in the order of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<V> {
    positions: BTreeMap<String, u32>,
    values: Vec<V>,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { positions: BTreeMap::new(), values: Vec::new() }
    }
}

impl<V> Table<V> {
    fn at(&self, position: u32) -> Option<&V> {
        self.values.get(position as usize)
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.at(*self.positions.get(name)?)
    }

    /// The value of a name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        self.values.get_mut(*self.positions.get(name)? as usize)
    }

    /// Sets the value of a name.
    pub fn insert(&mut self, name: String, value: V) {
        match self.positions.get(&name) {
            Some(position) => {
                if let Some(old) = self.values.get_mut(*position as usize) {
                    *old = value;
                }
            }
            None => {
                self.positions.insert(name, u32::try_from(self.values.len()).unwrap_or(u32::MAX));
                self.values.push(value);
            }
        }
    }

    /// Whether there is such a name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.positions.contains_key(name)
    }

    /// Names, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.positions.keys().map(String::as_str)
    }

    /// Names and values, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.positions.iter().filter_map(|(name, position)| Some((name.as_str(), self.at(*position)?)))
    }

    /// Values, in the order of names.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl<V: Default> Table<V> {
    /// Changes the value of a name, made if there is none.
    pub fn change(&mut self, name: &str, change: impl FnOnce(&mut V)) {
        if !self.contains_key(name) {
            self.insert(name.to_string(), V::default());
        }
        if let Some(value) = self.get_mut(name) {
            change(value);
        }
    }
}

impl<V: Serialize> Serialize for Table<V> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(None)?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A set of names, in order. Made for few: an insertion moves what lies behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Names(Vec<String>);

impl Names {
    /// Whether a name is in the set.
    pub fn contains(&self, name: &str) -> bool {
        self.0.binary_search_by(|own| own.as_str().cmp(name)).is_ok()
    }

    /// Adds a name; false if it was there.
    pub fn insert(&mut self, name: String) -> bool {
        match self.0.binary_search(&name) {
            Ok(_) => false,
            Err(place) => {
                self.0.insert(place, name);
                true
            }
        }
    }

    /// Removes a name; false if it was not there.
    pub fn remove(&mut self, name: &str) -> bool {
        match self.0.binary_search_by(|own| own.as_str().cmp(name)) {
            Ok(place) => {
                self.0.remove(place);
                true
            }
            Err(_) => false,
        }
    }

    /// The names, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The names between commas, for messages.
    pub fn list(&self) -> String {
        self.0.join(", ")
    }
}

impl FromIterator<String> for Names {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        let mut set = Self::default();
        set.extend(names);
        set
    }
}

impl Extend<String> for Names {
    fn extend<I: IntoIterator<Item = String>>(&mut self, names: I) {
        for name in names {
            self.insert(name);
        }
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(out)
    }
}

/// Puts an item in its place in a sorted list, unless it is there.
pub fn insert_sorted<T: Ord>(list: &mut Vec<T>, item: T) {
    if let Err(place) = list.binary_search(&item) {
        list.insert(place, item);
    }
}
