//! An index from names to positions, in the order of names: sorted lists of limited length, one behind the other. A
//! standard tree does the same in five times the code.

use std::iter::Flatten;
use std::slice::Iter;

/// A longer list is divided.
const MOST: usize = 64;

/// A list that is looked through from end to end.
const FEW: usize = 16;

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
        // Of a few, most differ in length already.
        if let [few] = self.lists.as_slice()
            && few.len() <= FEW
        {
            return few.iter().find(|(own, _)| own == name).map(|(_, position)| *position);
        }
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

    /// What is added after something went takes a place that is free, and no two names have one place.
    #[test]
    fn places_are_given_again() {
        let (mut names, mut tree, mut most) = (Names::default(), BTreeMap::new(), 0);
        let mut n: u32 = 7;
        // Waves of many and of few: lists fill up and are divided, grow empty and go.
        for step in 0..60_000_u32 {
            n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let name = format!("n{}", (n >> 12) % 500);
            let grows = (step / 5_000) % 2 == 0;
            if (n >> 28 < 10) == grows {
                let known = tree.get(&name).copied();
                let position = names.insert(name.clone());
                assert!(known.map_or(!tree.values().any(|other| *other == position), |known| known == position));
                tree.insert(name, position);
                most = most.max(tree.len());
            } else {
                assert_eq!(names.remove(&name), tree.remove(&name));
                assert_eq!(names.get(&name), None);
            }
            if step % 500 == 0 {
                same(&names, &tree);
            }
        }
        same(&names, &tree);
        assert!(tree.values().all(|position| (*position as usize) < most), "places are used up");
    }

    /// The first name of a list goes: what would stand before the next one still belongs there.
    #[test]
    fn where_lists_meet() {
        let name = |number: usize| format!("n{number:04}");
        for gone in [0, 1, MOST - 1, MOST, MOST + 1, 2 * MOST] {
            let (mut names, mut tree) = (Names::default(), BTreeMap::new());
            for number in 0..3 * MOST {
                tree.insert(name(number), names.insert(name(number)));
            }
            let free = names.remove(&name(gone)).unwrap();
            tree.remove(&name(gone));
            same(&names, &tree);
            let between = format!("{}+", name(gone));
            assert_eq!(names.insert(between.clone()), free);
            tree.insert(between, free);
            // Full again, and once more, so that it is divided.
            for again in [name(gone), format!("{}++", name(gone))] {
                tree.insert(again.clone(), names.insert(again));
            }
            same(&names, &tree);
        }
        let mut names = Names::default();
        assert_eq!((names.insert("b".to_string()), names.remove("b"), names.len()), (0, Some(0), 0));
        assert_eq!((names.insert("a".to_string()), names.insert("c".to_string()), names.get("b")), (0, 1, None));
    }
}
