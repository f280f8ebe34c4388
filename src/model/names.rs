//! An index from names to positions, in the order of names: sorted lists of limited length, one behind the other. A
//! standard tree does the same in five times the code.

use std::iter::Flatten;
use std::slice::Iter;

/// A longer list is divided.
const MOST: usize = 64;

/// Positions by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// None is empty.
    lists: Vec<Vec<(String, u32)>>,
    /// How many positions were ever given.
    given: u32,
    /// Those whose name was removed.
    free: Vec<u32>,
}

impl Names {
    /// The list a name belongs in, and its place there: where it is, or where it would be.
    fn place(&self, name: &str) -> (usize, Result<usize, usize>) {
        // Names often come in order: then each belongs at the end.
        if let Some(list) = self.lists.last()
            && list.last().is_some_and(|(last, _)| last.as_str() < name)
        {
            return (self.lists.len() - 1, Err(list.len()));
        }
        let begins_before = |list: &Vec<(String, u32)>| list.first().is_some_and(|(first, _)| first.as_str() <= name);
        let list = self.lists.partition_point(begins_before).saturating_sub(1);
        let find = |list: &Vec<(String, u32)>| list.binary_search_by(|(own, _)| own.as_str().cmp(name));
        (list, self.lists.get(list).map_or(Err(0), find))
    }

    /// The position of a name.
    pub fn get(&self, name: &str) -> Option<u32> {
        let (list, place) = self.place(name);
        self.lists.get(list)?.get(place.ok()?).map(|(_, position)| *position)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.given as usize - self.free.len()
    }

    /// Adds a name, unless it is there; its position: one that is free, or the next.
    pub fn insert(&mut self, name: String) -> u32 {
        let (at, place) = self.place(&name);
        let place = match place {
            Ok(place) => return self.lists.get(at).and_then(|list| list.get(place)).map_or(0, |(_, old)| *old),
            Err(place) => place,
        };
        let position = self.free.pop().unwrap_or(self.given);
        self.given += u32::from(position == self.given);
        let Some(list) = self.lists.get_mut(at) else {
            self.lists.push(vec![(name, position)]);
            return position;
        };
        list.insert(place, (name, position));
        if list.len() > MOST {
            // Names often come in order: then what is full stays full.
            let keep = if place == MOST { MOST } else { MOST / 2 };
            let rest = list.split_off(keep);
            self.lists.insert(at + 1, rest);
        }
        position
    }

    /// Removes a name and gives its position.
    pub fn remove(&mut self, name: &str) -> Option<u32> {
        let (at, place) = self.place(name);
        let list = self.lists.get_mut(at)?;
        let (_, position) = list.remove(place.ok()?);
        if list.is_empty() {
            self.lists.remove(at);
        }
        self.free.push(position);
        Some(position)
    }

    /// Names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name.as_str())
    }

    /// Names and positions, in the order of names.
    pub fn iter(&self) -> Flatten<Iter<'_, Vec<(String, u32)>>> {
        self.lists.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{MOST, Names};

    /// Numbers in an order that is neither up nor down.
    fn mixed(count: u32) -> impl Iterator<Item = u32> {
        (0..count).map(move |number| number.wrapping_mul(2_654_435_761) % count)
    }

    fn same(names: &Names, tree: &BTreeMap<String, u32>) {
        assert_eq!(names.len(), tree.len());
        assert!(names.iter().map(|(name, position)| (name, position)).eq(tree));
        assert!(names.lists.iter().all(|list| !list.is_empty() && list.len() <= MOST));
        assert!(tree.iter().all(|(name, position)| names.get(name) == Some(*position)));
    }

    #[test]
    fn as_a_tree_does() {
        let up: Vec<u32> = (0..2_000).collect();
        let down: Vec<u32> = (0..2_000).rev().collect();
        for order in [up, down, mixed(2_000).collect()] {
            let (mut names, mut tree) = (Names::default(), BTreeMap::new());
            for number in &order {
                let name = format!("n{number}");
                let next = u32::try_from(tree.len()).unwrap();
                let position = *tree.entry(name.clone()).or_insert(next);
                assert_eq!(names.insert(name), position);
            }
            same(&names, &tree);
            assert_eq!(names.insert("n7".to_string()), tree["n7"]);
            for number in mixed(1_900) {
                let name = format!("n{number}");
                assert_eq!(names.remove(&name), tree.remove(&name));
            }
            assert_eq!(names.remove("no such"), None);
            same(&names, &tree);
        }
    }
}
