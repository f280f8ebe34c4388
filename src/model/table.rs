//! Maps and sets. Each instance of a generic tree costs ten kilobytes of wasm, so the maps that may grow share one index
//! from names to positions, and sets, which are small here, are sorted lists.

use std::borrow::Borrow;
use std::iter::Flatten;
use std::slice::Iter;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::names::Names;

/// A map by name, in the order of names.
#[derive(Debug, Clone)]
pub struct Table<V> {
    positions: Names,
    values: Vec<Option<V>>,
}

impl<V: PartialEq> PartialEq for Table<V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(mine, theirs)| mine == theirs)
    }
}

impl<V: Eq> Eq for Table<V> {}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { positions: Names::default(), values: Vec::new() }
    }
}

impl<V> Table<V> {
    fn at(&self, position: u32) -> Option<&V> {
        self.values.get(position as usize)?.as_ref()
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.at(self.positions.get(name)?)
    }

    /// The value of a name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        self.values.get_mut(self.positions.get(name)? as usize)?.as_mut()
    }

    /// Sets the value of a name.
    pub fn insert(&mut self, name: String, value: V) {
        self.replace(name, value);
    }

    /// Sets the value of a name and gives what it was.
    pub fn replace(&mut self, name: String, value: V) -> Option<V> {
        let position = self.positions.insert(name);
        if let Some(old) = self.values.get_mut(position as usize) {
            return old.replace(value);
        }
        self.values.push(Some(value));
        None
    }

    /// Removes a name and gives its value.
    pub fn remove(&mut self, name: &str) -> Option<V> {
        let position = self.positions.remove(name)?;
        self.values.get_mut(position as usize)?.take()
    }

    /// Whether there is such a name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.positions.get(name).is_some()
    }

    /// Names, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.positions.names()
    }

    /// Names and values, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.entries().map(|(name, value)| (name.as_str(), value))
    }

    /// Names and values, in the order of names.
    pub fn entries(&self) -> Pairs<'_, V> {
        Pairs { names: self.positions.iter(), table: self }
    }

    /// Values, in the order of names.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Names and values, in the order of names.
#[derive(Debug)]
pub struct Pairs<'t, V> {
    names: Flatten<Iter<'t, Vec<(String, u32)>>>,
    table: &'t Table<V>,
}

impl<'t, V> Iterator for Pairs<'t, V> {
    type Item = (&'t String, &'t V);
    fn next(&mut self) -> Option<Self::Item> {
        let (name, position) = self.names.next()?;
        Some((name, self.table.at(*position)?))
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

impl<V> FromIterator<(String, V)> for Table<V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(entries: I) -> Self {
        let mut table = Self::default();
        for (name, value) in entries {
            table.insert(name, value);
        }
        table
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

/// A set, in order. Made for few: an insertion moves what lies behind it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Set<T>(Vec<T>);

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Set<T> {
    /// The empty set.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The items, in order.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// The items, in order.
    pub fn iter(&self) -> Iter<'_, T> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Ord> Set<T> {
    fn find<Q: Ord + ?Sized>(&self, item: &Q) -> Result<usize, usize>
    where
        T: Borrow<Q>,
    {
        self.0.binary_search_by(|own| own.borrow().cmp(item))
    }

    /// Whether an item is in the set.
    pub fn contains<Q: Ord + ?Sized>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.find(item).is_ok()
    }

    /// Adds an item; false if it was there.
    pub fn insert(&mut self, item: T) -> bool {
        match self.find(&item) {
            Ok(_) => false,
            Err(place) => {
                self.0.insert(place, item);
                true
            }
        }
    }

    /// Removes an item; false if it was not there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        let found = self.find(item);
        if let Ok(place) = found {
            self.0.remove(place);
        }
        found.is_ok()
    }
}

/// The items of a list in order, each once: what `sort` and `dedup` do, in less code for short lists.
pub fn ordered<T: Ord>(items: Vec<T>) -> Vec<T> {
    items.into_iter().collect::<Set<T>>().0
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut set = Self::new();
        set.extend(items);
        set
    }
}

impl<T: Ord> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        for item in items {
            self.insert(item);
        }
    }
}

impl<'a, T: Ord + Copy + 'a> Extend<&'a T> for Set<T> {
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, items: I) {
        self.extend(items.into_iter().copied());
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Serialize> Serialize for Set<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(out)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Table;

    #[test]
    fn names_come_and_go_as_in_a_tree() {
        let (mut table, mut tree) = (Table::default(), BTreeMap::new());
        let mut n: u32 = 1;
        for step in 0..20_000_u32 {
            n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let name = format!("n{}", (n >> 16) % 300);
            if n & 0x8000 == 0 {
                assert_eq!(table.remove(&name), tree.remove(&name));
            } else {
                table.insert(name.clone(), step);
                tree.insert(name, step);
            }
            assert_eq!(table.len(), tree.len());
        }
        assert!(table.iter().eq(tree.iter().map(|(name, value)| (name.as_str(), value))));
    }
}
